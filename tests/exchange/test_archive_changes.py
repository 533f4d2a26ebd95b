"""The changes of a plan in a file: what they keep of rows can be put back, in that plan alone."""

from __future__ import annotations

import copy
import datetime as dt
import threading
import uuid
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from apps.exchange import archive_collect
from apps.exchange.archive_import import bring_in, look
from apps.exchange.archive_read import Refused, read_archive
from apps.exchange.archive_write import export_learner
from apps.library.models import Roadmap, Topic
from apps.plans import bending, revise
from apps.plans.bends import Drop, Split
from apps.plans.bends_whole import AddBreak, Hours, Insert, RemoveBreak, Target
from apps.plans.build import create_plan
from apps.plans.models import Plan, PlanDay, Revision, Task
from apps.plans.sketch import Job, Made, SketchDay
from tests.conftest import TODAY
from tests.exchange.archives import MADE_AT, exported, fill, moved_out, newcomer, read
from tests.exchange.test_archive_bad import empty_plan, with_rows
from tests.plans.conftest import now, roadmap, topic

__all__ = ["now", "roadmap", "topic"]

ID = str(uuid.uuid4())
WRONG: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({ID: 5}, {ID: 5}),
    ({ID: None}, {ID: [1]}),
    ({ID: None}, {ID: None}),
    ({ID: {}}, {ID: None}),
    ({ID: {}}, {}),
    ({}, {ID: {}}),
    ({"x": None}, {"x": {}}),
    ({"foo:1": {}}, {"foo:1": {}}),
    ({f"foo:{ID}": {}}, {f"foo:{ID}": {}}),
    ({f"task:{ID}": {}}, {f"task:{ID}": {}}),
    ({f"plan:{ID}": {}}, {f"plan:{ID}": {}}),
    ({"plan": None}, {"plan": {}}),
    ({"learner": None}, {"learner": {}}),
    ({"learner": {"monday": "x"}}, {"learner": {}}),
    ({"learner": {"is_staff": True}}, {"learner": {}}),
    ({"plan": {"target_on": "never"}}, {"plan": {}}),
    ({"plan": {"target_on": "9999-12-31"}}, {"plan": {}}),
    ({ID: {"parts": 5}}, {ID: {}}),
    ({ID: {"parts": [["nonsense", 5]]}}, {ID: {}}),
    ({ID: {"parts": [[str(TODAY), 0]]}}, {ID: {}}),
    ({ID: {"parts": [[str(TODAY)]]}}, {ID: {}}),
    ({ID: {"topics": ["x"]}}, {ID: {}}),
    ({ID: {"minutes": "lots"}}, {ID: {}}),
    ({ID: {"title": None}}, {ID: {}}),
    ({ID: {"title": "x" * 201}}, {ID: {}}),
    ({ID: {"deleted_at": "soon"}}, {ID: {}}),
    ({ID: {"day_id": "x"}}, {ID: {}}),
    ({ID: {"owner": "me"}}, {ID: {}}),
    ({f"day:{ID}": {"position": "x"}}, {f"day:{ID}": {}}),
    ({f"day:{ID}": {"title": "x"}}, {f"day:{ID}": None}),
    ({f"week:{ID}": {"checkpoint": 5}}, {f"week:{ID}": {}}),
    ({f"proposal:{ID}": {"state": "open"}}, {f"proposal:{ID}": None}),
    ({f"proposal:{ID}": None}, {f"proposal:{ID}": {}}),
    ({f"break:{ID}": {"label": "x"}}, {f"break:{ID}": None}),
    ({f"break:{ID}": {"first_day": "never"}}, {f"break:{ID}": {}}),
]


