"""The form that starts a question assessment, and that of a re-test."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django import forms
from django.http import QueryDict

from apps.assessments.forms import PercentField
from apps.assessments.questions_bank import CATEGORIES, KINDS, LEVELS, Wanted
from apps.library.areas import AreaOption
from apps.library.models import Topic

MOST_QUESTIONS = 2_000
FILTERS = ("area", "kind", "level", "category", "topic")


class AreaRow(NamedTuple):
    """One area as the form shows it: ticked or not, and how it feels."""

    option: AreaOption
    chosen: bool
    felt: forms.BoundField


class StartForm(forms.Form):
    """What to ask: the standing questions or all, which areas, kinds, level, category, topics, how
    many; and how each area feels, before anything is asked. `id` makes posting it idempotent."""

    id = forms.UUIDField(error_messages={"invalid": "Open this page again, please."})
    standing = forms.ChoiceField(
        label="Which questions",
        choices=[("1", "The standing assessment"), ("", "The whole bank")],
        required=False,
        error_messages={"invalid_choice": "Choose one of the two."},
    )
    kind = forms.MultipleChoiceField(
        label="Kinds",
        choices=KINDS,
        required=False,
        error_messages={"invalid_choice": "There is no such kind."},
    )
    level = forms.ChoiceField(
        label="Level",
        choices=[("", "All levels"), *LEVELS],
        required=False,
        error_messages={"invalid_choice": "There is no such level."},
    )
    category = forms.ChoiceField(
        label="Category",
        choices=[("", "All categories"), *CATEGORIES],
        required=False,
        error_messages={"invalid_choice": "There is no such category."},
    )
    many = forms.IntegerField(
        label="At most",
        required=False,
        min_value=1,
        max_value=MOST_QUESTIONS,
        error_messages={
            "invalid": "A whole number, or nothing for all.",
            "min_value": "At least one question.",
            "max_value": f"At most {MOST_QUESTIONS:,} questions.",
        },
    )
    felt = PercentField("Felt overall")

    def __init__(
        self, *args: Any, areas: Sequence[AreaOption], topics: Sequence[Topic], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.areas, self.topics = areas, topics
        self.fields["area"] = forms.MultipleChoiceField(
            choices=[(each.key, each.title) for each in areas],
            required=False,
            error_messages={"invalid_choice": "There is no such area."},
        )
        self.fields["topic"] = forms.MultipleChoiceField(
            choices=[(each.key, each.title) for each in topics], required=False
        )
        for each in areas:
            self.fields[f"felt-{each.pk}"] = PercentField(each.title)

    @classmethod
    def asked(
        cls, address: QueryDict, areas: Sequence[AreaOption], topics: Sequence[Topic]
    ) -> StartForm:
        """Return the form as an address presets it: a filter asks the whole bank, nothing the
        standing questions. Words that are no choice are left out."""
        known = {each.key for each in areas}
        narrowed = any(address.get(name) for name in FILTERS)
        first = {
            "id": uuid.uuid4(),
            "standing": "1" if address.get("standing") or not narrowed else "",
            "area": [key for key in address.getlist("area") if key in known],
            "kind": [key for key in address.getlist("kind") if key in dict(KINDS)],
            "level": _among(address.get("level"), LEVELS),
            "category": _among(address.get("category"), CATEGORIES),
            "topic": [each.key for each in topics],
        }
        return cls(initial=first, areas=areas, topics=topics)

    @property
    def wanted(self) -> Wanted:
        """What is chosen: of a bound form what was understood, call `is_valid` first."""
        said = self.cleaned_data if self.is_bound else self.initial
        return Wanted(
            standing=bool(said.get("standing")),
            areas=tuple(said.get("area") or ()),
            kinds=tuple(said.get("kind") or ()),
            level=said.get("level") or "",
            category=said.get("category") or "",
            topics=tuple(said.get("topic") or ()),
            many=said.get("many"),
        )

    @property
    def feelings(self) -> dict[int | None, int]:
        """How it feels by area id, in per cent; overall under None. Call after `is_valid`."""
        said = {None: self.cleaned_data.get("felt")} | {
            each.pk: self.cleaned_data.get(f"felt-{each.pk}") for each in self.areas
        }
        return {area: value for area, value in said.items() if value is not None}

    @property
    def is_narrowed(self) -> bool:
        """Whether kind, level, category or number are chosen, well or badly."""
        return any(self[name].value() for name in ("kind", "level", "category", "many"))

    @property
    def area_rows(self) -> Iterator[AreaRow]:
        """The areas with what was chosen."""
        chosen = set(self["area"].value() or ())
        for each in self.areas:
            yield AreaRow(each, each.key in chosen, self[f"felt-{each.pk}"])

    @property
    def kind_rows(self) -> list[tuple[str, str, bool]]:
        """The kinds: value, words, chosen or not."""
        chosen = set(self["kind"].value() or ())
        return [(value, str(words), value in chosen) for value, words in KINDS]


def _among(value: str | None, choices: Sequence[tuple[str, str]]) -> str:
    return value if value and value in dict(choices) else ""


class RetestForm(forms.Form):
    """Below which score of the earlier sitting questions are asked again."""

    below = forms.IntegerField(
        min_value=1,
        max_value=100,
        error_messages={
            "required": "Below which score?",
            "invalid": "A whole number from 1 to 100.",
            "min_value": "At least 1.",
            "max_value": "At most 100.",
        },
    )
