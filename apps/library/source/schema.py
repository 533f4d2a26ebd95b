"""The shape of each kind of item as its files write it. Pure.

What one item must look like in itself; what must fit between items is in check/.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from apps.library.source.marks import Document, Fault, Path

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"

LEVELS = ("mid", "senior", "principal")

Slug = Annotated[str, StringConstraints(pattern=SLUG, max_length=100)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
Long = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
QuestionKind = Literal["conceptual", "implementation", "applied", "design", "behavioural"]
Category = Literal["must", "good-to-know", "specialisation"]
Level = Literal["mid", "senior", "principal"]
Session = Literal["study", "practice", "check", "reference"]
Kind = Literal[
    "read",
    "watch",
    "code",
    "derive",
    "calculate",
    "design",
    "project",
    "write",
    "check",
    "assess",
    "mock",
    "apply",
    "setup",
    "review",
]
Priority = Literal["must", "should", "optional"]
Was = Annotated[list[Slug], Field(max_length=20, description="slugs it had before")]
Hours = Annotated[list[Annotated[int, Field(ge=0, le=1_000)]], Field(min_length=2, max_length=2)]


class Item(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Area(Item):
    slug: Slug
    title: Title
    summary: Line = ""
    source: Line = ""
    was: Was = Field(default_factory=list)


class Topic(Item):
    """The front matter of a topic; its area and slug are its folder and file name."""

    title: Title
    category: Category
    levels: list[Level] = Field(min_length=1, max_length=3)
    skills: list[Slug] = Field(min_length=1, max_length=8)
    minutes: int = Field(default=30, ge=10, le=120)
    prerequisites: list[Slug] = Field(default_factory=list, max_length=8)
    summary: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)
    ] = ""
    source: Line = ""
    was: Was = Field(default_factory=list)
    questions: dict[Level, Annotated[list[Text], Field(min_length=1, max_length=20)]]


class Outline(Item):
    """A worked design: what a candidate would draw and say, part by part. Markdown."""

    requirements: Long
    data: Long
    features: Long
    model: Long
    serving: Long
    evaluation: Long
    monitoring: Long
    numbers: Long


class Star(Item):
    """Guidance for a behavioural answer: what each part has to hold. Markdown."""

    situation: Long
    task: Long
    action: Long
    result: Long


ANSWERED = {
    "design": "outline",
    "behavioural": "star",
    "conceptual": "answer",
    "implementation": "answer",
    "applied": "answer",
}


class Question(Item):
    """One question of the bank; which of answer, outline and star it has follows from its kind."""

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                {
                    "if": {"properties": {"kind": {"const": kind}}},
                    "then": {"required": [needed]},
                }
                for kind, needed in ANSWERED.items()
            ]
        }
    )

    id: Slug
    topic: Slug
    kind: QuestionKind
    level: Level
    standing: bool = False
    text: Text
    answer: Long | None = None
    outline: Outline | None = None
    star: Star | None = None
    source: Line = ""
    was: Was = Field(default_factory=list)


class Exercise(Item):
    """A coding task against the clock; its slug is its file name. `check` is a program that
    imports the learner's `solution.py` and ends with an AssertionError where it is wrong."""

    title: Title
    summary: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
    level: Level
    minutes: int = Field(ge=5, le=240)
    topics: list[Slug] = Field(min_length=1, max_length=8)
    statement: Long
    starter: Long
    hints: list[Text] = Field(default_factory=list, max_length=8)
    solution: Long
    check: Long
    source: Line = ""
    was: Was = Field(default_factory=list)


class Project(Item):
    """An idea for a portfolio project; its slug is its file name."""

    title: Title
    summary: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
    size: Literal["micro", "small", "medium", "large"]
    hours: Hours
    topics: list[Slug] = Field(min_length=1, max_length=12)
    brief: Long
    problem: Long
    data: Long
    baselines: Long
    deployment: Long
    observability: Long
    source: Line = ""
    was: Was = Field(default_factory=list)


class Reference(Item):
    """The front matter of a reference page; its slug is its file name."""

    title: Title
    summary: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
    group: Literal["concepts", "tables", "code", "tools", "interview", "reading"]
    topics: list[Slug] = Field(default_factory=list, max_length=40)
    source: Line = ""
    was: Was = Field(default_factory=list)


class Link(Item):
    title: Title
    url: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    site: Title


