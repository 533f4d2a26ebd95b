"""What a checkpoint asks for: which way to go, and a rule of the learner's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundWidget

from apps.library.areas import AreaOption
from apps.library.keys import split_area_key
from apps.plans.bends import Bend
from apps.plans.change_page import MOST_REASON, BendForm
from apps.plans.checkpoint import MET, NOT_MET, USUAL_THRESHOLD, Branch
from apps.plans.checkpoint_branch import BranchPlan, decide, open_in_week
from apps.plans.checkpoints import Point, full_key
from apps.plans.forms import unix_lines
from apps.plans.sketch import Sketch
from apps.plans.task_lines import LineFaults, TaskLine, as_lines, read_task_lines

MOST_TEXT = 20_000
MOST_AREAS = 40
TOO_LONG = {"max_length": "At most %(limit_value)d characters; this has %(show_value)d."}
CASES = (MET, NOT_MET)


class CheckpointForm(BendForm):
    """Which branch to take. Going the way that is recommended needs no reason beside the figures."""

    branch = forms.ChoiceField(
        widget=forms.HiddenInput,
        error_messages={
            "required": "Choose one of the ways below.",
            "invalid_choice": "The checkpoint has no such way any more. Choose one of those below.",
        },
    )

    def __init__(self, *args: Any, point: Point, **kwargs: Any) -> None:
        self.point = point
        super().__init__(*args, **kwargs)
        field = self.fields["branch"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each.branch.id, each.branch.title) for each in point.branches]

    @property
    def prompt(self) -> str:
        """What prompts the decision, for the history."""
        return self.point.prompt

    @property
    def open_tasks(self) -> int:
        """How many tasks of the week are still open."""
        return open_in_week(self.sketch, self.point.week.pk)

    @property
    def chosen(self) -> BranchPlan | None:
        """The branch that is asked for, if there is one of that name."""
        return self.point.branch(self.data.get("branch", "")) if self.is_bound else None

    @property
    def wants_reason(self) -> bool:
        return not (self.chosen and self.chosen.is_recommended)

    def bend(self, sketch: Sketch) -> Bend:
        chosen = self.point.branch(self.cleaned_data["branch"])
        assert chosen is not None  # the field's choices are these
        figures = self.point.verdict.figures
        return decide(sketch, self.point.week.pk, chosen, figures)


class WithoutForm(forms.Form):
    """Going on without a branch."""

    reason = forms.CharField(
        label="Why?",
        max_length=MOST_REASON,
        help_text="The history keeps it.",
        error_messages=TOO_LONG
        | {"required": "Say in a few words why. Later you will want to know."},
    )


def _line_field(label: str, most: int = 200, *, required: bool = False) -> forms.CharField:
    missing = {"required": "What is it called?"}
    return forms.CharField(
        label=label, max_length=most, required=required, error_messages=TOO_LONG | missing
    )


def _tasks_field() -> forms.CharField:
    return forms.CharField(
        label="Tasks, one a line",
        required=False,
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5, "placeholder": "Rework the weak topics | 60"}),
        help_text="Title | minutes. Without minutes a task has 30. Left empty, nothing is added: "
        "you carry on with the plan.",
        error_messages=TOO_LONG,
    )


class RuleForm(forms.Form):
    """The rule of a week, and the two ways on. A way without a title is not offered; one without
    tasks is to carry on."""

    title = _line_field("What is to be decided?", required=True)
    threshold = forms.IntegerField(
        label="Each chosen area at so many per cent or more",
        help_text="Per cent: readiness of what was tested in the area.",
        min_value=1,
        max_value=100,
        initial=USUAL_THRESHOLD,
        error_messages={
            "required": "From what per cent on?",
            "invalid": "A whole number of per cent, from 1 to 100.",
            "min_value": "From 1 to 100 per cent.",
            "max_value": "From 1 to 100 per cent.",
        },
    )
    areas = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose one area or more.",
            "invalid_choice": "There is an area among them that the library does not have.",
        },
    )
    met_title = _line_field("What comes then?")
    met_summary = _line_field("What for (optional)", 400)
    met_tasks = _tasks_field()
    not_met_title = _line_field("What comes then?")
    not_met_summary = _line_field("What for (optional)", 400)
    not_met_tasks = _tasks_field()
    reason = forms.CharField(
        label="Why? (optional)",
        required=False,
        max_length=MOST_REASON,
        help_text="The history keeps it.",
        error_messages=TOO_LONG,
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        areas: Sequence[AreaOption],
        of_plan: set[int],
        branches: Sequence[BranchPlan],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["areas"]
        assert isinstance(field, forms.MultipleChoiceField)
        self.held = {each.branch.when: each for each in reversed(branches)}
        self.others = [each for each in branches if self.held[each.branch.when] is not each]
        chosen = set(self.initial.get("areas", ()))
        named = [(full_key(*split_area_key(each.key)), each) for each in areas]
        self.first = {key for key, each in named if each.pk in of_plan or key in chosen}
        field.choices = [(key, each.title) for key, each in named]

    @property
    def area_boxes(self) -> list[BoundWidget]:
        """The boxes of the plan's areas and of those that are chosen already."""
        return [box for box in self["areas"] if box.data["value"] in self.first]

    @property
    def more_boxes(self) -> list[BoundWidget]:
        """The boxes of all other areas."""
        return [box for box in self["areas"] if box.data["value"] not in self.first]

    @property
    def more_open(self) -> bool:
        """Whether one of the others is chosen."""
        return any(box.data["selected"] for box in self.more_boxes)

    def clean_areas(self) -> list[str]:
        areas: list[str] = self.cleaned_data["areas"]
        if len(areas) > MOST_AREAS:
            raise ValidationError(f"At most {MOST_AREAS} areas.")
        return areas

    def clean_met_tasks(self) -> list[TaskLine]:
        return self._tasks("met_tasks")

    def clean_not_met_tasks(self) -> list[TaskLine]:
        return self._tasks("not_met_tasks")

    def _tasks(self, name: str) -> list[TaskLine]:
        try:
            return read_task_lines(unix_lines(self.cleaned_data[name]))
        except LineFaults as why:
            raise ValidationError(why.faults) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for case in CASES:
            title, tasks = cleaned.get(f"{case}_title"), cleaned.get(f"{case}_tasks")
            if tasks and title == "":
                self.add_error(f"{case}_title", "What is it called?")
            if cleaned.get(f"{case}_summary") and title == "" and not tasks:
                self.add_error(f"{case}_title", "What is it called?")
        if not self.errors and not any(cleaned[f"{case}_title"] for case in CASES):
            self.add_error("not_met_title", "Write down one of the two ways, or both.")
        return cleaned

    def _is_kept(self, case: str, tasks: list[TaskLine]) -> bool:
        """Whether the tasks are the roadmap's, as they were shown."""
        held = self.held.get(case)
        return held is not None and held.branch.tasks is None and tasks == lines_of(held)

    @property
    def checkpoint(self) -> dict[str, Any]:
        """What to store, of a valid form. What was decided is open again."""
        cleaned = self.cleaned_data
        branches = [self._branch(case) for case in CASES if cleaned[f"{case}_title"]]
        return {
            "title": cleaned["title"],
            "areas": cleaned["areas"],
            "threshold": cleaned["threshold"],
            "branches": [*branches, *(_stored(each.branch) for each in self.others)],
        }

    def _branch(self, case: str) -> dict[str, Any]:
        cleaned, held = self.cleaned_data, self.held.get(case)
        tasks: list[TaskLine] = cleaned[f"{case}_tasks"]
        kept = self._is_kept(case, tasks)
        return _stored(
            Branch(
                id=held.branch.id if held else f"if-{case.replace('_', '-')}",
                title=cleaned[f"{case}_title"],
                when=case,
                summary=cleaned[f"{case}_summary"],
                minutes=held.minutes if held and kept else sum(task.minutes for task in tasks),
                tasks=None if kept else tuple(tasks),
            )
        )


def lines_of(branch: BranchPlan) -> list[TaskLine]:
    """Return the tasks of a branch as lines are read."""
    return [TaskLine(task.title.strip(), task.minutes) for task in branch.tasks]


def _stored(branch: Branch) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": branch.id,
        "title": branch.title,
        "when": branch.when,
        "summary": branch.summary,
        "minutes": branch.minutes,
    }
    if branch.tasks is not None:
        row["tasks"] = [task._asdict() for task in branch.tasks]
    return row


def initial_of(point: Point | None, areas: Sequence[str], seen: str) -> dict[str, Any]:
    """Return what the form shows first: the checkpoint as it is, or the usual for a new one."""
    if point is None:
        return {"title": "Are the gaps closed?", "seen": seen}
    shown: dict[str, Any] = {
        "title": point.rule.title,
        "threshold": point.rule.threshold,
        "areas": list(areas),
        "seen": seen,
    }
    for each in reversed(point.branches):
        case = each.branch.when
        shown[f"{case}_title"] = each.branch.title
        shown[f"{case}_summary"] = each.branch.summary
        shown[f"{case}_tasks"] = as_lines(lines_of(each))
    return shown
