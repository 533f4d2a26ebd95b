"""The demo learner: the story of fixtures/demo/, told through the functions the pages use.

The dates are shifted so that the story ends yesterday.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
import uuid
from decimal import Decimal
from pathlib import Path

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.assessments.coverage_result import CoverageResult
from apps.assessments.models import Assessment, Rating
from apps.assessments.priorities import MOST_KEPT
from apps.assessments.record import AreaTotals, record_assessment
from apps.checks.log import Answered, log_result
from apps.exchange.story import Coverage, Day, Questions, Story, evening, read_story
from apps.library.models import OURS, Area, Roadmap, TaskKind, Topic
from apps.mastery.bands import STRONG_FROM
from apps.mastery.models import Memory
from apps.mastery.readiness import Marks
from apps.mastery.rounding import half_up
from apps.plans import changes, work
from apps.plans.build import create_plan
from apps.plans.models import Criterion, Plan, Revision, Task
from apps.plans.reflow import apply_reflow
from apps.plans.revise import revising

EMAIL = "demo@studyplan.local"
ONE_DAY = dt.timedelta(days=1)
LEAST_PASSWORD = 12


class DemoError(Exception):
    """Why there is no demo learner, in one line."""


def create_demo(password_file: Path, *, again: bool = False) -> bool:
    """Make the demo learner and keep the password, all or nothing; False when there was one.

    `again` deletes the learner with that address, and everything of theirs, before. A password
    that is kept in the file already is used again. Raises DemoError.
    """
    story = load_story(Path(settings.FIXTURES_DIR) / "demo" / "history.yaml")
    try:
        with transaction.atomic():
            learner = User.objects.filter(email=EMAIL).first()
            if learner is not None and not again:
                return False
            if learner is not None:
                learner.delete()
            password = kept_password(password_file) or secrets.token_urlsafe(12)
            tell(story, password, timezone.now())
            keep_password(password_file, password)
    except IntegrityError:
        if User.objects.filter(email=EMAIL).exists():  # made by somebody else meanwhile
            return False
        raise DemoError(f"{EMAIL} is an address of another learner") from None
    return True


def load_story(path: Path) -> Story:
    """Return the story in that file. Raises DemoError."""
    try:
        story, faults = read_story(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise DemoError(f"the demo history cannot be read: {error}") from None
    if story is None or faults:
        raise DemoError(f"the demo history has a fault: {faults[0]}")
    return story


def kept_password(path: Path) -> str:
    """Return the password kept in the file, or "" if there is none worth the name."""
    try:
        password = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return password if len(password) >= LEAST_PASSWORD else ""


def keep_password(path: Path, password: str) -> None:
    """Write the password to a file that only its owner can read, in one step. Raises DemoError."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"{password}\n")
        draft.replace(path)
    except OSError as error:
        raise DemoError(f"the password cannot be kept: {error}") from None


@transaction.atomic
def tell(story: Story, password: str, now: dt.datetime) -> User:
    """Make the demo learner with the whole story, as it stands at `now`. Raises DemoError."""
    return _Telling(story, now).tell(password)


