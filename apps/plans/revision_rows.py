"""The rows a revision keeps: as they are now, ready for JSON, and put back.

A task's row stands under its id. Others are named: "day:ID", "week:ID", "break:ID", "proposal:ID",
"plan" and "learner". A row of None says that there was, or is, none.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, Sum
from django.utils import timezone

from apps.accounts.models import WEEKDAYS, Break, User
from apps.library.models import Topic
from apps.plans.models import Part, Plan, PlanDay, PlanWeek, Proposal, Task, Work
from apps.plans.schedule import numbered_parts, replace_parts
from apps.plans.sketch import LEAST_LEFT

# What a revision may change of a task. What the learner did (ticks, notes) is not among it.
FIELDS = (
    "day_id",
    "position",
    "session",
    "kind",
    "priority",
    "title",
    "detail",
    "detail_html",
    "links",
    "minutes",
    "pinned_on",
    "skipped_on",
    "skip_reason",
    "deleted_at",
)
Row = dict[str, Any]
Rows = dict[str, Row | None]

PLAN, LEARNER = "plan", "learner"
# The other rows: the model, its columns, and whether a deleted one is only marked.
_OTHERS: dict[str, tuple[type[models.Model], tuple[str, ...], bool]] = {
    "day": (PlanDay, ("week_id", "position", "title", "goal", "deleted_at"), True),
    "week": (PlanWeek, ("number", "label", "title", "goal", "checkpoint", "deleted_at"), True),
    "break": (Break, ("first_day", "last_day", "label"), False),
    "proposal": (Proposal, ("state", "decided_at"), True),
    PLAN: (Plan, ("target_on",), True),
    LEARNER: (User, (*WEEKDAYS, "interview_on"), True),
}


def columns_of() -> dict[str, tuple[type[models.Model], tuple[str, ...]]]:
    """Return which columns of which model a revision keeps, by the word before a row's id; "" for
    tasks. Does not query."""
    others = {kind: (model, columns) for kind, (model, columns, _) in _OTHERS.items()}
    return {"": (Task, FIELDS), **others}


def key_of(row: models.Model) -> str:
    """Return the name a row has in a revision. Does not query."""
    if isinstance(row, Task):
        return str(row.pk)
    if isinstance(row, Plan):
        return PLAN
    if isinstance(row, User):
        return LEARNER
    kind = next(kind for kind, (model, _, _) in _OTHERS.items() if isinstance(row, model))
    return f"{kind}:{row.pk}"


def task_ids(keys: Iterable[str]) -> list[uuid.UUID]:
    """Return the ids of the tasks among these names."""
    return [uuid.UUID(key) for key in keys if ":" not in key and key not in (PLAN, LEARNER)]


def other_keys(keys: Iterable[str]) -> list[str]:
    """Return those of these names that are no tasks'."""
    return [key for key in keys if ":" in key or key in (PLAN, LEARNER)]


def are_rows(before: Rows, after: Rows) -> bool:
    """Whether these are rows of one revision: of the same, known names. An import may hold
    anything."""
    rows = [*before.values(), *after.values()]
    return (
        before.keys() == after.keys()
        and all(_is_name(key) for key in before)
        and all(row is None or isinstance(row, dict) for row in rows)
    )


def _is_name(key: str) -> bool:
    if key in (PLAN, LEARNER):
        return True
    kind, colon, pk = key.rpartition(":")
    try:
        is_id = str(uuid.UUID(pk)) == pk
    except ValueError:
        return False
    return is_id and (not colon or kind in _OTHERS.keys() - {PLAN, LEARNER})


def snapshot(plan: Plan, keys: Iterable[str]) -> Rows:
    """Return these rows as they are now; those that are not there are left out. Three queries for
    tasks, one for each other kind."""
    names = list(keys)
    ids = task_ids(names)
    rows = snapshot_tasks(ids, plan) if ids else {}
    for kind, (_model, columns, _) in _OTHERS.items():
        wanted = _ids_of(plan, kind, names)
        if wanted:
            found = _own(plan, kind).filter(pk__in=list(wanted)).values("pk", *columns)
            for values in found:
                rows[wanted[values.pop("pk")]] = _plain_row(values)
    return rows


