"""What is asked before a coverage check and a placement: areas, a title, how much feels known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from apps.assessments.coverage import AreaChoice, Begun
from apps.assessments.models import MOST_TITLE

FULL = 100
NONE_CHOSEN = "Choose at least one area."
NOT_CHOSEN = "Choose this area too, or leave this empty."
PERCENT = "A whole number from 0 to 100, or nothing."


class PercentField(forms.CharField):
    """A whole number of per cent that may be left empty; what was typed stays as it was typed."""

    def __init__(self, label: str) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(label=label, required=False, max_length=200, widget=widget)

    def clean(self, value: Any) -> Any:
        """Return an int from 0 to 100, or None."""
        said = str(super().clean(value) or "").strip().removesuffix("%").strip()
        if not said:
            return None
        if not (said.isascii() and said.isdigit() and len(said) <= 3) or int(said) > FULL:
            raise ValidationError(PERCENT)
        return int(said)


class AreaRow(NamedTuple):
    """One area of the form."""

    choice: AreaChoice
    is_chosen: bool
    felt: forms.BoundField


class CoverageForm(forms.Form):
    """Areas to choose from, for each how much feels known, and a title."""

    title = forms.CharField(required=False, max_length=MOST_TITLE, strip=True)

    def __init__(self, choices: Sequence[AreaChoice], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices = choices
        self.fields["areas"] = forms.MultipleChoiceField(
            choices=[(choice.key, choice.title) for choice in choices],
            error_messages={
                "required": NONE_CHOSEN,
                "invalid_choice": "An area that was chosen has no topics for you now.",
            },
        )
        self.fields["felt"] = PercentField("How much of all of it do you feel you know, in %?")
        for choice in choices:
            self.fields[f"felt-{choice.id}"] = PercentField(f"{choice.title}, felt, in %")

    @classmethod
    def with_all(cls, choices: Sequence[AreaChoice], posted: QueryDict) -> CoverageForm:
        """Return the form with all areas chosen and what was typed still there; unbound."""
        typed = {name: posted[name] for name in posted if name == "title" or "felt" in name}
        return cls(choices, initial=typed | {"areas": [choice.key for choice in choices]})

    @property
    def rows(self) -> Iterator[AreaRow]:
        """The areas as the page shows them, with what was chosen and typed."""
        chosen = set(self["areas"].value() or [])
        for choice in self.choices:
            yield AreaRow(choice, choice.key in chosen, self[f"felt-{choice.id}"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = set(self["areas"].value() or [])
        for choice in self.choices:
            name = f"felt-{choice.id}"
            if cleaned.get(name) is not None and choice.key not in chosen:
                self.add_error(name, NOT_CHOSEN)
        return cleaned

    def begun(self) -> Begun:
        """Return what was chosen; without a title it is named after its areas."""
        said = self.cleaned_data
        areas = [choice for choice in self.choices if choice.key in said["areas"]]
        felt = {choice.id: said[f"felt-{choice.id}"] for choice in areas}
        return Begun(
            said["title"] or title_of(areas, all_areas=len(areas) == len(self.choices)),
            areas,
            {area: value for area, value in felt.items() if value is not None},
            said["felt"],
        )


class PlacementForm(forms.Form):
    """How much feels known of everything that will be asked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["felt"] = PercentField("How much of it do you feel you know, in %?")


def title_of(areas: Sequence[AreaChoice], *, all_areas: bool = False) -> str:
    """Return the title of a check of these areas: "Coverage of Statistics and NLP"."""
    if all_areas and len(areas) > 1:
        return "Coverage of all areas"
    names = [area.title for area in areas]
    if len(names) > 3:
        names = [*names[:2], f"{len(names) - 2} more areas"]
    words = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
    return f"Coverage of {words}"[:MOST_TITLE]
