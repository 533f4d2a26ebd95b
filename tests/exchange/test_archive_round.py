"""What a learner has goes out and comes in elsewhere with nothing lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.utils import timezone

from apps.accounts.models import User
from apps.exchange.archive_collect import collect
from apps.exchange.archive_import import bring_in, look
from apps.exchange.archive_kinds import IDENTITY, KINDS, LEFT_OUT, MADE, SETTINGS
from apps.exchange.archive_write import export_learner
from apps.library.models import (
    Alias,
    Area,
    Question,
    Roadmap,
    SearchEntry,
    Star,
    Topic,
    TopicNote,
)
from apps.mastery.models import Card, Memory
from apps.plans.models import DayLog, Plan, Revision, Task
from tests.conftest import TODAY
from tests.exchange.archives import (
    MADE_AT,
    counts,
    exported,
    fill,
    moved_out,
    newcomer,
    read,
    without_identity,
)
from tests.plans.conftest import now, roadmap, topic

__all__ = ["now", "roadmap", "topic"]


@pytest.fixture
def full(now: Any, alice: Any, roadmap: Roadmap, topic: Topic) -> Any:
    """Alice, with one of everything."""
    fill(alice, roadmap, topic)
    alice.refresh_from_db()
    return alice


def test_every_kind_has_rows_to_prove_it(full: Any) -> None:
    assert {name for name, rows in exported(full).items() if rows == []} == set()


def test_every_model_with_a_way_to_the_learner_is_kept_or_left_out_with_a_reason() -> None:
    tables = apps.get_models(include_auto_created=True)
    reaching: set[type[models.Model]] = {User}
    while True:
        more = {
            table
            for table in tables
            if any(each.related_model in reaching for each in table._meta.concrete_fields)
        }
        if more <= reaching:
            break
        reaching |= more
    kept = {kind.model for kind in KINDS}
    kept |= {
        kind.model._meta.get_field(name).remote_field.through  # type: ignore[union-attr] # many-to-many
        for kind in KINDS
        for name in kind.many
    }
    named = {table._meta.label for table in reaching - kept}
    assert named == set(LEFT_OUT)
    assert all(LEFT_OUT.values())


def test_every_column_is_kept_or_made_of_others() -> None:
    for kind in KINDS:
        if kind.keep:
            continue
        lost = {each.name for each in kind.model._meta.concrete_fields} - MADE
        lost -= {each.name for each in kind.columns}
        assert lost <= {"id", "user", "owner"}, kind.name
        many = {each.name for each in kind.model._meta.local_many_to_many}
        assert many == set(kind.many), kind.name
    mine = {each.name for each in User._meta.get_fields() if not each.auto_created}
    assert mine == set(SETTINGS) | set(IDENTITY)


def test_another_instance_holds_the_same_afterwards(full: Any) -> None:
    before = counts()
    memory = _replayed(full)
    archive = moved_out(full)
    bob = newcomer(scheduler="fsrs", interview_on=TODAY)
    report = bring_in(bob, read(archive), with_settings=True)
    bob.refresh_from_db()
    assert without_identity(exported(bob)) == without_identity(archive)
    assert counts() == before
    assert _replayed(bob) == memory
    assert report.new == sum(len(archive[kind.name]) for kind in KINDS)
    assert (report.same, report.kept, report.warnings, report.made) == (0, 0, (), ())


def _replayed(user: User) -> list[Any]:
    columns = ("topic__title", "score", "stability", "difficulty", "times", "last_day", "claimed")
    cards = ("topic__title", "due", "easiness", "interval", "lapses", "snoozed_until")
    memories = Memory.objects.filter(user=user).order_by("topic__title").values_list(*columns)
    due = Card.objects.filter(user=user).order_by("topic__title").values_list(*cards)
    return [*memories, *due]


def test_an_instance_without_the_content_keeps_the_records(full: Any, roadmap: Roadmap) -> None:
    archive = moved_out(full)
    Roadmap.objects.all().delete()
    Question.objects.all().delete()
    Topic.objects.all().delete()
    Area.objects.all().delete()
    bob = newcomer()
    report = bring_in(bob, read(archive), with_settings=True)
    bob.refresh_from_db()
    assert without_identity(exported(bob)) == without_identity(archive)
    assert {words: count for count, words in report.made} == {
        "area": 1, "topic": 1, "question": 1, "roadmap": 1,
    }  # fmt: skip
    for model in (Area, Roadmap):
        assert model._default_manager.filter(retired_at=None).count() == 0
    assert Question.objects.get(owner=None).answer_html == "<p>Distances.</p>"
    assert not Topic.objects.filter(owner=None, retired_at=None).exists()
    assert not SearchEntry.objects.filter(owner=None).exists()


def test_items_are_found_where_their_ids_and_slugs_are_others(full: Any, topic: Topic) -> None:
    archive = moved_out(full)
    Question.objects.all().delete()
    Roadmap.objects.all().delete()
    Topic.objects.all().delete()
    moved = Topic.objects.create(slug="knn", title="Neighbours", area=topic.area)
    Alias.objects.create(kind="topic", slug="k-nearest-neighbours", target_slug="knn")
    bob = newcomer()
    report = bring_in(bob, read(archive))
    assert Star.objects.get(user=bob).topic == moved
    assert set(Task.objects.get(key="kmeans", plan__deleted_at=None).topics.all()) == {moved}
    assert (1, "topic") not in report.made
    again = bring_in(bob, read(archive))
    assert (again.new, again.kept) == (0, 0)


def test_undo_works_after_the_move(full: Any, topic: Topic) -> None:
    """A revision names topics by id; those are others on another instance."""
    task = Task.objects.get(key="code-knn", plan__deleted_at=None)
    moved = Revision.objects.get(kind="move")
    Revision.objects.filter(pk=moved.pk).update(
        before=moved.before | {str(task.pk): {"topics": [str(topic.pk)]}}
    )
    archive = moved_out(full)
    told = next(row for row in archive["revisions"] if row["id"] == str(moved.pk))
    assert told["before"][str(task.pk)] == {"topics": ["topics:studyplan/k-nearest-neighbours"]}
    Question.objects.all().delete()
    Roadmap.objects.all().delete()
    Topic.objects.all().delete()
    here = Topic.objects.create(slug=topic.slug, title="Neighbours", area=topic.area)
    assert here.pk != topic.pk
    bring_in(newcomer(), read(archive))
    assert Revision.objects.get(pk=moved.pk).before[str(task.pk)] == {"topics": [str(here.pk)]}


def test_twice_adds_nothing(full: Any) -> None:
    archive = moved_out(full)
    bob = newcomer()
    first = bring_in(bob, read(archive))
    before = counts()
    second = bring_in(bob, read(archive))
    assert counts() == before
    assert (second.new, second.kept, second.same) == (0, 0, first.new)


def test_to_whom_it_belongs_it_adds_nothing_at_once(full: Any) -> None:
    before = counts()
    report = bring_in(full, read(exported(full)))
    assert (report.new, report.kept) == (0, 0)
    assert counts() == before


def test_looking_writes_nothing(full: Any) -> None:
    archive = moved_out(full)
    bob = newcomer()
    before = counts()
    report = look(bob, read(archive))
    assert report.new > 50
    assert counts() == before


def test_what_came_in_is_found_and_shown(full: Any) -> None:
    entries = _entries(full)
    archive = moved_out(full)
    bob = newcomer()
    bring_in(bob, read(archive))
    assert _entries(bob) == entries
    task = Task.objects.get(key="read-adam", plan__deleted_at=None)
    assert "<strong>scale</strong>" in task.note_html
    assert "<strong>Hot</strong>" in Topic.objects.get(owner=bob).body_html
    assert "<em>by chance</em>" in TopicNote.objects.get(user=bob, text__contains="Ties").html


def _entries(user: User) -> list[Any]:
    columns = ("kind", "key", "place", "address", "title", "text", "title_plain", "text_plain")
    return list(
        SearchEntry.objects.filter(owner=user).order_by("kind", "key").values_list(*columns)
    )


def test_settings_come_only_when_they_are_asked_for(full: Any) -> None:
    User.objects.filter(pk=full.pk).update(monday=15, time_zone="Asia/Tokyo", scheduler="fsrs")
    full.refresh_from_db()
    archive = moved_out(full)
    bob = newcomer()
    bring_in(bob, read(archive))
    bob.refresh_from_db()
    assert (bob.monday, bob.time_zone, bob.scheduler) == (60, "UTC", "sm2")
    bring_in(bob, read(archive), with_settings=True)
    bob.refresh_from_db()
    assert (bob.monday, bob.time_zone, bob.scheduler) == (15, "Asia/Tokyo", "fsrs")
    assert (bob.email, bob.name) == ("new@example.com", "New")


def test_the_same_records_make_the_same_file(full: Any) -> None:
    assert export_learner(full, MADE_AT) == export_learner(full, MADE_AT)
    other = json.loads(export_learner(full, timezone.now()))
    assert other | {"made_at": ""} == exported(full) | {"made_at": ""}


def test_nobody_elses_records_are_in_it(full: Any, charlie: Any, topic: Topic) -> None:
    theirs = Topic.objects.create(slug="secret", title="Secret", area=topic.area, owner=charlie)
    Star.objects.create(user=charlie, topic=theirs)
    DayLog.objects.create(user=charlie, day=TODAY, learned="Secret")
    assert "secret" not in export_learner(full, MADE_AT).decode().lower()
    rows, _ = collect(charlie)
    assert {name for name, found in rows.items() if found} == {"own_topics", "stars", "day_logs"}


def test_what_a_learner_deleted_goes_along(full: Any) -> None:
    archive = exported(full)
    assert [plan["deleted_at"] is None for plan in archive["plans"]].count(False) == 1
    gone = Plan.objects.exclude(deleted_at=None).get()
    assert str(gone.pk) in {plan["id"] for plan in archive["plans"]}