def _ids_of(plan: Plan, kind: str, names: list[str]) -> dict[uuid.UUID, str]:
    if kind == PLAN:
        return {plan.pk: PLAN} if PLAN in names else {}
    if kind == LEARNER:
        return {plan.owner_id: LEARNER} if LEARNER in names else {}
    prefix = f"{kind}:"
    return {uuid.UUID(name[len(prefix) :]): name for name in names if name.startswith(prefix)}


def _own(plan: Plan, kind: str) -> models.QuerySet[Any]:
    """The rows of that kind which a revision of the plan may name: an import may hold any id."""
    model = _OTHERS[kind][0]
    scopes: dict[str, dict[str, Any]] = {
        "day": {"week__plan": plan},
        "week": {"plan": plan},
        PLAN: {"pk": plan.pk},
        LEARNER: {"pk": plan.owner_id},
    }
    return model._default_manager.filter(**scopes.get(kind, {"user": plan.owner_id}))


def snapshot_tasks(ids: Iterable[uuid.UUID], plan: Plan) -> Rows:
    """Return fields, topics and parts of these tasks of a plan. Three queries."""
    wanted = list(ids)
    rows: Rows = {}
    for values in Task.objects.filter(pk__in=wanted, plan=plan).values("pk", *FIELDS):
        rows[str(values.pop("pk"))] = _plain_row(values)
    parts: dict[str, list[list[Any]]] = defaultdict(list)
    for task, day, minutes in (
        Part.objects.filter(task__in=wanted, plan=plan)
        .order_by("number")
        .values_list("task_id", "day", "minutes")
    ):
        parts[str(task)].append([day.isoformat(), minutes])
    topics: dict[str, list[str]] = defaultdict(list)
    through = Task.topics.through.objects.filter(task_id__in=wanted, task__plan=plan)
    for task, topic in through.order_by("pk").values_list("task_id", "topic_id"):
        topics[str(task)].append(str(topic))
    for key, row in rows.items():
        assert row is not None
        row["parts"] = parts[key]
        row["topics"] = topics[key]
    return rows


def _plain_row(values: Row) -> Row:
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value


def restore_tasks(plan: Plan, tasks: Iterable[Task], rows: Rows) -> None:
    """Put locked tasks back as `rows` say, None marking them as deleted. Queries do not grow with
    the number of tasks."""
    now, locked = timezone.now(), list(tasks)
    columns: set[str] = set()
    changed = []
    for task in locked:
        row = rows[str(task.pk)]
        values = {"deleted_at": now.isoformat()} if row is None else row
        names = {name for name in FIELDS if name in values}
        for name in names:
            setattr(task, name, _parsed(Task, name, values[name]))
        status = Task.Status.SKIPPED if task.skipped_on else Task.Status.TODO
        if row is not None and task.status not in (Task.Status.DONE, status):
            task.status = status
            names.add("status")
        if names:
            changed.append(task)
            columns |= {name.removesuffix("_id") for name in names}
    if changed:
        Task.objects.bulk_update(changed, sorted(columns), batch_size=500)
    _restore_topics(plan, locked, rows)
    _restore_parts(plan, locked, rows)


def _restore_topics(plan: Plan, tasks: list[Task], rows: Rows) -> None:
    wanted = [
        (task, row["topics"]) for task in tasks if "topics" in (row := rows[str(task.pk)] or {})
    ]
    if not wanted:
        return
    named = {pk for _, pks in wanted for pk in pks}
    topics = Topic.objects.visible_to(plan.owner).filter(pk__in=named)
    known = set(topics.values_list("pk", flat=True))
    through = Task.topics.through
    through.objects.filter(task_id__in=[task.pk for task, _ in wanted]).delete()
    through.objects.bulk_create(
        through(task_id=task.pk, topic_id=topic)
        for task, pks in wanted
        for topic in map(uuid.UUID, pks)
        if topic in known
    )


