"""The feed as a calendar reads it: what it holds, what is not sent again, who may read it."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django.db import connection, connections
from django.test import Client
from icalendar import Calendar

from apps.accounts.models import Break, User
from apps.exchange.calendar_feed import bring_up_to_date, find_feed, load_agenda, make_feed
from apps.exchange.models import CalendarFeed
from apps.library.models import Topic
from apps.mastery.models import Source
from apps.mastery.record import record, snooze
from apps.plans import changes, work
from apps.plans.models import Part, Plan, PlanWeek, Task
from tests.conftest import TODAY
from tests.plans.conftest import now, plan, roadmap, topic
from tests.plans.test_queries import grow, queries

__all__ = ["now", "plan", "roadmap", "topic"]

DAY = dt.timedelta(days=1)
NOW = dt.datetime(2026, 11, 18, 9, tzinfo=dt.UTC)


@pytest.fixture
def token(alice: User, now: Any) -> str:
    made = make_feed(alice, uuid.uuid4(), NOW)
    assert made
    return made


@pytest.fixture
def read(token: str) -> Callable[..., Any]:
    """Read the feed as a calendar does: without a session."""

    def reading(etag: str = "", **extra: Any) -> Any:
        headers = {"If-None-Match": etag} if etag else {}
        return Client().get(f"/calendar/{token}.ics", headers=headers, **extra)

    return reading


@pytest.fixture
def events(read: Callable[..., Any]) -> Callable[[], dict[str, Any]]:
    """The entries that are not called off, by their summaries."""

    def entries() -> dict[str, Any]:
        calendar: Any = Calendar.from_ical(read().content)
        found = [each for each in calendar.walk("VEVENT") if each["status"] != "CANCELLED"]
        return {str(each["summary"]): each for each in found}

    return entries


def test_a_study_day_with_its_tasks_and_link(plan: Plan, events: Any) -> None:
    found = events()
    assert list(found)[:2] == ["Study: 60 min, 3 tasks", "Study: 60 min, 1 task"]
    first = found["Study: 60 min, 3 tasks"]
    assert first.start == TODAY
    assert "☐ Read about Adam (20 min)" in first["description"]
    assert first["url"] == "http://testserver/week/2026-11-18/"


def test_how_it_is_answered(plan: Plan, read: Any) -> None:
    answer = read()
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, max-age=600"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]
    assert not answer.cookies
    assert b"X-WR-CALNAME:Studyplan: Small roadmap" in answer.content


def test_without_a_plan_it_is_a_calendar_too(alice: User, events: Any) -> None:
    assert events() == {}
    User.objects.filter(pk=alice.pk).update(interview_on=TODAY + 9 * DAY)
    assert list(events()) == ["Interview"]


def test_ticks_reviews_interview_and_checkpoint(
    alice: User, plan: Plan, topic: Topic, events: Any
) -> None:
    work.tick(alice, plan.tasks.get(key="read-adam").pk, TODAY)
    answer(alice, topic, 20, NOW - DAY)
    User.objects.filter(pk=alice.pk).update(interview_on=TODAY + 40 * DAY)
    week = plan.weeks.get(number=1)
    PlanWeek.objects.filter(pk=week.pk).update(checkpoint={"title": "Half", "areas": []})
    found = events()
    assert "☑ Read about Adam (20 min)" in found["Study: 60 min, 3 tasks, 1 review"]["description"]
    last = Part.objects.filter(task__day__week=week).latest("day").day
    assert found["Checkpoint: Half"].start == last
    assert found["Interview"].start == TODAY + 40 * DAY


def test_a_checkpoint_that_was_decided_stays_on_its_day_and_says_so(
    plan: Plan, events: Any, now: Any
) -> None:
    on = {"branch": "", "day": str(TODAY), "figures": {}}
    week = plan.weeks.get(number=1)
    PlanWeek.objects.filter(pk=week.pk).update(checkpoint={"title": "Half", "applied": on})
    entry = events()["Checkpoint: Half"]
    assert entry.start == TODAY
    assert "It is decided." in entry["description"]
    assert "choose what comes next" not in entry["description"]


def test_what_was_skipped_or_deleted_does_not_stand_in_it(plan: Plan, events: Any) -> None:
    changes.skip(plan.tasks.get(key="read-adam"), "", TODAY)
    changes.delete(plan.tasks.get(key="code-knn"), TODAY)
    assert "Study: 10 min, 1 task" in events()


def test_times_of_day_and_sessions(alice: User, plan: Plan, events: Any) -> None:
    User.objects.filter(pk=alice.pk).update(wednesday_at="18:00", time_zone="Europe/Berlin")
    entry = events()["Study: 60 min, 3 tasks"]
    assert (entry.start.isoformat(), entry.end.isoformat()) == (
        "2026-11-18T18:00:00+01:00",
        "2026-11-18T19:00:00+01:00",
    )
    CalendarFeed.objects.update(entry="session")
    found = events()
    starts = {name: f"{each.start:%H:%M}" for name, each in found.items() if each.start != TODAY}
    assert starts["Study: 20 min, 1 task"] == "18:00"
    assert starts["Practice: 30 min, 1 task"] == "18:20"
    assert starts["Knowledge check: 10 min, 1 task"] == "18:50"


def test_the_same_feed_twice_is_the_same_to_the_letter(plan: Plan, read: Any, now: Any) -> None:
    first = read()
    now.shift(dt.timedelta(hours=3))
    again = read()
    assert again.content == first.content
    assert again["ETag"] == first["ETag"]


def test_only_what_changed_gets_a_new_number(alice: User, plan: Plan, read: Any, now: Any) -> None:
    def numbers() -> dict[str, tuple[int, Any]]:
        calendar: Any = Calendar.from_ical(read().content)
        events = calendar.walk("VEVENT")
        return {str(each["uid"]): (each["sequence"], each["dtstamp"].dt) for each in events}

    before = numbers()
    assert {number for number, _ in before.values()} == {0}
    now.shift(dt.timedelta(hours=1))
    work.tick(alice, plan.tasks.get(key="read-adam").pk, TODAY)
    after = numbers()
    changed = [uid for uid in after if after[uid] != before[uid]]
    assert [after[uid] for uid in changed] == [(1, NOW + dt.timedelta(hours=1))]
    # On the next day nothing else has changed: nothing is written but when it was read.
    now.shift(DAY)
    kept = CalendarFeed.objects.get().entries
    assert numbers() == after
    assert CalendarFeed.objects.get().entries == kept


def test_a_day_that_empties_is_called_off(plan: Plan, read: Any) -> None:
    read()
    task = plan.tasks.get(key="kmeans")
    changes.move(task, TODAY + 9 * DAY, TODAY)
    calendar: Any = Calendar.from_ical(read().content)
    states = {each.start: str(each["status"]) for each in calendar.walk("VEVENT")}
    assert states[TODAY + DAY] == "CANCELLED"
    assert states[TODAY + 9 * DAY] == "CONFIRMED"


# What is not sent again ------------------------------------------------------------------------


def test_what_a_calendar_has_is_not_sent_again(plan: Plan, read: Any) -> None:
    first = read()
    answer = read(first["ETag"])
    assert answer.status_code == 304
    assert answer.content == b""
    assert answer["ETag"] == first["ETag"]
    assert answer["Cache-Control"] == "private, max-age=600"
    assert answer["Referrer-Policy"] == "no-referrer"
    # A server that packs the answer makes the mark a weak one.
    assert read(f"W/{first['ETag']}").status_code == 304
    assert read('"another"').status_code == 200


def test_queries(plan: Plan, read: Any, now: Any) -> None:
    """Eight at most for twelve weeks, two at most for 304, however many tasks there are."""
    Part.objects.filter(task__key="sheet").update(day=TODAY + 84 * DAY)
    first = queries(read)
    grow(plan, 10)
    PlanWeek.objects.update(checkpoint={"title": "x"})
    many = queries(read)
    assert len(many) == len(first) <= 8
    etag = read()["ETag"]
    now.shift(dt.timedelta(hours=2))
    with CapturedQueries() as captured:
        assert read(etag).status_code == 304
    assert len(captured.queries) == 2
    with CapturedQueries() as captured:
        assert read(etag).status_code == 304
    assert len(captured.queries) == 1


class CapturedQueries:
    """The statements of a `with` block."""

    def __enter__(self) -> CapturedQueries:
        self.queries: list[str] = []
        self.wrapper = connection.execute_wrapper(self._run)
        self.wrapper.__enter__()
        return self

    def _run(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.queries.append(sql)
        return execute(sql, params, many, context)

    def __exit__(self, *why: Any) -> None:
        self.wrapper.__exit__(*why)


class World(NamedTuple):
    """What may change."""

    user: User
    plan: Plan
    topic: Topic

    def task(self, key: str) -> Task:
        return self.plan.tasks.get(key=key)


Change = Callable[[World], object]


def set_user(**fields: Any) -> Change:
    return lambda of: User.objects.filter(pk=of.user.pk).update(**fields)


def answer(user: User, topic: Topic, score: int, at: dt.datetime = NOW) -> None:
    record(user, [(topic.pk, score)], source=Source.CHECK, source_id=None, at=at, day=at.date())


CHANGES: dict[str, Change] = {
    "a tick": lambda of: work.tick(of.user, of.task("read-adam").pk, TODAY),
    "minutes": lambda of: work.log_minutes(of.user, of.task("zero").pk, 30, TODAY),
    "a move": lambda of: changes.move(of.task("zero"), TODAY + 9 * DAY, TODAY),
    "another plan": lambda of: Plan.objects.filter(pk=of.plan.pk).update(state="paused"),
    "the title": lambda of: Plan.objects.filter(pk=of.plan.pk).update(title="Another"),
    "an answer": lambda of: answer(of.user, of.topic, 40),
    "a skip": lambda of: snooze(of.user, of.topic.pk, TODAY + 5 * DAY),
    "the scope": lambda of: Topic.objects.filter(pk=of.topic.pk).update(in_scope=False),
    "a break": lambda of: Break.objects.create(user=of.user, first_day=TODAY, last_day=TODAY),
    "time of day": set_user(monday_at="07:00"),
    "time zone": set_user(time_zone="Asia/Kolkata"),
    "interview": set_user(interview_on=TODAY + 30 * DAY),
    "reviews a day": set_user(review_limit=3),
    "what stands in it": lambda of: of.user.calendar_feeds.update(entry="session"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_is_sent(name: str, alice: User, plan: Plan, topic: Topic, read: Any) -> None:
    answer(alice, topic, 90, NOW - DAY)
    etag = read()["ETag"]
    assert read(etag).status_code == 304
    CHANGES[name](World(alice, plan, topic))
    assert read(etag).status_code == 200


def test_another_break_of_the_same_ends_and_another_day_are_sent(
    alice: User, plan: Plan, read: Any, now: Any
) -> None:
    for first in (5, 20, 40):
        day = TODAY + first * DAY
        Break.objects.create(user=alice, first_day=day, last_day=day)
    etag = read()["ETag"]
    Break.objects.filter(first_day=TODAY + 20 * DAY).update(
        first_day=TODAY + 21 * DAY, last_day=TODAY + 21 * DAY
    )
    changed = read(etag)
    assert changed.status_code == 200
    now.shift(DAY)
    assert read(changed["ETag"]).status_code == 200


def test_another_address_of_the_site_is_sent_with_its_links(plan: Plan, read: Any) -> None:
    etag = read()["ETag"]
    other = read(etag, SERVER_NAME="localhost")
    assert b"URL:http://localhost/week/" in other.content
    # Links alone are no change of an entry.
    assert b"SEQUENCE:1" not in other.content


# Who may read it -------------------------------------------------------------------------------


def test_only_the_token_opens_it(plan: Plan, token: str, charlie_client: Client) -> None:
    for wrong in ("x", token[:-1], token + "a", token.swapcase(), "..", "%00", "é"):
        assert Client().get(f"/calendar/{wrong}.ics").status_code == 404
    assert charlie_client.get(f"/calendar/{token}.ics").status_code == 200
    digest = CalendarFeed.objects.get().digest
    assert token not in str(CalendarFeed.objects.values())
    assert Client().get(f"/calendar/{digest}.ics").status_code == 404


def test_it_is_read_only(plan: Plan, token: str) -> None:
    address = f"/calendar/{token}.ics"
    for method in ("post", "put", "patch", "delete", "options"):
        assert getattr(Client(), method)(address).status_code == 405
    head = Client().head(address)
    assert (head.status_code, head.content) == (200, b"")
    assert head["ETag"]


def test_a_learner_who_is_locked_out_has_no_feed(alice: User, read: Any) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert read().status_code == 404


def test_a_new_address_goes_on_with_the_numbers(alice: User, plan: Plan, read: Any) -> None:
    read()
    work.tick(alice, plan.tasks.get(key="read-adam").pk, TODAY)
    read()
    kept = CalendarFeed.objects.get().entries
    token = make_feed(alice, uuid.uuid4(), NOW)
    assert token
    assert read().status_code == 404
    assert b"SEQUENCE:1" in Client().get(f"/calendar/{token}.ics").content
    assert CalendarFeed.objects.get(revoked_at=None).entries == kept


def test_when_it_was_read_is_known_to_the_hour(plan: Plan, read: Any, now: Any) -> None:
    etag = read()["ETag"]
    assert CalendarFeed.objects.get().read_at == NOW
    now.shift(dt.timedelta(minutes=59))
    read(etag)
    assert CalendarFeed.objects.get().read_at == NOW
    now.shift(dt.timedelta(minutes=1))
    read(etag)
    assert CalendarFeed.objects.get().read_at == NOW + dt.timedelta(hours=1)


@pytest.mark.django_db(transaction=True)
def test_two_readers_at_once_agree(plan: Plan, token: str) -> None:
    files: list[bytes] = []

    def read_it() -> None:
        try:
            answer = Client().get(f"/calendar/{token}.ics")
            files.append(answer.content)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=read_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(files) == 4
    assert len(set(files)) == 1
    feed = find_feed(token)
    assert feed
    assert all(row["sequence"] == 0 for row in feed.entries.values())


def test_a_reader_that_another_overtook_takes_its_numbers_up(
    alice: User, plan: Plan, token: str
) -> None:
    slow, quick = find_feed(token), find_feed(token)
    assert slow
    assert quick
    bring_up_to_date(quick, "quick", load_agenda(quick, NOW), NOW)
    changes.skip(plan.tasks.get(key="read-adam"), "", TODAY)
    sent = bring_up_to_date(slow, "slow", load_agenda(slow, NOW), NOW)
    assert {each.entry.day: each.sequence for each in sent}[TODAY] == 1
    stored = CalendarFeed.objects.get()
    assert stored.etag == "slow"
    assert {row["day"]: row["sequence"] for row in stored.entries.values()}[str(TODAY)] == 1
