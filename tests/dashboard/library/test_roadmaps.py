"""Roadmaps: the outline, and the dates for the learner's own hours."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.test import Client
from django.utils import timezone

from apps.library.models import Roadmap, RoadmapDay, RoadmapTask
from apps.plans.models import Plan
from tests.conftest import TODAY

PAGE = "/library/roadmaps/small/"


def test_all_roadmaps(read: Any, roadmap: Roadmap) -> None:
    Roadmap.objects.create(slug="gone", title="Gone", retired_at=timezone.now())
    page = read("/library/roadmaps/")
    assert f'href="{PAGE}">Small roadmap</a>' in page
    assert "6 tasks · 4 h" in page
    assert "Gone" not in page
    Roadmap.objects.all().delete()
    assert "No roadmap is loaded yet." in read("/library/roadmaps/")


def test_weeks_days_and_tasks(read: Any, now: Any, roadmap: Roadmap) -> None:
    week = roadmap.weeks.get(number=1)
    week.checkpoint = {"title": "Closed?", "branches": [{"id": "more", "title": "More of it"}]}
    week.save()
    day = RoadmapDay.objects.create(week=week, branch="more", position=0, title="Extra day")
    RoadmapTask.objects.create(
        roadmap=roadmap,
        day=day,
        key="extra",
        position=9,
        title="Extra task",
        session="study",
        kind="read",
        priority="optional",
        minutes=500,
    )
    RoadmapTask.objects.filter(key="sheet").update(priority="should")
    page = read(PAGE)
    assert "6 tasks, 4 h: 3 h 30 of it you must do, 30 min you should do" in page
    assert "<b>Week 1</b> Week 1 title" in page
    assert "Day 0 of week 1" in page
    assert "Implement k-nearest neighbours" in page
    assert '/library/topics/k-nearest-neighbours/">K-nearest neighbours</a>' in page
    assert "<b>Closed?</b>" in page
    assert "This is a checkpoint: which of the days below you get depends" in page
    assert "Closed?." not in page
    assert "its result may add days" in page
    assert "branch" not in page
    assert "More of it: Extra day" in page
    assert page.count("Foundations") == 1


def test_dates_for_the_learners_hours(read: Any, alice: Any, now: Any, roadmap: Roadmap) -> None:
    alice.interview_on = TODAY
    alice.save()
    page = read(PAGE)
    assert "<dd>18 Nov</dd>" in page
    assert "after it" in page
    start = TODAY + dt.timedelta(days=7)
    page = read(f"{PAGE}?start={start}")
    assert "<dd>25 Nov</dd>" in page
    assert f'href="/plan/new/small/?start={start}"' in page
    assert read(f"{PAGE}?start=soon", 422).count("That is not a date of the calendar.") == 1


def test_weeks_that_take_longer_say_why(read: Any, alice: Any, now: Any, roadmap: Roadmap) -> None:
    said = "It is written as"
    few = read(PAGE)
    alice.weekday_minutes = (20, 0, 0, 0, 0, 0, 0)
    alice.save()
    page = read(PAGE)
    assert said not in few
    assert "It is written as 2 weeks. At your 20 min a week, with your free days" in page


def test_without_hours_it_says_so(read: Any, alice: Any, roadmap: Roadmap) -> None:
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    for name in days:
        setattr(alice, name, 0)
    alice.save()
    page = read(PAGE)
    assert "No weekday has any minutes." in page
    assert "Make it my plan" not in page
    assert "Implement k-means" in page


def test_a_retired_roadmap_is_read_by_those_with_a_plan(
    alice_client: Client, charlie_client: Client, plan: Plan
) -> None:
    Roadmap.objects.update(retired_at=timezone.now())
    page = alice_client.get(PAGE).content.decode()
    assert "This roadmap is retired" in page
    assert "Make it my plan" not in page
    assert charlie_client.get(PAGE).status_code == 404


def test_one_of_another_collection_becomes_a_plan(
    alice_client: Client, alice: Any, now: Any, roadmap: Roadmap
) -> None:
    Roadmap.objects.update(collection="acme")
    address = "/library/roadmaps/acme/small/"
    assert alice_client.get(PAGE)["Location"] == address
    page = alice_client.get(address).content.decode()
    new = f"/plan/new/acme/small/?start={TODAY}"
    assert f'href="{new}"' in page
    choose = alice_client.get("/plan/new/").content.decode()
    assert 'href="/plan/new/acme/small/"' in choose
    assert f'href="{address}"' in choose
    assert alice_client.get(new, follow=True).status_code == 200
    alice_client.post("/plan/new/acme/small/", {"start": str(TODAY)})
    assert Plan.objects.get(owner=alice).roadmap == roadmap


def test_methods_and_strangers(alice_client: Client, client: Client, roadmap: Roadmap) -> None:
    for address in ("/library/roadmaps/", PAGE):
        assert alice_client.post(address).status_code == 405
        assert "/accounts/login/" in client.get(address)["Location"]
    assert alice_client.get("/library/roadmaps/none/").status_code == 404
