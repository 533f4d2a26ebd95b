"""What the log of revisions may be asked for, and the decision that can be noted in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.db.models import Q, QuerySet

from apps.plans.change_page import MOST_REASON
from apps.plans.history import ALL, DECISIONS, TASK_KINDS, TASKS
from apps.plans.models import Revision

KINDS = {ALL: "Everything", DECISIONS: "Key decisions", TASKS: "Single tasks"}
MOST_WORDS = 100


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which revisions are asked for."""

    kind: str = ALL
    with_reason: bool = False
    words: str = ""

    @classmethod
    def of(cls, data: Mapping[str, str]) -> HistoryFilter:
        """Return what an address asks for; what it gets wrong is not asked for."""
        kind = data.get("kind", ALL)
        words = data.get("q", "").replace("\x00", "").strip()[:MOST_WORDS]
        return cls(kind if kind in KINDS else ALL, data.get("reason") == "1", words)

    @property
    def fields(self) -> dict[str, str]:
        """What asks for the same again."""
        asked = {"kind": self.kind if self.kind != ALL else "", "q": self.words}
        return {
            name: value
            for name, value in (asked | {"reason": "1" if self.with_reason else ""}).items()
            if value
        }

    @property
    def said(self) -> str:
        """What is shown, in words; empty when it is everything."""
        if not self.fields:
            return ""
        with_reason = ", with a reason" if self.with_reason else ""
        return f"{KINDS[self.kind]}{with_reason}" + (f", “{self.words}”" if self.words else "")

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """The kinds there are, and what they are called."""
        return list(KINDS.items())

    def of_these(self, revisions: QuerySet[Revision]) -> QuerySet[Revision]:
        """Return those of the revisions that are asked for. Does not query."""
        if self.kind == TASKS:
            revisions = revisions.filter(kind__in=TASK_KINDS)
        elif self.kind == DECISIONS:
            revisions = revisions.exclude(kind__in=TASK_KINDS)
        if self.with_reason:
            revisions = revisions.exclude(reason="")
        if self.words:
            revisions = revisions.filter(
                Q(what__icontains=self.words)
                | Q(reason__icontains=self.words)
                | Q(prompted_by__icontains=self.words)
            )
        return revisions


class DecisionForm(forms.Form):
    """A decision that moves no date."""

    what = forms.CharField(
        label="What did you decide?",
        max_length=MOST_REASON,
        error_messages={
            "required": "What did you decide?",
            "max_length": "At most 300 characters.",
        },
    )
    reason = forms.CharField(
        label="Why? (optional)",
        required=False,
        max_length=MOST_REASON,
        error_messages={"max_length": "At most 300 characters."},
    )
    prompted_by = forms.CharField(
        label="What prompted it (optional)",
        required=False,
        max_length=MOST_REASON,
        error_messages={"max_length": "At most 300 characters."},
    )
