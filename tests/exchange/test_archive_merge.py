"""An export comes to somebody who has something already: what is here stays as it is."""

from __future__ import annotations

import copy
import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.checks.models import Answer, Check
from apps.exchange.archive_import import Report, bring_in, look
from apps.exchange.archive_read import Refused
from apps.library.models import Reference, Roadmap, Star, Topic, TopicNote
from apps.library.writing.notes import save_note, set_star
from apps.library.writing.topics import add_topic, edit_topic
from apps.mastery.models import Card, Evidence, Memory, Source
from apps.mastery.record import record, snooze
from apps.plans import work
from apps.plans.build import create_plan
from apps.plans.models import DayLog, Plan, Proposal, Task, Timer, Work
from tests.conftest import TODAY
from tests.exchange.archives import counts, exported, fill, moved_out, newcomer, read
from tests.exchange.test_archive_bad import EMPTY
from tests.mastery.timing import floor_of, seconds_of
from tests.plans.conftest import now, roadmap, topic

__all__ = ["now", "roadmap", "topic"]


@pytest.fixture
def archive(now: Any, alice: Any, roadmap: Roadmap, topic: Topic) -> dict[str, Any]:
    """Alice's export on an instance where she is not."""
    fill(alice, roadmap, topic)
    return moved_out(alice)


@pytest.fixture
def bob(archive: dict[str, Any]) -> Any:
    return newcomer()


def line(report: Report, words: str) -> tuple[int, int, int]:
    """New, here already, kept, of one kind."""
    found = next(each for each in report.lines if each.words == words)
    return found.new, found.same, found.kept


def test_a_plan_comes_in_paused_beside_an_active_one(
    archive: dict[str, Any], bob: Any, roadmap: Roadmap
) -> None:
    mine = create_plan(bob, roadmap, TODAY, TODAY)
    report = bring_in(bob, read(archive))
    assert Plan.objects.get(state="active", deleted_at=None) == mine
    assert Plan.objects.filter(owner=bob, state="paused", deleted_at=None).count() == 1
    assert "The plan “Small roadmap” comes in paused" in report.warnings[0]
    again = bring_in(bob, read(archive))
    assert (again.new, again.kept) == (0, 0)


def test_what_was_changed_here_stays_and_is_told(archive: dict[str, Any], bob: Any) -> None:
    bring_in(bob, read(archive))
    task = Task.objects.get(key="kmeans", plan__deleted_at=None)
    work.stop_timer(bob, task.pk, 7)
    work.tick(bob, task.pk, TODAY, timezone.now(), None)
    DayLog.objects.update(learned="Something else")
    before = _everything()
    report = bring_in(bob, read(archive))
    assert _everything() == before
    assert report.new == 0
    assert "The plan “Small roadmap” is not the same here and stays as it is here" in "".join(
        report.warnings
    )
    assert "1 task" in "".join(report.warnings)
    assert f"The log of a day “{TODAY}” is not the same here" in "".join(report.warnings)


def _everything() -> list[Any]:
    models = (Plan, Task, Work, DayLog, Timer, Check, Answer, Evidence, Topic, TopicNote)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


def test_what_was_added_here_does_no_harm(archive: dict[str, Any], bob: Any) -> None:
    bring_in(bob, read(archive))
    work.log_minutes(bob, Task.objects.get(key="zero", plan__deleted_at=None).pk, 25, TODAY)
    report = bring_in(bob, read(archive))
    assert (report.new, report.kept, report.warnings) == (0, 0, ())
    assert Work.objects.filter(minutes=25).exists()


def test_what_was_added_there_to_a_plan_stays_out_and_is_told(
    archive: dict[str, Any], bob: Any
) -> None:
    bring_in(bob, read(archive))
    more = copy.deepcopy(archive)
    entry = archive["work"][0] | {"id": str(uuid.uuid4()), "origin": "typed"}
    more["work"].append(entry)
    before = _everything()
    report = bring_in(bob, read(more))
    assert _everything() == before
    assert line(report, "Entries of minutes")[2] == 1
    assert "this is different or only there: 1 entry of minutes" in report.warnings[0]


