"""Checkpoints of a plan's weeks: how the learner stands against them, which wait, what they bring."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Prefetch, Subquery

from apps.accounts.models import User
from apps.accounts.prepared import Param, Prepared
from apps.library.models import OURS, Alias, Area, Roadmap, RoadmapDay, RoadmapTask, Topic
from apps.mastery.readiness import tally
from apps.mastery.rounding import half_up
from apps.mastery.standing import FIGURE, Figure, figures_of, standing_rows
from apps.plans.checkpoint import AreaFigure, Rule, Verdict, judge, rule_of, stood
from apps.plans.checkpoint_branch import BranchDay, BranchPlan, BranchTask, plan_of_branch
from apps.plans.models import Plan, PlanWeek, Revision

MOST_PROMPT = 300  # a revision holds


class AreaRef(NamedTuple):
    """An area a rule names: `pk` is None when it is in the library no more."""

    key: str
    title: str
    pk: int | None = None
    slug: str = ""  # of its page of readiness: ours have one


def full_key(collection: str, slug: str) -> str:
    """Return how a learner's own rule names an area, whatever roadmap the plan is from."""
    return f"{collection}/{slug}"


_HOME = Roadmap.objects.filter(plans__weeks=Param("week")).values("collection")[:1]
_AREAS = Prepared(
    lambda: (
        Area.objects.annotate(home=Subquery(_HOME))
        .order_by()
        .values_list("collection", "slug", "pk", "title", "home")
    )
)
_RENAMED = Prepared(
    lambda: (
        Alias.objects.filter(kind=Alias.Kind.AREA)
        .order_by()
        .values_list("collection", "slug", "target_slug")
    )
)


def areas_of(week: uuid.UUID, rule: Rule) -> list[AreaRef]:
    """Return the areas of a rule under the names they have now; a key without a collection is of
    that of the plan's roadmap. Two queries."""
    renamed = {(collection, slug): target for collection, slug, target in _RENAMED()}
    known: dict[tuple[str, str], tuple[int, str]] = {}
    home = OURS
    for collection, slug, pk, title, of_roadmap in _AREAS(week=week):
        known[collection, slug] = pk, title
        home = of_roadmap or OURS
    refs: dict[str, AreaRef] = {}
    for key in rule.areas:
        collection, _, slug = key.rpartition("/")
        collection = collection or home
        slug = renamed.get((collection, slug), slug)
        pk, title = known.get((collection, slug), (None, slug))
        full = full_key(collection, slug)
        refs[full] = AreaRef(full, title, pk, slug if collection == OURS else "")
    return list(refs.values())


def areas_of_plan(plan: Plan) -> set[int]:
    """Return the ids of the areas that tasks of the plan teach. One query."""
    taught = Topic.objects.filter(plan_tasks__plan=plan, plan_tasks__deleted_at=None)
    return set(taught.order_by().values_list("area_id", flat=True).distinct())


def figures(user: User, areas: Iterable[AreaRef], today: dt.date) -> list[AreaFigure]:
    """Return how the learner stands in these areas, at their level and below. One query."""
    refs = list(areas)
    wanted = [ref.pk for ref in refs if ref.pk is not None]
    rows = list(standing_rows(user, user.level_rank, wanted).values_list(*FIGURE, "title"))
    found: dict[int, list[tuple[Figure, str]]] = defaultdict(list)
    for figure, row in zip(figures_of([row[:-1] for row in rows], today), rows, strict=True):
        found[figure.area].append((figure, row[-1]))
    return [_figure(ref, found[ref.pk] if ref.pk else []) for ref in refs]


def _figure(ref: AreaRef, topics: list[tuple[Figure, str]]) -> AreaFigure:
    counted = tally(figure for figure, _ in topics).readiness
    if counted is None:
        return AreaFigure(ref.key, ref.title, slug=ref.slug)
    heaviest = sorted(topics, key=lambda each: -each[0].weight)
    return AreaFigure(
        ref.key,
        ref.title,
        None if counted.of_tested is None else half_up(counted.of_tested),
        counted.tested,
        counted.topics,
        counted.claimed,
        tuple(title for figure, title in heaviest if figure.score is None),
        ref.slug,
    )


