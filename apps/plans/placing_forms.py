"""What is asked when proposals are placed: which of them, and where in the plan."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django import forms

from apps.plans.bends import Bend, LeaveOut, NothingToDo
from apps.plans.bends_whole import Decided, Several, hours
from apps.plans.change_page import MOST_REASON, BendForm
from apps.plans.models import Proposal
from apps.plans.placing import END, MIXED, NEXT, Gap, Place, said, spared
from apps.plans.sketch import Job, Sketch
from apps.plans.taught import TEACHES_NOTHING

HOW = [
    (MIXED, "Mixed in: a topic every study day or so, within four weeks where they fit"),
    (NEXT, "Next: before everything that is open"),
    (END, "Last: behind everything that is planned"),
]
NO_TASK = (
    "No open task of your plan teaches only what you chose, so there is nothing to leave out. "
    "You can drop these proposals."
)
MOST_NAMED = 5


class PlaceForm(BendForm):
    """Of these open proposals, those that are taken, and where their tasks go."""

    p = forms.TypedMultipleChoiceField(
        label="Chosen",
        coerce=uuid.UUID,
        error_messages={"required": "Choose at least one of them."},
    )
    how = forms.ChoiceField(
        label="Where in the plan",
        choices=HOW,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose one of the three."},
    )
    reasons: ClassVar[dict[bool, str]] = {True: "Closing gaps", False: "Known already"}

    def __init__(
        self,
        data: Any = None,
        *,
        offers: Sequence[Proposal],
        gaps: Sequence[Gap],
        week_number: int = 1,
        **kwargs: Any,
    ) -> None:
        if data is not None and not kwargs.get("applying"):
            data = data.copy()
            for name, value in (
                ("how", MIXED),
                ("reason", self.reasons[bool(gaps)]),
                ("prompted_by", joined(row.prompted_by for row in offers)),
            ):
                data.setdefault(name, value)
        super().__init__(data, **kwargs)
        self.offers = offers
        self.gaps = gaps
        self.week_number = week_number
        self.notes: list[str] = []
        chosen: Any = self.fields["p"]
        chosen.choices = [(str(row.pk), row.topic.title) for row in offers]

    @property
    def places(self) -> bool:
        """Whether any of them becomes tasks."""
        return bool(self.gaps)

    @property
    def chosen(self) -> set[uuid.UUID]:
        """The proposals that are ticked, once the form is valid; else all."""
        return set(self.cleaned_data.get("p") or (row.pk for row in self.offers))

    def bend(self, sketch: Sketch) -> Bend:
        """Return one change: tasks left out, tasks added, the proposals decided."""
        chosen = self.chosen
        wanted = [gap for gap in self.gaps if gap.key in chosen]
        # A topic may be proposed to be studied and to be relearned: the first one speaks.
        first: dict[uuid.UUID, Gap] = {}
        for gap in wanted:
            first.setdefault(gap.topic, gap)
        gaps = tuple(first.values())
        out = [
            row for row in self.offers if row.pk in chosen and row.kind == Proposal.Kind.LEAVE_OUT
        ]
        goes, stays = spared(sketch, {row.topic_id for row in out}, TEACHES_NOTHING)
        if not goes and not gaps:
            raise NothingToDo(NO_TASK)
        taught = {topic for job in goes for topic in job.topics}
        settled = [row for row in out if row.topic_id in taught]
        self.notes = [
            *_saved(goes),
            *_staying(stays),
            *_still_proposed([row for row in out if row not in settled]),
            *_planned(sketch, gaps),
            *_twice([gap for gap in wanted if gap not in gaps]),
        ]
        bends: list[Bend] = []
        if goes:
            reason = joined(row.prompted_by for row in settled)
            bends.append(LeaveOut(frozenset(job.key for job in goes), reason=reason))
        if gaps:
            bends.append(Place(gaps, self.cleaned_data["how"], self.week_number))
        kind = Place.kind if gaps else LeaveOut.kind
        placed = [*(gap.key for gap in wanted), *(row.pk for row in settled)]
        return Decided(
            Several(tuple(bends), kind, said(gaps, goes)),
            proposals=dict.fromkeys(placed, Proposal.State.PLACED.value),
        )


def joined(texts: Iterable[str]) -> str:
    """Return different texts in one, as long as the history keeps: the first ones, and how many
    more there are."""
    every = list(dict.fromkeys(text for text in texts if text))
    for count in range(len(every), 0, -1):
        more = f" and {len(every) - count} more" if count < len(every) else ""
        text = "; ".join(every[:count]) + more
        if len(text) <= MOST_REASON:
            return text
    return every[0][:MOST_REASON] if every else ""


def _listed(titles: Sequence[str]) -> str:
    shown = ", ".join(f"“{title}”" for title in titles[:MOST_NAMED])
    more = len(titles) - MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def _saved(goes: Sequence[Job]) -> list[str]:
    if not goes:
        return []
    return [f"Leaving out saves {hours(sum(job.left for job in goes))}."]


def _staying(stays: Sequence[Job]) -> list[str]:
    if not stays:
        return []
    stay, they = ("stays", "It also teaches") if len(stays) == 1 else ("stay", "They also teach")
    return [f"{_listed([job.title for job in stays])} {stay}. {they} other topics."]


def _still_proposed(rows: Sequence[Proposal]) -> list[str]:
    if not rows:
        return []
    stay = (
        "stays proposed. No open task teaches it"
        if len(rows) == 1
        else ("stay proposed. No open task teaches them")
    )
    return [f"{_listed([row.topic.title for row in rows])} {stay} without other topics."]


def _planned(sketch: Sketch, gaps: Sequence[Gap]) -> list[str]:
    """Which topics are in the plan already, so that these tasks come on top."""
    taught = {
        topic
        for job in sketch.jobs
        if job.is_open and job.kind not in TEACHES_NOTHING
        for topic in job.topics
    }
    titles = [gap.title for gap in gaps if gap.topic in taught]
    if not titles:
        return []
    are = "is" if len(titles) == 1 else "are"
    return [f"{_listed(titles)} {are} in your plan already. These tasks come on top."]


def _twice(gaps: Sequence[Gap]) -> list[str]:
    if not gaps:
        return []
    are = "is proposed twice and comes" if len(gaps) == 1 else "are proposed twice and come"
    return [f"{_listed([gap.title for gap in gaps])} {are} once."]