def test_new_records_that_stand_alone_come_in_again(archive: dict[str, Any], bob: Any) -> None:
    bring_in(bob, read(archive))
    Star.objects.all().delete()
    Plan.objects.all().delete()
    report = bring_in(bob, read(archive))
    assert Star.objects.count() == 1
    assert Plan.objects.count() == 2
    # Its task went with the plan.
    assert report.warnings == (
        f"The knowledge check “{TODAY}” is not the same here and stays as it is here.",
    )
    assert exported(bob)["tasks"] == archive["tasks"]


def test_what_is_in_the_same_place_is_kept(archive: dict[str, Any], bob: Any, topic: Topic) -> None:
    set_star(bob, topic, starred=True)
    save_note(bob, topic, "My own words.", 0)
    work.save_day_log(bob, TODAY, "Mine", "", None)
    add_topic(bob, Topic(title="Tea ceremony", area=topic.area))
    Reference.objects.create(slug="kinds-of-tea", title="Mine", owner=bob, collection="")
    Proposal.objects.create(
        user=bob, topic=topic, kind="study", minutes=5, source_id=uuid.uuid4(), prompted_by="x",
        day=TODAY,
    )  # fmt: skip
    report = bring_in(bob, read(archive))
    assert TopicNote.objects.get(user=bob, topic=topic).text == "My own words."
    assert DayLog.objects.get().learned == "Mine"
    assert Star.objects.count() == Proposal.objects.count() == 1
    slugs = set(Topic.objects.filter(owner=bob).values_list("slug", flat=True))
    assert slugs == {"tea-ceremony", "tea-ceremony-2"}
    assert set(Reference.objects.values_list("slug", flat=True)) == {
        *("kinds-of-tea", "kinds-of-tea-2"),
    }
    assert line(report, "Stars") == (0, 1, 0)
    assert line(report, "Notes on topics") == (1, 0, 1)
    said = " ".join(report.warnings)
    assert "Your note on “K-nearest neighbours” here is kept." in said
    assert f"Your log of {TODAY} here is kept." in said
    again = bring_in(bob, read(archive))
    assert again.new == 0
    assert Topic.objects.filter(owner=bob).count() == 2


def test_checks_find_a_place(archive: dict[str, Any], bob: Any, topic: Topic) -> None:
    open_ = Check.objects.create(user=bob, kind="taken", day=TODAY, number=1)
    reviews = Check.objects.create(user=bob, kind="reviews", day=TODAY)
    archive["checks"].append(
        {"id": str(uuid.uuid4()), "at": archive["made_at"], "day": str(TODAY), "kind": "reviews"}
    )
    report = bring_in(bob, read(archive))
    assert Check.objects.filter(user=bob).count() == 5
    taken = Check.objects.filter(kind="taken").exclude(pk=open_.pk).get()
    assert taken.number == 2
    assert taken.finished_at is not None
    assert Check.objects.get(kind="reviews") == reviews
    said = " ".join(report.warnings)
    assert f"The reviews of {TODAY} come in as a check of that day" in said
    assert f"The open check of {TODAY} comes in finished" in said
    assert bring_in(bob, read(archive)).new == 0


def test_one_timer_runs(archive: dict[str, Any], bob: Any, roadmap: Roadmap) -> None:
    mine = create_plan(bob, roadmap, TODAY, TODAY).tasks.get(key="zero")
    work.start_timer(bob, mine.pk)
    report = bring_in(bob, read(archive))
    assert Timer.objects.get().task == mine
    assert "Your running timer is kept. That of the file is left out." in report.warnings


def test_scores_add_up_to_one_memory(archive: dict[str, Any], bob: Any, topic: Topic) -> None:
    earlier = TODAY - dt.timedelta(days=20)
    at = timezone.now() - dt.timedelta(days=20)
    record(bob, [(topic.pk, 90)], source=Source.CHECK, source_id=None, at=at, day=earlier)
    alone = Memory.objects.get(user=bob, topic=topic).times
    bring_in(bob, read(archive))
    assert Evidence.objects.filter(user=bob, day=earlier).exists()
    assert Memory.objects.get(user=bob, topic=topic).times > alone
    assert Card.objects.get(user=bob, topic=topic).snoozed_until == TODAY + dt.timedelta(days=3)


def test_a_review_that_was_taken_up_again_stays_due(
    archive: dict[str, Any], bob: Any, topic: Topic
) -> None:
    bring_in(bob, read(archive))
    snooze(bob, topic.pk, None)
    report = bring_in(bob, read(archive))
    assert Card.objects.get(user=bob, topic=topic).snoozed_until is None
    assert line(report, "Reviews put off") == (0, 0, 1)
    assert report.warnings == (
        "One review is put off in the file and not here. That stays as it is here.",
    )


