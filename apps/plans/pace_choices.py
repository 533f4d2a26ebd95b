"""The forms of the ways out in which tasks or topics are chosen from a list."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, QueryDict
from django.utils.functional import cached_property

from apps.library.models import Topic
from apps.plans import pace_ways
from apps.plans.bends import Bend, LeaveOut, PinTo
from apps.plans.models import Task
from apps.plans.pace import State, date_words
from apps.plans.pace_forms import PaceForm
from apps.plans.pace_topics import add_topics, visible_keys
from apps.plans.sketch import Job, Sketch

SUGGEST = "suggest"
WEIGHTS = {1: "specialisation", 2: "good to know"}


@dataclass(frozen=True, slots=True)
class Offer:
    """A task or topic that may be chosen: its title, minutes, and what is said beside it."""

    key: uuid.UUID
    title: str
    minutes: int
    said: str = ""


class ChoosingForm(PaceForm):
    """Things to choose among those that are offered. `looked` is sent with every form, so that one
    with nothing chosen is told from none; as `suggest` it chooses what is suggested."""

    missing: ClassVar[str] = "Choose one task at least."
    looked = forms.CharField(widget=forms.HiddenInput, required=False, max_length=10)
    chosen = forms.TypedMultipleChoiceField(
        coerce=uuid.UUID,
        required=False,
        error_messages={"invalid_choice": "Choose from the list."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sent = [str(key) for key in self.suggested_keys()]
        if isinstance(self.data, QueryDict) and self.is_bound:
            data = self.data.copy()
            if data.get("looked") == SUGGEST:
                data.setlist("chosen", self.sent)
            data["looked"] = "1"
            self.data, self.sent = data, data.getlist("chosen")
        field = self.fields["chosen"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(key, key) for key in self.sent if _is_id(key)]  # see clean_chosen

    @cached_property
    def offered(self) -> Sequence[Offer]:
        """What there is to choose from. Does not query."""
        raise NotImplementedError

    def suggested_keys(self) -> Iterable[uuid.UUID]:
        """Return what is chosen at first. Does not query."""
        raise NotImplementedError

    @property
    def rows(self) -> list[tuple[Offer, bool]]:
        """What is offered, each with whether it is chosen. Does not query."""
        sent = set(self.sent)
        return [(offer, str(offer.key) in sent) for offer in self.offered]

    def clean_chosen(self) -> list[uuid.UUID]:
        """Return those chosen that are still offered. Raises Http404 for a stranger's; one query
        where something is chosen that is not offered any more."""
        offered = {offer.key for offer in self.offered}
        sent: list[uuid.UUID] = list(dict.fromkeys(self.cleaned_data["chosen"]))
        unknown = {key for key in sent if key not in offered}
        if unknown and self.known(unknown) != unknown:
            raise Http404("There is no such thing to choose.")
        found = [key for key in sent if key in offered]
        if not found:
            raise ValidationError(self.missing)
        return found

    def known(self, keys: Collection[uuid.UUID]) -> set[uuid.UUID]:
        """Return those of these ids that are the learner's own to name. One query at most."""
        own = Task.objects.filter(pk__in=keys, plan__owner=self.plan.owner_id)
        return set(own.values_list("pk", flat=True))


def _is_id(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


class LeaveOutForm(ChoosingForm):
    """Tasks of little weight to leave out."""

    @cached_property
    def offered(self) -> Sequence[Offer]:
        return [
            Offer(
                job.key,
                job.title,
                job.left,
                f"{job.priority} · {WEIGHTS.get(job.weight, 'no topic')}",
            )
            for job in pace_ways.lesser(self.sketch)
        ]

    def suggested_keys(self) -> Iterable[uuid.UUID]:
        if self.pace.state != State.BEHIND:
            return ()
        fewer = pace_ways.leave_out(self.sketch, self.pace)
        return [job.key for job in fewer.jobs] if fewer else ()

    def bend(self, sketch: Sketch) -> Bend:
        reason = self.cleaned_data.get("reason") or "Left out to end in time"
        return LeaveOut(frozenset(self.cleaned_data["chosen"]), reason=reason)


class PullForm(ChoosingForm):
    """The next tasks, to be done today."""

    needs_reason = False

    @cached_property
    def _jobs(self) -> list[Job]:
        return pace_ways.next_jobs(self.sketch)

    @cached_property
    def offered(self) -> Sequence[Offer]:
        return [
            Offer(
                job.key,
                job.title,
                job.left,
                f"planned for {date_words(job.parts[0][0], self.sketch.today)}",
            )
            for job in self._jobs
        ]

    def suggested_keys(self) -> Iterable[uuid.UUID]:
        fit = pace_ways.first_that_fit(self._jobs, int(self.pace.study_day))
        return [job.key for job in fit]

    def bend(self, sketch: Sketch) -> Bend:
        chosen = frozenset(self.cleaned_data["chosen"])
        return PinTo(chosen | pace_ways.of_today(sketch), sketch.today)


class TopicsForm(ChoosingForm):
    """Topics that are good to know and not in the plan, to be added behind its last task."""

    missing = "Choose one topic at least."

    def __init__(self, *args: Any, topics: Sequence[Topic], **kwargs: Any) -> None:
        self.topics = topics
        super().__init__(*args, **kwargs)

    @cached_property
    def offered(self) -> Sequence[Offer]:
        return [Offer(each.pk, each.title, each.minutes, each.area.title) for each in self.topics]

    def suggested_keys(self) -> Iterable[uuid.UUID]:
        return ()

    def known(self, keys: Collection[uuid.UUID]) -> set[uuid.UUID]:
        return visible_keys(self.plan.owner_id, keys)

    def bend(self, sketch: Sketch) -> Bend:
        chosen = set(self.cleaned_data["chosen"])
        return add_topics(sketch, [topic for topic in self.topics if topic.pk in chosen])
