"""Taking a knowledge check: start, grade, undo, add a question, finish.

Each function is one transaction that takes the learner's row first, so that two tabs come one after
the other, and does nothing the second time it is sent.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count, Max, QuerySet, Sum

from apps.accounts.clock import local_day
from apps.accounts.models import User
from apps.checks.candidates import load_candidates, load_pool
from apps.checks.gaps import propose_gaps, withdraw_gaps
from apps.checks.leeches import Cause, follow
from apps.checks.models import Answer, Check
from apps.checks.pick import ask
from apps.checks.turn import Turn, load_turn
from apps.library.models import Question, TaskKind
from apps.library.writing.questions import add_question
from apps.mastery import record as mastery
from apps.mastery.models import Source
from apps.plans import work
from apps.plans.models import Plan, Task, Work
from apps.plans.placing import QUESTIONS_KEY

FAILED = 60  # at most: a review that failed, for SM-2 and FSRS alike
MOST_QUESTIONS = 60


class NothingToAsk(Exception):
    """There is no topic to ask about."""


class NothingAnswered(Exception):
    """A check without an answer has no result."""


class NotOpen(Exception):
    """The check is finished or deleted; `check` is what it is."""

    def __init__(self, check: Check) -> None:
        super().__init__(check)
        self.check = check


class AnotherIsOpen(Exception):
    """It cannot be opened again while another check is open."""


class Full(Exception):
    """A check has no more than MOST_QUESTIONS questions."""


class Graded(NamedTuple):
    """What the learner said of one answer."""

    score: int
    is_unknown: bool = False
    text: str = ""
    note: str = ""
    seconds: int = 0


def open_check(user: User) -> Check | None:
    """Return the learner's check that is not finished yet. One query."""
    return _open(user).first()


def _open(user: User) -> QuerySet[Check, Check]:
    return Check.objects.filter(user=user, kind=Check.Kind.TAKEN, finished_at=None, deleted_at=None)


def seed_of(user: User, day: dt.date, number: int) -> str:
    """Return what the questions of a day's check of that number are drawn with."""
    return f"{user.pk} {day} {number}"


def next_number(user: User, day: dt.date) -> int:
    """Return the number of the learner's next check of that day, from 1. One query."""
    taken = Check.objects.filter(user=user, day=day, kind=Check.Kind.TAKEN)
    return (taken.aggregate(last=Max("number"))["last"] or 0) + 1


@transaction.atomic
def start(
    user: User,
    *,
    day: dt.date,
    at: dt.datetime,
    check_id: uuid.UUID,
    size: int | None = None,
    task: Task | None = None,
    topics: Iterable[uuid.UUID] | None = None,
    only: bool = False,
) -> Check:
    """Store a check with its questions and return it; the one that is open, if there is one.

    It asks about these topics (pass only what the learner may see), else about today's, and about
    what is due for review, unless it is on these topics `only`. Finishing it ticks `task`; without one, a check on today's topics ticks
    the check that is planned that day. `size` is that of the settings, if not given. The same
    `check_id` again returns what it made. Raises NothingToAsk; Check.DoesNotExist for somebody
    else's id.
    The number of queries does not depend on the number of questions.
    """
    mastery.lock(user)
    if (made := Check.objects.filter(pk=check_id).first()) is not None:
        if made.user_id != user.pk:
            raise Check.DoesNotExist("That check belongs to somebody else.")
        return made
    if (waiting := open_check(user)) is not None:
        return waiting
    number = next_number(user, day)
    seed = seed_of(user, day, number)
    candidates = load_candidates(user, day, topics, only=only)
    chosen = candidates.choose(size or user.check_size, seed)
    if not chosen.topics:
        raise NothingToAsk
    picked = ask(chosen, load_pool(user, chosen.topics), seed)
    if task is None and topics is None:
        task = planned_check(user, day)
    check = Check.objects.create(
        id=check_id,
        user=user,
        kind=Check.Kind.TAKEN,
        day=day,
        at=at,
        number=number,
        size=len(picked.items),
        task=task,
    )
    Answer.objects.bulk_create(
        Answer(
            check_taken=check,
            position=position,
            topic_id=item.topic,
            question_id=item.question,
            is_review=item.is_review,
        )
        for position, item in enumerate(picked.items)
    )
    return check