def test_many_checks_of_a_day_are_numbered_soon(alice: Any) -> None:
    def many() -> Any:
        row = {"at": EMPTY["made_at"], "day": str(TODAY), "kind": "taken"}
        row |= {"finished_at": EMPTY["made_at"]}
        return read(
            EMPTY
            | {"checks": [row | {"id": str(uuid.uuid4()), "number": n} for n in range(1, 4_001)]}
        )

    bring_in(alice, many())
    archive = many()
    assert seconds_of(lambda: look(alice, archive)) < 2.0 * max(1.0, floor_of())
    bring_in(alice, archive)
    numbers = Check.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, 8_001))


def test_a_check_lets_go_of_a_task_that_does_not_come(archive: dict[str, Any], bob: Any) -> None:
    bring_in(bob, read(archive))
    more = copy.deepcopy(archive)
    task = next(row for row in more["tasks"] if row["key"] == "zero")
    new = task | {"id": str(uuid.uuid4()), "position": 99_000}
    more["tasks"].append(new)
    more["checks"].append(
        {"id": str(uuid.uuid4()), "at": more["made_at"], "day": str(TODAY), "task": new["id"],
         "kind": "logged", "note": "Of the other task"}
    )  # fmt: skip
    bring_in(bob, read(more))
    assert Check.objects.get(note="Of the other task").task is None


def test_an_own_topic_that_was_edited_here_stays(archive: dict[str, Any], bob: Any) -> None:
    bring_in(bob, read(archive))
    mine = Topic.objects.select_related("area").get(owner=bob)
    seen = mine.digest
    mine.title = "Cold tea"
    edit_topic(mine, seen)
    report = bring_in(bob, read(archive))
    assert Topic.objects.get(owner=bob).title == "Cold tea"
    assert any("“Cold tea” is not the same here" in each for each in report.warnings)


def test_warnings_are_not_endless(archive: dict[str, Any], bob: Any) -> None:
    days = [TODAY - dt.timedelta(days=n) for n in range(1, 61)]
    DayLog.objects.bulk_create(DayLog(user=bob, day=day, learned="Here") for day in days)
    for day in days:
        archive["day_logs"].append(
            {"id": str(uuid.uuid4()), "day": str(day), "learned": "There", "at": archive["made_at"]}
        )
    report = bring_in(bob, read(archive))
    assert len(report.warnings) == 31
    assert report.warnings[-1] == "And 30 more like these."


def test_a_fault_at_the_very_end_leaves_nothing(
    archive: dict[str, Any], bob: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from apps.exchange import archive_import

    def fail(*args: Any) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(archive_import, "enter", fail)
    before = counts()
    with pytest.raises(RuntimeError):
        bring_in(bob, read(archive))
    assert counts() == before


def test_what_the_database_refuses_is_told(archive: dict[str, Any], bob: Any) -> None:
    """Two lists may each be whole and yet not go together with what is here."""
    bring_in(bob, read(archive))
    taken = Answer.objects.filter(evidence__isnull=False).first()
    assert taken is not None
    check = {"id": str(uuid.uuid4()), "at": archive["made_at"], "day": str(TODAY), "kind": "logged"}
    answer = archive["answers"][0] | {
        "id": str(uuid.uuid4()), "check_taken": check["id"], "evidence": str(taken.evidence_id),
    }  # fmt: skip
    archive["checks"].append(check)
    archive["answers"] = [each for each in archive["answers"] if each["id"] != str(taken.pk)]
    archive["answers"].append(answer)
    before = counts()
    with pytest.raises(Refused, match="at odds"):
        bring_in(bob, read(archive))
    assert counts() == before


def test_queries_do_not_grow_with_the_records(
    now: Any, alice: Any, roadmap: Roadmap, topic: Topic
) -> None:
    def cost(many: int) -> int:
        Plan.objects.all().delete()
        plan = create_plan(alice, roadmap, TODAY, TODAY)
        task = plan.tasks.get(key="zero")
        Work.objects.bulk_create(
            Work(user=alice, task=task, minutes=5, day=TODAY, origin="typed") for _ in range(many)
        )
        archive = exported(alice)
        Plan.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            assert bring_in(alice, read(archive)).new > many
        return len(captured)

    assert cost(3) == cost(60) <= 160