@pytest.mark.parametrize(("before", "after"), WRONG)
def test_what_could_not_be_put_back_is_refused(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    for sides in ((before, after), (after, before)) if before and after else ((before, after),):
        if any(_is_fine(*sides)):
            continue
        with pytest.raises(Refused, match="entry 1 in “revisions” is not as it should be"):
            read(with_rows(*sides))


def _is_fine(before: dict[str, Any], after: dict[str, Any]) -> list[bool]:
    """A row that is new (None before) is as good as it is."""
    return [row is None and after[key] not in (None, [1]) for key, row in before.items()]


def test_rows_of_a_change_are_read_as_they_are() -> None:
    rows = {
        ID: {"parts": [[str(TODAY), 30]], "topics": [f"topics:studyplan/{'x'}"], "minutes": 30},
        f"day:{ID}": None,
        f"break:{ID}": None,
        "learner": {"monday": 60, "interview_on": None},
    }
    held = read(with_rows(rows, rows | {f"day:{ID}": {}, f"break:{ID}": {}}))
    assert held.rows["revisions"][0]["before"] == rows


@pytest.fixture
def archive(now: Any, alice: Any, roadmap: Roadmap, topic: Topic) -> dict[str, Any]:
    """Alice's export on an instance where she is not."""
    fill(alice, roadmap, topic)
    return moved_out(alice)


def test_a_change_may_not_lead_into_another_plan(archive: dict[str, Any]) -> None:
    bob = newcomer()
    plan = next(each["id"] for each in archive["plans"] if not each["deleted_at"])
    task = next(each["id"] for each in archive["tasks"] if each["plan"] == plan)
    week = next(each["id"] for each in archive["weeks"] if each["plan"] == plan)
    other = next(each["id"] for each in archive["weeks"] if each["plan"] != plan)
    day = next(each["id"] for each in archive["days"] if each["week"] == week)
    theirs = next(each["id"] for each in archive["days"] if each["week"] == other)
    move = next(each for each in archive["revisions"] if each["kind"] == "move")
    for key, name, place in (
        (task, "day_id", theirs),
        (task, "day_id", str(uuid.uuid4())),
        (f"day:{day}", "week_id", other),
    ):
        made = copy.deepcopy(archive)
        crafted = next(each for each in made["revisions"] if each["id"] == move["id"])
        crafted |= {"before": {key: {name: place}}, "after": {key: {}}}
        with pytest.raises(Refused, match="not in that plan"):
            bring_in(bob, read(made))
    assert not Plan.objects.exists()


@pytest.mark.usefixtures("db")
def test_a_change_may_not_be_newer_than_its_plan() -> None:
    archive = empty_plan()
    archive["revisions"][0]["version"] = 2
    with pytest.raises(Refused, match="newer than the plan"):
        bring_in(newcomer(), read(archive))


def test_there_is_room_for_the_next_number() -> None:
    archive = empty_plan()
    archive["plans"][0]["version"] = 2_147_483_647
    with pytest.raises(Refused, match="“version” in “plans”"):
        read(archive)


@pytest.mark.django_db(transaction=True)
def test_what_is_stored_while_a_file_is_made_leaves_it_whole(
    alice: Any, roadmap: Roadmap, topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another tab adds a day with a task, between the reading of days and that of tasks."""
    plan = create_plan(alice, roadmap, TODAY, TODAY)
    week, model = plan.weeks.get(number=1), plan.tasks.get(key="zero")

    def add() -> None:
        try:
            with transaction.atomic():
                day = PlanDay.objects.create(week=week, position=9, title="New")
                Task.objects.create(plan=plan, day=day, position=99_000, title="N", minutes=5)
        finally:
            connection.close()

    other = threading.Thread(target=add)
    read_rows = archive_collect._rows

    def rows_of(kind: Any, *args: Any) -> Any:
        if kind.name == "tasks":
            other.start()
            other.join(2)  # SQLite lets it wait
        return read_rows(kind, *args)

    monkeypatch.setattr(archive_collect, "_rows", rows_of)
    data = export_learner(alice, MADE_AT)
    other.join()
    monkeypatch.undo()
    assert Task.objects.filter(title="N").exists()
    assert str(model.pk).encode() in data
    assert look(alice, read_archive(data)).kept == 0


def test_every_change_of_a_plan_is_read_again(
    now: Any, alice: Any, roadmap: Roadmap, topic: Topic
) -> None:
    """Whatever changes keep of rows, a learner's own file is theirs."""
    plan = create_plan(alice, roadmap, TODAY, TODAY)
    task, first = plan.tasks.get(key="zero"), plan.weeks.get(number=1)
    new = SketchDay(uuid.uuid4(), first.pk, 9, "New", "", is_new=True)
    job = Job(uuid.uuid4(), "Made", new.key, 30, topics=frozenset((topic.pk,)), made=Made())
    for bend in (
        Split(task.pk, 40, "Rest"),
        Insert(((None, (job,)),), (new,)),
        Drop(frozenset((job.key,))),
        Hours((30,) * 7),
        Target(TODAY + dt.timedelta(days=400)),
        AddBreak(TODAY, TODAY, "Trip"),
    ):
        assert bending.apply(plan, alice, TODAY, bend, version=None), bend
    bending.apply(plan, alice, TODAY, RemoveBreak(alice.breaks.get().pk), version=None)
    archive = read(exported(alice))
    assert len(archive.rows["revisions"]) == 8
    report = look(alice, archive)
    assert (report.new, report.kept, report.warnings) == (0, 0, ())


def test_what_came_in_is_undone_as_it_was_there(
    now: Any, alice: Any, roadmap: Roadmap, topic: Topic
) -> None:
    """All of it, the newest first; then the rows are those of the same undone before."""
    plan = fill(alice, roadmap, topic)
    alice.timer.delete()
    bending.apply(plan, alice, TODAY, AddBreak(TODAY, TODAY, "Trip"), version=None)
    gone = alice.breaks.get(label="Trip")
    bending.apply(plan, alice, TODAY, RemoveBreak(gone.pk), version=None)
    before = exported(alice)
    _undo_all(plan)
    undone = exported(alice)
    alice.delete()
    bob = newcomer()
    bring_in(bob, read(before))
    client = Client()
    client.force_login(bob)
    mine = Plan.objects.get(owner=bob, deleted_at=None)
    for address in ("/plan/history/", "/plan/history/?all=1"):
        assert client.get(address).status_code == 200
    _undo_all(mine)
    found = exported(bob)
    for name in ("tasks", "days", "weeks", "breaks", "parts"):
        assert found[name] == undone[name], name
    connection.check_constraints()


def _undo_all(plan: Plan) -> None:
    for revision in plan.revisions.exclude(before={}).order_by("-version"):
        revise.undo(revision, TODAY)
    assert Revision.objects.filter(plan=plan, undone_at__isnull=False).count() >= 4
    assert Task.objects.filter(plan=plan).exists()
    assert not PlanDay.objects.filter(week__plan=plan).exclude(deleted_at=None).exists()