@transaction.atomic
def grade(
    user: User,
    check_id: uuid.UUID,
    answer_id: uuid.UUID,
    graded: Graded,
    *,
    at: dt.datetime,
    day: dt.date,
) -> Turn:
    """Store a grade, its evidence and its card; return it with the next answer to give.

    One that is graded stays as it is, also when the check is finished by now. `day` is the learner's
    date now, also after midnight. Eight queries at most, and what a failed topic's lapses take.
    Raises Answer.DoesNotExist for what is not the learner's, NotOpen, ValueError for a score out of
    range.
    """
    scheduler = mastery.lock(user)
    turn = load_turn(user, check_id, answer_id)
    answer, check = turn.answer, turn.answer.check_taken
    if answer.score is not None and not check.deleted_at:
        return turn
    if check.deleted_at or check.finished_at:
        raise NotOpen(check)
    (evidence,) = mastery.record(
        user,
        [(answer.topic_id, graded.score)],
        source=Source.CHECK,
        source_id=check.pk,
        at=at,
        day=day,
        scheduler=scheduler,
    )
    _store(answer, **graded._asdict(), evidence=evidence, at=at, day=day)
    failed = [answer.topic_id] if graded.score <= FAILED else []
    follow(user, [answer.topic_id], Cause(answer.pk, at, day, failed))
    return turn


def _store(answer: Answer, **values: Any) -> None:
    """Store these values of an answer, and have them in the object. One query."""
    Answer.objects.filter(pk=answer.pk).update(**values)
    for name, value in values.items():
        setattr(answer, name, value)


def last_answer(check: Check) -> Answer | None:
    """Return the answer of a check that was graded last, with topic and question. One query."""
    return (
        check.answers.exclude(score=None)
        .select_related("topic", "question")
        .order_by("-at", "-position")
        .first()
    )


@transaction.atomic
def undo_last(user: User, check: Check, answer_id: uuid.UUID | None = None) -> Answer | None:
    """Take the grade of this answer back, else that of the last one; return it, None when there
    was none to take back.

    What was written stays. A finished check is open again, and its task unticked, if finishing
    ticked it. Raises AnotherIsOpen, NotOpen for a deleted check.
    """
    scheduler = mastery.lock(user)
    check = Check.objects.get(pk=check.pk)
    if check.deleted_at or check.kind != Check.Kind.TAKEN:
        raise NotOpen(check)
    if answer_id is None:
        answer = last_answer(check)
    else:
        answer = check.answers.filter(pk=answer_id).exclude(score=None).first()
    if answer is None:
        return None
    if check.finished_at is not None:
        _reopen(user, check)
    if answer.evidence_id is not None:
        mastery.withdraw(user, [answer.evidence_id], scheduler=scheduler)
    follow(user, [answer.topic_id])
    _store(answer, score=None, is_unknown=False, evidence=None, at=None, day=None)
    return answer


def _reopen(user: User, check: Check) -> None:
    if _open(user).exists():
        raise AnotherIsOpen
    untick(user, check)
    withdraw_gaps(user, check)
    Check.objects.filter(pk=check.pk).update(finished_at=None, ticked=False)


def untick(user: User, check: Check) -> Task | None:
    """Open the task that finishing this check ticked, if that tick still stands; return it. One
    query, none for a check that ticked nothing, three more to open the task."""
    if not check.ticked or check.task_id is None or check.finished_at is None:
        return None
    # Not a tick the learner set again since.
    ours = Task.objects.owned_by(user).filter(pk=check.task_id, done_at=check.finished_at)
    return work.untick(user, check.task_id) if ours.exists() else None


def tick_again(user: User, check: Check) -> Task | None:
    """Tick the task of a finished check as finishing it did, if it is open; return it, None when
    nothing was ticked. The caller has a transaction open."""
    if check.task_id is None or check.finished_at is None:
        return None
    tasks = Task.objects.owned_by(user).exclude(status=Task.Status.DONE)
    task = tasks.filter(pk=check.task_id).first()
    if task is None:
        return None
    seconds = check.answers.exclude(score=None).aggregate(total=Sum("seconds"))["total"] or 0
    try:
        minutes = _minutes_in_all(check, task, seconds)
        return work.tick(
            user, task.pk, local_day(user, check.finished_at), check.finished_at, minutes
        )
    except work.TimerNeedsMinutes:
        return None