def _restore_parts(plan: Plan, tasks: list[Task], rows: Rows) -> None:
    wanted = {
        task.pk: row["parts"] for task in tasks if "parts" in (row := rows[str(task.pk)] or {})
    }
    if not wanted:
        return
    by_task = Work.objects.filter(task__in=list(wanted)).values_list("task")
    spent: dict[uuid.UUID, int] = dict(by_task.annotate(Sum("minutes")))
    minutes = {task.pk: task.minutes for task in tasks}
    parts: list[Part] = []
    for pk, held in wanted.items():
        pieces = [(dt.date.fromisoformat(day), planned) for day, planned in held]
        behind = spent.get(pk, 0)
        left = max(minutes[pk] - behind, LEAST_LEFT)
        if sum(planned for _, planned in pieces) != left:
            behind = 0
        parts += numbered_parts(plan.pk, pk, pieces, behind)
    replace_parts(list(wanted), parts)


def restore_other(plan: Plan, key: str, row: Row | None) -> None:
    """Put back a row that is no task; None marks it as deleted, or deletes it where no mark is
    kept. Two queries at most."""
    kind = key.partition(":")[0]
    model, columns, is_marked = _OTHERS[kind]
    pk = next(iter(_ids_of(plan, kind, [key])))
    rows = _own(plan, kind).filter(pk=pk)
    if row is None:
        if is_marked:
            rows.update(deleted_at=timezone.now())
        else:
            rows.delete()
        return
    values = {name: _parsed(model, name, row[name]) for name in columns if name in row}
    if kind == "day" and values.keys() & {"week_id", "position"}:
        _make_room(pk, values)
    if not rows.update(**values):
        model._default_manager.create(pk=pk, user_id=plan.owner_id, **values)


def _make_room(day: uuid.UUID, values: dict[str, Any]) -> None:
    """Another day may have taken the place by now: then it goes behind all days of the week."""
    held = PlanDay.objects.get(pk=day)
    others = PlanDay.objects.filter(week=values.get("week_id", held.week_id)).exclude(pk=day)
    taken = set(others.values_list("position", flat=True))
    if values.get("position", held.position) in taken:
        values["position"] = max(taken) + 1


def is_as(key: str, held: Row | None, wanted: Row | None) -> bool:
    """Whether a row still has what a revision left in these columns. A day or week that is there
    again, since a task in it came back, needs no putting back."""
    if held is None or wanted is None:
        return held is wanted
    names = [name for name, value in wanted.items() if held.get(name) != value]
    is_back = key.startswith(("day:", "week:")) and held.get("deleted_at") is None
    return not names or (is_back and names == ["deleted_at"])


def open_days_of(plan: Plan) -> None:
    """Bring back the outline days and weeks that hold a task that is not deleted. Two queries."""
    live = Task.objects.filter(plan=plan, deleted_at=None)
    days = PlanDay.objects.filter(week__plan=plan, pk__in=live.values("day"))
    days.exclude(deleted_at=None).update(deleted_at=None)
    weeks = PlanWeek.objects.filter(plan=plan, pk__in=live.values("day__week"))
    weeks.exclude(deleted_at=None).update(deleted_at=None)


def task_inside(plan: Plan, rows: Rows) -> str:
    """Return the title of a task that stands in an outline day or week which these rows take away,
    and is none of theirs; empty without one. One query; none where no day was new."""
    days, weeks = (_ids_of(plan, kind, list(rows)) for kind in ("day", "week"))
    gone = [pk for pk, key in (days | weeks).items() if rows[key] is None]
    if not gone:
        return ""
    inside = Task.objects.filter(Q(day__in=gone) | Q(day__week__in=gone), plan=plan)
    others = inside.filter(deleted_at=None).exclude(pk__in=task_ids(rows))
    return others.values_list("title", flat=True).first() or ""


def proposed_again(plan: Plan, rows: Rows) -> str:
    """Return the title of a topic whose proposal these rows open again although another one of its
    kind waits by now; empty without one. One query; none for rows without proposals."""
    named = _ids_of(plan, "proposal", list(rows))
    opened = [pk for pk, key in named.items() if (rows[key] or {}).get("state") == "open"]
    if not opened:
        return ""
    waiting = Proposal.objects.filter(
        user=plan.owner_id, state="open", topic=OuterRef("topic"), kind=OuterRef("kind")
    )
    again = Proposal.objects.filter(Exists(waiting.exclude(pk__in=opened)), pk__in=opened)
    title = again.exclude(state="open").values_list("topic__title", flat=True).first()
    return title or ""


def _parsed(model: type[models.Model], name: str, value: Any) -> Any:
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)
    return value if isinstance(field, models.JSONField) else field.to_python(value)