@dataclass(frozen=True, slots=True)
class WeekPoint:
    """A week's checkpoint as the plan's page shows it. The verdict is there once the week's last
    task is done and nothing was decided yet."""

    week: uuid.UUID
    rule: Rule
    areas: list[AreaRef]
    verdict: Verdict | None


def week_point(
    user: User,
    week: uuid.UUID,
    checkpoint: Mapping[str, Any] | None,
    today: dt.date,
    *,
    over: bool,
) -> WeekPoint | None:
    """Return a week's checkpoint. Two queries, three when its tasks are over and it waits; none
    without a checkpoint."""
    if not checkpoint:
        return None
    rule = rule_of(checkpoint)
    areas = areas_of(week, rule)
    verdict = judge(rule, figures(user, areas, today)) if over and not rule.applied else None
    return WeekPoint(week, rule, areas, verdict)


@dataclass(frozen=True, slots=True)
class Point:
    """A week's checkpoint with all its page shows: figures, verdict, and both ways on."""

    week: PlanWeek
    rule: Rule
    verdict: Verdict
    branches: list[BranchPlan]
    revision: Revision | None  # that settled it, while it can be named

    @property
    def prompt(self) -> str:
        """What prompts a decision, for the history."""
        said = f"Checkpoint of {self.week.name}: {stood(self.verdict.figures)}"
        return said if len(said) <= MOST_PROMPT else f"{said[: MOST_PROMPT - 1]}…"

    @property
    def recommended(self) -> BranchPlan | None:
        return next((each for each in self.branches if each.is_recommended), None)

    @property
    def others(self) -> list[BranchPlan]:
        return [each for each in self.branches if not each.is_recommended]

    def branch(self, key: str) -> BranchPlan | None:
        """Return the branch of that id, with its days."""
        return next((each for each in self.branches if each.branch.id == key), None)


def load_point(user: User, week: PlanWeek, today: dt.date) -> Point:
    """Return the checkpoint of a week that has one, the week with its plan. Six queries, seven when
    it is settled."""
    rule = rule_of(week.checkpoint or {})
    verdict = judge(rule, figures(user, areas_of(week.pk, rule), today))
    days = roadmap_days(user, week)
    best = verdict.recommended
    branches = [
        plan_of_branch(each, days.get(each.id, []), recommended=each is best)
        for each in rule.branches
    ]
    return Point(week, rule, verdict, branches, settling(week) if rule.applied else None)


def settling(week: PlanWeek) -> Revision | None:
    """Return the revision that settled the checkpoint of a week. One query."""
    revisions = Revision.objects.filter(plan=week.plan_id, undone_at=None)
    return (
        revisions.filter(
            kind=Revision.Kind.CHECKPOINT,
            **{f"after__week:{week.pk}__checkpoint__applied__isnull": False},
        )
        .order_by("-version")
        .first()
    )


def roadmap_days(user: User, week: PlanWeek) -> dict[str, list[BranchDay]]:
    """Return the days of the branches of the plan's roadmap in that week, by the branch's id; none
    where the roadmap has none any more. Three queries, none without a roadmap."""
    if week.plan.roadmap_id is None:
        return {}
    topics = Prefetch("topics", Topic.objects.visible_to(user).only("pk"))
    tasks = RoadmapTask.objects.order_by("position", "pk").prefetch_related(topics)
    rows = (
        RoadmapDay.objects.filter(week__roadmap=week.plan.roadmap_id, week__number=week.number)
        .exclude(branch="")
        .order_by("branch", "position")
        .prefetch_related(Prefetch("tasks", tasks))
    )
    found: dict[str, list[BranchDay]] = defaultdict(list)
    for row in rows:
        made = tuple(_task(task) for task in row.tasks.all())
        found[row.branch].append(BranchDay(row.title, row.goal, tuple(row.criteria), made))
    return found


def _task(task: RoadmapTask) -> BranchTask:
    return BranchTask(
        task.title,
        task.minutes,
        task.session,
        task.kind,
        task.priority,
        task.detail,
        tuple(task.links),
        tuple(topic.pk for topic in task.topics.all()),
        task.key,
    )


def digest(checkpoint: Mapping[str, Any] | None) -> str:
    """Return what tells whether a checkpoint is still the one that was shown."""
    return hashlib.sha256(json.dumps(checkpoint, sort_keys=True).encode()).hexdigest()[:16]