class _Telling:
    """One telling of a story: what it needs of the library, and by how much it is shifted."""

    def __init__(self, story: Story, now: dt.datetime) -> None:
        self.story = story
        self.now = now
        self.today = now.astimezone(dt.UTC).date()
        self.shift = self.today - ONE_DAY - story.last_day
        roadmap = Roadmap.objects.filter(collection=OURS, slug=story.roadmap, retired_at=None)
        self.roadmap = roadmap.first()
        topics = Topic.objects.filter(collection=OURS, owner=None, slug__in=story.topics())
        self.topics = dict(topics.values_list("slug", "pk"))
        areas = Area.objects.filter(collection=OURS, slug__in=story.areas())
        self.areas = dict(areas.values_list("slug", "pk"))
        self._check_library()

    def _check_library(self) -> None:
        tasks: set[str] = set()
        if self.roadmap is not None:
            tasks = set(self.roadmap.tasks.filter(day__branch="").values_list("key", flat=True))
        missing = [
            *([] if self.roadmap else [f"roadmap {self.story.roadmap}"]),
            *(f"task {key}" for key in sorted(set(self.story.tasks()) - tasks)),
            *(f"topic {slug}" for slug in sorted(self.story.topics() - set(self.topics))),
            *(f"area {slug}" for slug in sorted(self.story.areas() - set(self.areas))),
        ]
        if missing:
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            raise DemoError(
                f"the library lacks {missing[0]}{more}: load the content first (load_content)"
            )

    def tell(self, password: str) -> User:
        first = self.story.days[0]
        begin = evening(first.day + self.shift, [done.minutes for done in first.done])[0]
        self.user = self._learner(password, begin)
        assert self.roadmap is not None
        day = begin.date()
        self.plan: Plan = create_plan(self.user, self.roadmap, day, day, at=begin)
        self.tasks: dict[str, Task] = {task.key: task for task in self.plan.tasks.all()}
        for told in self.story.days:
            self._day(told)
        rest = self.story.next_day
        apply_reflow(
            self.plan,
            self.user,
            self.today,
            None,
            reason=rest.reason,
            prompted_by=rest.prompted_by,
            at=self.now,
        )
        self._propose()
        return self.user

    def _learner(self, password: str, at: dt.datetime) -> User:
        told = self.story.learner
        last = self.story.last_day + self.shift
        user = User(
            email=EMAIL,
            name=told.name,
            time_zone="UTC",
            level=told.level,
            interview_on=last + dt.timedelta(days=told.interview_days_after_last),
            onboarded_at=at,
        )
        user.weekday_minutes = tuple(told.weekday_minutes)
        user.set_password(password)
        user.save()
        User.objects.filter(pk=user.pk).update(joined_at=at)
        EmailAddress.objects.create(user=user, email=EMAIL, verified=True, primary=True)
        return user

    def _day(self, told: Day) -> None:
        day = told.day + self.shift
        begin, *ends = evening(day, [done.minutes for done in told.done])
        self._plan_day(told, day, begin)
        finished: dict[str, dt.datetime] = {}
        for done, at in zip(told.done, ends, strict=True):
            task = self.tasks[done.task]
            if done.minutes != task.minutes:
                work.log_minutes(self.user, task.pk, done.minutes, day, at)
            work.tick(self.user, task.pk, day, at, done.minutes)
            finished[task.kind] = at
        end = ends[-1]
        for note in told.notes:
            work.save_note(self.user, self.tasks[note.task].pk, note.note, seen="")
        work.meet_criteria(self.user, self._met(told), day, end)
        for taken in self.story.assessments:
            if taken.day == told.day:
                self._assessment(taken, day, finished.get(TaskKind.ASSESS, end))
        self._checks(told, day, finished.get(TaskKind.CHECK, end))
        work.save_day_log(self.user, day, told.learned, told.result, None, end)
        for decision in self.story.decided(told.day, None):
            self._decision(decision.text, decision.prompted_by, day, end)

    def _plan_day(self, told: Day, day: dt.date, at: dt.datetime) -> None:
        """Skip what was skipped, and bring the day's work to the day."""
        for skipped in told.skipped:
            changes.skip(self.tasks[skipped.task], skipped.reason, day, at)
        for decision in self.story.decided(told.day, "reflow"):
            apply_reflow(
                self.plan,
                self.user,
                day,
                None,
                reason=decision.text,
                prompted_by=decision.prompted_by,
                at=at,
            )
        why = next(iter(self.story.decided(told.day, "move")), None)
        moved = changes.bring_to(
            self.plan,
            [self.tasks[done.task] for done in told.done],
            day,
            reason=why.text if why else "",
            prompted_by=why.prompted_by if why else "",
            at=at,
        )
        if why and moved is None:
            self._decision(why.text, why.prompted_by, day, at)

    def _decision(self, text: str, prompted_by: str, day: dt.date, at: dt.datetime) -> None:
        kind = Revision.Kind.DECISION
        with revising(self.plan, kind=kind, what=text, prompted_by=prompted_by, day=day, at=at):
            pass

    def _met(self, told: Day) -> list[uuid.UUID]:
        """Return the criteria that were met, of the outline days of the work that was done."""
        if told.criteria == "none":
            return []
        outline = {self.tasks[done.task].day_id for done in told.done}
        criteria = Criterion.objects.filter(plan=self.plan, day__in=outline)
        keys = list(
            criteria.order_by("day__week__number", "day__position", "position").values_list(
                "pk", flat=True
            )
        )
        if told.criteria == "all":
            return keys
        if max(told.criteria, default=0) >= len(keys):
            raise DemoError(f"{told.day} meets a criterion that the roadmap does not have")
        return [keys[number] for number in told.criteria]

    def _checks(self, told: Day, day: dt.date, at: dt.datetime) -> None:
        for check in told.checks:
            log_result(
                self.user,
                day=day,
                at=at,
                answers=[
                    Answered(self.topics[answer.topic], answer.score, answer.review)
                    for answer in check.answers
                ],
                said_total=_decimal(check.total),
                said_new=_decimal(check.new),
                said_review=_decimal(check.review),
                note=check.note,
            )

    def _assessment(self, taken: Questions | Coverage, day: dt.date, at: dt.datetime) -> None:
        if isinstance(taken, Questions):
            record_assessment(
                self.user,
                kind=Assessment.Kind.QUESTIONS,
                title=taken.title,
                day=day,
                at=at,
                results=self._asked(taken),
                said_overall=_decimal(taken.overall),
                said_readiness=_decimal(taken.readiness),
            )
            return
        record_assessment(
            self.user,
            kind=Assessment.Kind.COVERAGE,
            title=taken.title,
            day=day,
            at=at,
            results=self._covered(taken),
            ratings={self.topics[it.topic]: Rating.Value(it.value) for it in taken.ratings},
        )

    def _propose(self) -> None:
        """Keep for the plan what the last coverage check left open and no check has settled since."""
        last = Assessment.objects.filter(user=self.user, kind=Assessment.Kind.COVERAGE).first()
        if last is None:
            return
        found = CoverageResult(self.user, last)
        strong = Memory.objects.filter(user=self.user, score__gte=STRONG_FROM)
        settled = set(strong.values_list("topic_id", flat=True))
        open_ = [each.topic.id for each in found.priorities() if each.topic.id not in settled]
        found.keep_priorities(open_[:MOST_KEPT], self.now, self.today)

    def _asked(self, taken: Questions) -> list[AreaTotals]:
        felt = {item.area: item.percent for item in taken.felt}
        return [
            AreaTotals(high=taken.strong, middle=taken.rusty, low=taken.gap, total=taken.questions),
            *(
                AreaTotals(
                    self.areas[area.area], score=_decimal(area.score), felt=felt.get(area.area)
                )
                for area in taken.areas
            ),
        ]

    def _covered(self, taken: Coverage) -> list[AreaTotals]:
        felt = {item.area: item.percent for item in taken.felt}
        known = Marks.of(taken.know, 0, 0, taken.total).high_of_all
        told = taken.unsure is not None and taken.dunno is not None
        return [
            AreaTotals(
                self.areas[taken.area],
                high=taken.know,
                middle=taken.unsure,
                low=taken.dunno,
                total=taken.total,
                # Without the rest, what is known of all is the only figure there is.
                score=None if told or known is None else Decimal(half_up(known, 1)),
                felt=felt.get(taken.area),
            ),
            *(
                AreaTotals(title=group.title, score=_decimal(group.percent))
                for group in taken.groups
            ),
        ]


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))