class Task(Item):
    id: Slug
    title: Title
    session: Session
    kind: Kind
    priority: Priority
    minutes: int = Field(ge=5, le=600)
    topics: list[Slug] = Field(max_length=20)
    links: list[Link] = Field(default_factory=list, max_length=20)
    detail: str = Field(default="", max_length=4_000)


class Day(Item):
    title: Title
    goal: Text
    criteria: list[Line] = Field(min_length=1, max_length=10)
    tasks: list[Task] = Field(min_length=1, max_length=60)


class Branch(Item):
    id: Annotated[str, StringConstraints(pattern=SLUG, max_length=60)]
    title: Title
    when: Literal["met", "not_met"]
    summary: Text
    days: list[Day] = Field(min_length=1, max_length=40)


class Checkpoint(Item):
    title: Title
    areas: list[Slug] = Field(min_length=1, max_length=40)
    threshold: int = Field(ge=1, le=100)
    branches: list[Branch] = Field(min_length=1, max_length=6)


class Week(Item):
    number: int = Field(ge=1, le=104)
    title: Title
    goal: Text
    criteria: list[Line] = Field(min_length=1, max_length=20)
    readiness_gain: int | None = Field(default=None, ge=0, le=100)
    resources: list[Link] = Field(default_factory=list, max_length=40)
    days: list[Day] = Field(min_length=1, max_length=21)
    checkpoint: Checkpoint | None = None


class Phase(Item):
    title: Title
    goal: Text
    hours: Hours
    deliverables: list[Line] = Field(default_factory=list, max_length=20)
    weeks: list[Week] = Field(min_length=1, max_length=104)


class Roadmap(Item):
    slug: Slug
    title: Title
    summary: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
    source: Line = ""
    level: Level
    hours: Hours
    hours_per_week: Hours
    was: Was = Field(default_factory=list)
    phases: list[Phase] = Field(min_length=1, max_length=24)


Model = TypeVar("Model", bound=Item)


def validate(model: type[Model], document: Document, path: Path = ()) -> Model | None:
    """Return the item at `path` of the document, or None and its faults in `document.faults`."""
    data = document.data
    for step in path:
        data = data[step]
    try:
        return model.model_validate(data)
    except ValidationError as error:
        known = document.places_of_faults()
        for detail in error.errors(include_url=False):
            fault = _fault(document, path, detail)
            if (fault.line, fault.column) not in known:
                document.faults.append(fault)
    return None


def _fault(document: Document, path: Path, detail: ErrorDetails) -> Fault:
    location = (*path, *detail["loc"])
    kind = detail["type"]
    if kind == "missing":
        return document.fault(location[:-1], f"`{location[-1]}` is missing")
    if kind == "extra_forbidden":
        return document.fault(location, f"unknown key `{location[-1]}`", at_key=True)
    at_key = location[-1:] == ("[key]",)
    location = location[:-1] if at_key else location
    name = _name(location[:-1] if at_key else location)
    words = _words(document.node(location).raw, name, detail)
    return document.fault(location, words, at_key=at_key)


def _name(location: Path) -> str:
    return next((step for step in reversed(location) if isinstance(step, str)), "")


def _words(raw: str | None, name: str, detail: ErrorDetails) -> str:
    kind, given = detail["type"], detail["input"]
    limits = detail.get("ctx", {})
    named = f"`{name}`" if name else "this"
    if kind == "string_type":
        if given is None:
            return f"{named} is empty"
        reads = f", and YAML reads `{raw}` as something else: put it in quotes" if raw else ""
        return f"{named} must be text{reads}"
    if kind == "literal_error":
        singular = {"levels": "level", "questions": "level"}.get(name, name)
        choices = str(limits["expected"]).replace("'", "")
        return f"unknown {singular} `{given}`: one of {choices}"
    sentences: dict[str, str] = {
        "string_too_short": "is empty",
        "string_too_long": f"is longer than {limits.get('max_length')} characters",
        "string_pattern_mismatch": "must be lower-case letters, digits and single hyphens",
        "int_type": "must be a whole number",
        "greater_than_equal": f"must be at least {limits.get('ge')} (is {given})",
        "less_than_equal": f"must be at most {limits.get('le')} (is {given})",
        "list_type": "must be a list",
        "dict_type": "must be a mapping",
        "model_type": "must be a mapping",
        "too_short": f"has too few entries: at least {limits.get('min_length')}",
        "too_long": f"has too many entries: at most {limits.get('max_length')}",
    }
    return f"{named} {sentences.get(kind, detail['msg'])}"
