"""How an interview went, as a decision in the history: what was asked, where it was thin, and the
next step."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.plans.forms import too_long
from apps.plans.models import Plan, Revision
from apps.plans.pace import date_words
from apps.plans.revise import revising

MOST = 250  # characters of each text; with the words before it, it fits the history's columns
BOX = forms.Textarea(attrs={"rows": 3})


class DebriefForm(forms.Form):
    """Three texts, one of which at least is written, and the plan's version as it was shown."""

    asked = forms.CharField(label="What were you asked?", widget=BOX, required=False)
    thin = forms.CharField(label="Where was it thin?", widget=BOX, required=False)
    next_step = forms.CharField(label="What is the next step?", widget=BOX, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, max_value=10**9)

    def clean_asked(self) -> str:
        return self._line("asked")

    def clean_thin(self) -> str:
        return self._line("thin")

    def clean_next_step(self) -> str:
        return self._line("next_step")

    def _line(self, name: str) -> str:
        return too_long(" ".join(self.cleaned_data[name].split()), MOST)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not any(cleaned[name] for name in ("asked", "thin", "next_step")):
            raise ValidationError("Write at least one of the three.")
        return cleaned


def note_debrief(plan: Plan, form: DebriefForm, interview: dt.date, today: dt.date) -> bool:
    """Write the decision; no date moves. False when the same was written today already: the form
    was sent before. Raises revise.StalePlan when the plan has changed since the form was shown. One
    transaction of four queries."""
    asked, thin, step = (form.cleaned_data[name] for name in ("asked", "thin", "next_step"))
    said = _named(interview) + (f" {interview.year}" if interview.year != today.year else "")
    what = f"{said}. Next step: {step}" if step else f"{said}: how it went"
    reason = f"Thin: {thin}" if thin else ""
    prompt = f"Asked: {asked}" if asked else ""
    kind = Revision.Kind.DECISION
    same = plan.revisions.filter(kind=kind, day=today, undone_at=None, what=what, reason=reason)
    if same.filter(prompted_by=prompt).exists():
        return False
    version = form.cleaned_data["version"] or 0
    with revising(
        plan,
        kind=kind,
        what=what,
        day=today,
        reason=reason,
        prompted_by=prompt,
        version=version,
    ):
        pass
    return True


def is_noted(plan: Plan, interview: dt.date) -> bool:
    """Return whether it is noted how that interview went, in any plan of the learner. One query."""
    kind, named = Revision.Kind.DECISION, _named(interview)
    noted = Revision.objects.filter(plan__owner=plan.owner_id, kind=kind, undone_at=None)
    return noted.filter(day__gte=interview, what__startswith=named).exists()


def _named(interview: dt.date) -> str:
    """What the decision begins with, whichever year it is written in."""
    return f"Interview on {date_words(interview, interview)}"