class Finished(NamedTuple):
    """A finished check, and whether its task waits for the minutes of a timer that ran on."""

    check: Check
    timer_ran_on: bool = False


@transaction.atomic
def finish(user: User, check: Check, *, at: dt.datetime, day: dt.date) -> Finished:
    """Finish a check: what has no score was not asked, and what scored less than 40 is proposed to
    be studied. Where at least half of it was answered, ticks
    its task and logs its minutes, on `day`: those that were measured and that no timer logged, else
    the planned ones.

    Idempotent. Raises NothingAnswered, NotOpen for a deleted check.
    """
    mastery.lock(user)
    check = Check.objects.get(pk=check.pk)
    if check.deleted_at or check.kind != Check.Kind.TAKEN:
        raise NotOpen(check)
    if check.finished_at is not None:
        return Finished(check)
    answered = check.answers.exclude(score=None)
    sums = answered.aggregate(seconds=Sum("seconds"), n=Count("pk"))
    if not sums["n"]:
        raise NothingAnswered
    check.finished_at = at
    tasks = Task.objects.owned_by(user).exclude(status=Task.Status.DONE)
    task = None
    if check.task_id is not None and is_half(sums["n"], check.size):
        task = tasks.filter(pk=check.task_id).first()
    timer_ran_on = False
    if task is not None:
        try:
            minutes = _minutes_in_all(check, task, sums["seconds"])
            check.ticked = work.tick(user, task.pk, day, at, minutes).done_at == at
        except work.TimerNeedsMinutes:
            timer_ran_on = True
    check.save(update_fields=["finished_at", "ticked"])
    propose_gaps(user, check, at=at, day=day)
    return Finished(check, timer_ran_on)


def is_half(answered: int, of: int) -> bool:
    """Return whether so many answers are at least half of a check."""
    return 2 * answered >= of


def _minutes_in_all(check: Check, task: Task, seconds: int) -> int | None:
    """How long the task took, with this check; None when nobody measured, so that it was as planned.
    What a timer on it logged since the check began is time of the check."""
    if not seconds:
        return None
    timed = task.work.filter(origin=Work.Origin.TIMER, at__gte=check.at)
    logged = timed.aggregate(total=Sum("minutes"))["total"] or 0
    return work.spent_on(task) + max(minutes_of(seconds) - logged, 0)


def minutes_of(seconds: int) -> int:
    """Return seconds as whole minutes, rounded up."""
    return -(-seconds // 60)


def logged_minutes(check: Check) -> int:
    """Return the minutes that finishing this check logged for its task. One query, none when it
    ticked nothing."""
    if not check.ticked or check.task_id is None or check.finished_at is None:
        return 0
    rows = Work.objects.filter(task=check.task_id, at=check.finished_at)
    return rows.aggregate(total=Sum("minutes"))["total"] or 0


def planned_check(user: User, day: dt.date) -> Task | None:
    """Return the first open check that the active plan has on that day, but for those on the
    questions of one topic. One query."""
    return (
        Task.objects.owned_by(user)
        .filter(
            plan__state=Plan.State.ACTIVE,
            kind=TaskKind.CHECK,
            status=Task.Status.TODO,
            parts__day=day,
        )
        .exclude(key=QUESTIONS_KEY)
        .order_by("position")
        .first()
    )


@transaction.atomic
def ask_own(user: User, check: Check, question: Question) -> Answer:
    """Add a question of the learner's own to an open check, at its end, and to their library.

    The same question again adds nothing. Raises NotOpen, Full; Foreign when the id is somebody
    else's.
    """
    mastery.lock(user)
    check = Check.objects.get(pk=check.pk)
    if check.deleted_at or check.finished_at or check.kind != Check.Kind.TAKEN:
        raise NotOpen(check)
    asked = check.answers.filter(question=question.pk).select_related("topic__area", "question")
    if (made := asked.first()) is not None:
        return made
    last = check.answers.aggregate(last=Max("position"))["last"]
    position = 0 if last is None else last + 1
    if position >= MOST_QUESTIONS:
        raise Full
    question = add_question(user, question)
    Check.objects.filter(pk=check.pk).update(size=position + 1)
    return Answer.objects.create(
        check_taken=check,
        topic=question.topic,
        question=question,
        position=position,
        is_added=True,
    )
