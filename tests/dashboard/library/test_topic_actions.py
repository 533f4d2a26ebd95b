"""Star, note, “I know this”, a task of the plan."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.library.models import Roadmap, SearchEntry, Star, Topic, TopicNote
from apps.mastery.models import Evidence, Memory
from apps.plans.models import Part, Plan, Revision, Task
from tests.conftest import TODAY
from tests.dashboard.library.factories import score

HTMX = {"HX-Request": "true"}
PAGE = "/library/topics/t-test/"


def at(topic: Topic, action: str) -> str:
    return f"/library/topics/{topic.pk}/{action}/"


# Star --------------------------------------------------------------------------------------------


def test_a_star_is_set_and_taken_off(alice_client: Client, topics: list[Topic]) -> None:
    address = at(topics[0], "star")
    for _ in range(2):
        answer = alice_client.post(address, {"starred": "1", "next": "/library/"})
        assert (answer.status_code, answer["Location"]) == (303, "/library/")
        assert Star.objects.count() == 1
    assert 'aria-pressed="true"' in alice_client.get(PAGE).content.decode()
    answer = alice_client.post(address, {"starred": "0"})
    assert answer["Location"] == PAGE
    assert not Star.objects.exists()


def test_the_star_comes_alone_to_htmx(alice_client: Client, topics: list[Topic]) -> None:
    answer = alice_client.post(at(topics[0], "star"), {"starred": "1"}, headers=HTMX)
    text = answer.content.decode()
    assert text.startswith("<button")
    assert 'aria-pressed="true"' in text
    assert 'value="0"' in text
    assert 'aria-label="Star T-test"' in text


def test_a_bad_star(alice_client: Client, charlie_client: Client, mine: Topic) -> None:
    assert alice_client.post(at(mine, "star"), {"starred": "x"}).status_code == 400
    assert alice_client.get(at(mine, "star")).status_code == 405
    assert charlie_client.post(at(mine, "star"), {"starred": "1"}).status_code == 404
    other = f"/library/topics/{uuid.uuid4()}/star/"
    assert alice_client.post(other, {"starred": "1"}).status_code == 404
    assert not Star.objects.exists()


# Note --------------------------------------------------------------------------------------------


def save(client: Client, topic: Topic, text: str, version: int, **extra: Any) -> Any:
    return client.post(at(topic, "note"), {"text": text, "version": version}, **extra)


def test_a_note_is_saved_shown_and_found(alice_client: Client, topics: list[Topic]) -> None:
    answer = save(alice_client, topics[0], "**Bold** words\r\nand more", 0)
    assert (answer.status_code, answer["Location"]) == (303, f"{PAGE}#note")
    note = TopicNote.objects.get()
    assert (note.text, note.version) == ("**Bold** words\nand more", 1)
    page = alice_client.get(PAGE).content.decode()
    assert "<strong>Bold</strong>" in page
    assert "Edit the note" in page
    entry = SearchEntry.objects.get(kind="note")
    assert (entry.title, entry.address, entry.owner_id) == ("T-test", f"{PAGE}#note", note.user_id)
    save(alice_client, topics[0], "Other", 1)
    assert SearchEntry.objects.get(kind="note").text == "Other"
    save(alice_client, topics[0], "", 2)
    assert not SearchEntry.objects.filter(kind="note").exists()
    assert "Write a note" in alice_client.get(PAGE).content.decode()


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_an_emptied_note_is_put_back(
    alice_client: Client, topics: list[Topic], headers: dict[str, str]
) -> None:
    save(alice_client, topics[0], "**Bold**", 0)
    answer = save(alice_client, topics[0], "", 1, headers=headers)
    text = (answer if headers else alice_client.get(PAGE)).content.decode()
    undo = f"{at(topics[0], 'note')}restore/"
    assert "The note is empty now." in text
    assert f'action="{undo}"' in text
    for _ in range(2):
        assert alice_client.post(undo, {"next": PAGE})["Location"] == PAGE
        note = TopicNote.objects.get()
        assert (note.text, note.version) == ("**Bold**", 3)
        assert "<strong>Bold</strong>" in note.html
    assert "Your note is back." in alice_client.get(PAGE).content.decode()
    assert SearchEntry.objects.get(kind="note").address == f"{PAGE}#note"


def test_a_note_that_was_written_anew_is_not_put_back(
    alice_client: Client, charlie_client: Client, client: Client, mine: Topic, topics: list[Topic]
) -> None:
    undo = f"{at(topics[0], 'note')}restore/"
    assert alice_client.post(undo).status_code == 404
    for version, text in enumerate(("First", "", "Second")):
        save(alice_client, topics[0], text, version)
    assert alice_client.post(undo)["Location"] == f"{PAGE}#note"
    assert TopicNote.objects.get().text == "Second"
    assert "The note was written anew since; it stays." in alice_client.get(PAGE).content.decode()
    assert charlie_client.post(undo).status_code == 404
    assert charlie_client.post(f"{at(mine, 'note')}restore/").status_code == 404
    assert alice_client.get(undo).status_code == 405
    assert "/accounts/login/" in client.post(undo)["Location"]


def test_htmx_gets_the_note_alone(alice_client: Client, topics: list[Topic]) -> None:
    answer = save(alice_client, topics[0], "Words", 0, headers=HTMX)
    text = answer.content.decode()
    assert text.startswith("<section")
    assert 'name="version" value="1"' in text
    assert "Note saved." in text
    assert "<h1>" not in text


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_a_note_changed_elsewhere_shows_both_texts(
    alice_client: Client, topics: list[Topic], headers: dict[str, str]
) -> None:
    save(alice_client, topics[0], "From the other tab", 0)
    answer = save(alice_client, topics[0], "From this tab", 0, headers=headers)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "From the other tab" in text
    assert "From this tab</textarea>" in text
    assert " open>" in text
    assert TopicNote.objects.get().text == "From the other tab"
    assert save(alice_client, topics[0], "From this tab", 1).status_code == 303
    assert TopicNote.objects.get().text == "From this tab"


def test_the_same_text_again_is_no_conflict(alice_client: Client, topics: list[Topic]) -> None:
    save(alice_client, topics[0], "Words", 0)
    assert save(alice_client, topics[0], "Words", 0).status_code == 303
    assert TopicNote.objects.get().version == 1


@pytest.mark.parametrize(
    ("text", "version", "said"),
    [
        ("x" * 20_001, 0, "20,001 characters; at most 20,000"),
        ("nul \x00", 0, "cannot be stored"),
        ("fine", "x", "whole number"),
    ],
)
def test_a_bad_note_is_422_with_what_was_typed(
    alice_client: Client, topics: list[Topic], text: str, version: Any, said: str
) -> None:
    answer = save(alice_client, topics[0], text, version, headers=HTMX)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert text[:50] in answer.content.decode()
    assert not TopicNote.objects.exists()


def test_notes_are_private(
    alice_client: Client, charlie_client: Client, topics: list[Topic], mine: Topic
) -> None:
    save(alice_client, topics[0], "For Alice alone", 0)
    assert "For Alice alone" not in charlie_client.get(PAGE).content.decode()
    save(charlie_client, topics[0], "For Charlie", 0)
    assert TopicNote.objects.count() == 2
    assert save(charlie_client, mine, "x", 0).status_code == 404
    assert alice_client.get(at(mine, "note")).status_code == 405


# I know this -------------------------------------------------------------------------------------


def test_i_know_this_is_a_claim_once_a_day(
    alice_client: Client, alice: Any, topics: list[Topic]
) -> None:
    for _ in range(2):
        assert alice_client.post(at(topics[0], "know"))["Location"] == PAGE
    item = Evidence.objects.get()
    assert (item.source, item.score, item.day) == ("rating", 100, timezone.now().date())
    assert Memory.objects.get().claimed
    page = alice_client.get(PAGE).content.decode()
    assert "claimed" in page
    assert "Take back “I know this”" in page
    assert f"{at(topics[0], 'know')}{item.day}/undo/" in page


def test_a_claim_is_taken_back_and_comes_again(
    alice_client: Client, alice: Any, topics: list[Topic]
) -> None:
    score(alice, topics[1], 70)
    alice_client.post(at(topics[0], "know"))
    day = timezone.now().date()
    for _ in range(2):
        answer = alice_client.post(f"{at(topics[0], 'know')}{day}/undo/", {"next": "/library/"})
        assert answer["Location"] == "/library/"
    assert not Memory.objects.filter(topic=topics[0]).exists()
    assert Memory.objects.filter(topic=topics[1]).exists()
    alice_client.post(at(topics[0], "know"))
    assert Evidence.objects.get(topic=topics[0]).retracted_at is None
    assert Memory.objects.get(topic=topics[0]).claimed


def test_the_message_offers_undo(alice_client: Client, topics: list[Topic]) -> None:
    page = alice_client.post(at(topics[0], "know"), follow=True).content.decode()
    day = timezone.now().date()
    assert "“T-test” is claimed: you said you know it today. It counts half at most" in page
    assert f'<form method="post" action="{at(topics[0], "know")}{day}/undo/">' in page


@pytest.mark.parametrize(
    ("value", "ago", "means", "said", "origin"),
    [
        (50, 0, "changes nothing now: today’s score of 50 %", "changes nothing", "scored 50 % on"),
        (90, 0, "changes nothing now: today’s score of 90 %", "changes nothing", "scored 90 % on"),
        (50, 9, "“I know this” counts half at most", "half at most", "claimed: you said you know"),
        (
            90,
            9,
            "“I know this” counts in full, because",
            "It counts in full",
            "; you said you know it on",
        ),
        (
            None,
            0,
            "“I know this” counts half at most",
            "half at most",
            "claimed: you said you know",
        ),
    ],
)
def test_a_claim_says_what_it_changes(
    alice_client: Client,
    alice: Any,
    topics: list[Topic],
    value: int | None,
    ago: int,
    means: str,
    said: str,
    origin: str,
) -> None:
    if value is not None:
        score(alice, topics[0], value, timezone.now().date() - dt.timedelta(days=ago))
    assert means in alice_client.get(PAGE).content.decode()
    page = alice_client.post(at(topics[0], "know"), follow=True).content.decode()
    message = page.split('id="messages"')[1]
    assert said in message
    assert ("half at most" in message) is (said == "half at most")
    assert origin in page.split('id="messages"')[0]
    assert "scored 100 %" not in page
    stays = "Counts half at most until a question confirms it." in page
    assert stays is ("claimed" in origin)
    assert "rates it 100" not in page
    if "claimed" in origin:
        assert 'part-not-yet">claimed</span>' in page
        assert ">not yet</span>" not in page
        shelf = alice_client.get("/library/areas/statistics/").content.decode()
        assert "claimed: you said you know it on" in shelf


def test_the_evidence_page_names_the_claim(alice_client: Client, topics: list[Topic]) -> None:
    alice_client.post(at(topics[0], "know"))
    page = alice_client.get("/readiness/topic/t-test/").content.decode()
    assert "“I know this”" in page
    assert "/assessments/" not in page.split("<tbody>")[1]
    assert alice_client.get("/readiness/area/statistics/").status_code == 200


def test_bad_claims(alice_client: Client, charlie_client: Client, mine: Topic) -> None:
    assert alice_client.get(at(mine, "know")).status_code == 405
    assert charlie_client.post(at(mine, "know")).status_code == 404
    assert alice_client.post(f"{at(mine, 'know')}someday/undo/").status_code == 404
    assert charlie_client.post(f"{at(mine, 'know')}2026-11-18/undo/").status_code == 404
    assert not Evidence.objects.exists()


# Into the plan -----------------------------------------------------------------------------------


def test_without_a_plan_it_is_said_kindly(alice_client: Client, topics: list[Topic]) -> None:
    for method in (alice_client.get, alice_client.post):
        answer = method(at(topics[0], "plan"))
        assert answer.status_code == 200
        assert "There is no active plan" in answer.content.decode()


LINE = re.compile(r'name="day" value="([^"]*)" aria-describedby="[^"]*">([^<]*)</button>(.*?)</li>')


def offered(answer: Any) -> list[tuple[str, str, str]]:
    """Return the days the form offers: date, what the button says, what is said beside it."""
    lines = LINE.findall(" ".join(answer.content.decode().split()))
    return [(day, button, re.sub(r"<[^>]*>", "", said)) for day, button, said in lines]


def put_forward(answer: Any) -> list[str]:
    """Return the days whose buttons are the primary ones."""
    return re.findall(r'class="button primary"[^>]* value="([^"]*)"', answer.content.decode())


def test_the_form_offers_today_and_the_first_day_with_room(
    alice_client: Client, plan: Any, topic: Topic, topics: list[Topic]
) -> None:
    answer = alice_client.get(at(topic, "plan"))
    assert offered(answer) == [
        ("2026-11-18", "Add again today", "60 of 60 min planned; this makes 90, 30 over"),
        (
            "2026-11-22",
            "Add again on Sun 22 Nov",
            "the first day with room: 0 of 60 min planned; this makes 30",
        ),
    ]
    assert put_forward(answer) == ["2026-11-22"]
    page = answer.content.decode()
    assert 'value="30"' in page
    assert "Read about Adam" in page
    other = alice_client.get(at(topics[0], "plan"), headers=HTMX)
    assert other.content.decode().startswith("<section")
    assert [button for _, button, _ in offered(other)] == ["Add today", "Add on Sun 22 Nov"]


def test_again_is_said_only_of_an_open_task(alice_client: Client, plan: Any, topic: Topic) -> None:
    said = "Your plan has an open task about this already."

    def says_again() -> bool:
        answer = alice_client.get(at(topic, "plan"))
        again = said in answer.content.decode()
        assert offered(answer)[0][1] == ("Add again today" if again else "Add today")
        return again

    assert says_again()
    tasks = Task.objects.filter(topics=topic)
    tasks.update(status="skipped")
    assert not says_again()
    done = {"status": "done", "done_on": TODAY, "done_at": timezone.now()}
    tasks.update(**done)
    assert not says_again()
    assert "done Wed 18 Nov" in alice_client.get(at(topic, "plan")).content.decode()


def test_an_open_task_of_a_paused_plan_is_no_again(
    alice_client: Client, alice: Any, plan: Any, topic: Topic
) -> None:
    other = Roadmap.objects.create(slug="other", title="Other")
    Plan.objects.filter(pk=plan.pk).update(state="paused")
    Plan.objects.create(owner=alice, roadmap=other, title="Other", starts_on=TODAY)
    answer = alice_client.get(at(topic, "plan"))
    assert offered(answer)[0][1] == "Add today"
    assert "6 tasks in “Small roadmap”, paused" in answer.content.decode()


def test_tasks_are_counted_plan_by_plan(
    alice_client: Client, plan: Any, topic: Topic, topics: list[Topic]
) -> None:
    def page(of: Topic) -> str:
        return alice_client.get(of.get_absolute_url()).content.decode()

    assert "<summary>6 tasks in your plan</summary>" in page(topic)
    assert "In your plan:" not in page(topic)
    alice_client.post(at(topics[0], "plan"), {"day": str(TODAY), "minutes": "30"})
    assert page(topics[0]).count("In your plan:") == 1
    Plan.objects.filter(pk=plan.pk).update(state="paused")
    assert page(topics[0]).count("In “Small roadmap”, paused:") == 1
    alice_client.post("/plan/new/small/", {"start": str(TODAY), "again": "1"})
    both = page(topic)
    assert "<summary>12 tasks in your plans</summary>" in both
    assert both.count("In your plan:") == both.count("In “Small roadmap”, paused:") == 1
    assert both.index("In your plan:") < both.index("In “Small roadmap”, paused:")


def test_a_day_that_is_both_is_offered_once(
    alice_client: Client, plan: Any, topics: list[Topic]
) -> None:
    Part.objects.filter(plan=plan, day=TODAY).delete()
    said = "the first day with room: 0 of 60 min planned; this makes 30"
    answer = alice_client.get(at(topics[0], "plan"))
    assert offered(answer) == [(str(TODAY), "Add today", said)]
    assert put_forward(answer) == [str(TODAY)]


def test_a_chosen_day_is_shown_before_it_is_taken(
    alice_client: Client, alice: Any, plan: Any, topics: list[Topic]
) -> None:
    alice.thursday = 0
    alice.save()
    before = Task.objects.count()
    data = {"minutes": "45", "day": "2026-11-20"}
    for headers in (HTMX, {}):
        answer = alice_client.get(at(topics[0], "plan"), data, headers=headers)
        assert answer.status_code == 200
        assert offered(answer)[-1] == (
            "2026-11-20",
            "Add on Fri 20 Nov",
            "60 of 60 min planned; this makes 105, 45 over",
        )
        assert put_forward(answer) == ["2026-11-20"]
        assert offered(answer)[0][2] == "60 of 60 min planned; this makes 105, 45 over"
        assert 'name="minutes" value="45"' in answer.content.decode()
        assert 'name="shown" value="45"' in answer.content.decode()
        assert 'value="2026-11-20"' in answer.content.decode()
    data |= {"day": "2026-11-26"}
    said = offered(alice_client.get(at(topics[0], "plan"), data))[-1][2]
    assert said == "free of study; this makes 45"
    assert Task.objects.count() == before


def test_a_day_says_its_year_and_that_it_is_after_the_interview(
    alice_client: Client, alice: Any, plan: Any, topics: list[Topic]
) -> None:
    alice.interview_on = dt.date(2026, 11, 22)
    alice.save()
    data = {"minutes": "30", "day": "2027-12-01"}
    today, interview, late = offered(alice_client.get(at(topics[0], "plan"), data))
    assert late[1] == "Add on Wed 1 Dec 2027"
    assert late[2].endswith(", after your interview")
    assert "interview" not in today[2] + interview[2]
    added = alice_client.post(at(topics[0], "plan"), data, follow=True).content.decode()
    assert "Added “Study: T-test” on Wed 1 Dec 2027.</span>" in added
    assert "· Wed 1 Dec 2027 · 30 min" in added


def test_the_same_form_sent_twice_adds_one_task(
    alice_client: Client,
    charlie: Any,
    charlie_client: Client,
    plan: Any,
    topics: list[Topic],
) -> None:
    page = alice_client.get(at(topics[0], "plan")).content.decode()
    key = page.split('name="key" value="')[1].split('"')[0]
    data = {"day": str(TODAY), "shown": "45", "key": key}
    version = Plan.objects.get(pk=plan.pk).version
    for said in ("Added “Study: T-test”", "nothing was added twice"):
        answer = alice_client.post(at(topics[0], "plan"), data, follow=True)
        assert said in answer.content.decode()
    assert Task.objects.get(title="Study: T-test").pk == uuid.UUID(key)
    assert Plan.objects.get(pk=plan.pk).version == version + 1
    other = alice_client.post(at(topics[0], "plan"), data | {"key": "x"})
    assert other.status_code == 422
    assert "Open this form again, please." in other.content.decode()
    Plan.objects.create(owner=charlie, title="Theirs", starts_on=TODAY)
    assert charlie_client.post(at(topics[0], "plan"), data).status_code == 404


def test_minutes_are_those_that_were_shown_or_typed_since(
    alice_client: Client, plan: Any, topics: list[Topic]
) -> None:
    data = {"day": str(TODAY), "shown": "45"}
    alice_client.post(at(topics[0], "plan"), data)
    alice_client.post(at(topics[0], "plan"), data | {"minutes": "50"}, headers=HTMX)
    made = Task.objects.filter(title="Study: T-test").order_by("minutes")
    assert list(made.values_list("minutes", flat=True)) == [45, 50]


@pytest.mark.parametrize(
    ("data", "field", "said"),
    [
        ({"day": "2020-01-01", "minutes": "30"}, "day", "That day is in the past."),
        ({"day": "soon", "minutes": "30"}, "day", "That is not a date."),
        ({"day": "2030-01-01", "minutes": "30"}, "day", "more than two years ahead"),
        ({"day": "", "minutes": "0"}, "minutes", "Between 1 and 600 minutes."),
        ({"day": "2026-11-20", "minutes": "x"}, "minutes", "Minutes are a whole number."),
    ],
)
def test_a_day_that_cannot_be_shown(
    alice_client: Client,
    plan: Any,
    topics: list[Topic],
    data: dict[str, str],
    field: str,
    said: str,
) -> None:
    for headers in (HTMX, {}):
        answer = alice_client.get(at(topics[0], "plan"), data, headers=headers)
        assert answer.status_code == 422
        page = answer.content.decode()
        assert said in page.split(f'id="{field}-errors"')[1].split("</div>")[0]
        assert f'name="{field}" value="{data[field]}"' in page
        assert [button for _, button, _ in offered(answer)][:2] == [
            "Add today",
            "Add on Sun 22 Nov",
        ]


def test_without_any_room_today_is_left(
    alice_client: Client, alice: Any, plan: Any, topics: list[Topic]
) -> None:
    alice.weekday_minutes = (0,) * 7
    alice.save()
    said = "free of study, 60 min planned; this makes 90"
    assert offered(alice_client.get(at(topics[0], "plan"))) == [(str(TODAY), "Add today", said)]


def test_a_topic_goes_into_the_plan_as_one_revision_that_is_undone(
    alice_client: Client, alice: Any, plan: Any, topics: list[Topic]
) -> None:
    day = TODAY + dt.timedelta(days=3)
    answer = alice_client.post(at(topics[0], "plan"), {"day": str(day), "minutes": "45"})
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    task = Task.objects.get(title="Study: T-test")
    assert (task.minutes, task.pinned_on, list(task.topics.all())) == (45, day, [topics[0]])
    revision = Revision.objects.get(kind="add")
    page = alice_client.get(PAGE).content.decode()
    assert "In your plan:" in page
    assert f"/plan/history/{revision.pk}/undo/" in page
    alice_client.post(f"/plan/history/{revision.pk}/undo/")
    task.refresh_from_db()
    assert task.deleted_at
    assert "In your plan:" not in alice_client.get(PAGE).content.decode()


def test_a_full_day_and_one_free_of_study_are_said(
    alice_client: Client, alice: Any, plan: Any, topics: list[Topic]
) -> None:
    def said(day: dt.date) -> str:
        data = {"day": str(day), "minutes": "30"}
        return alice_client.post(at(topics[0], "plan"), data, headers=HTMX).content.decode()

    full = said(TODAY)
    assert (
        "Added “Study: T-test” on Wed 18 Nov, which now has 90 of 60 minutes; the first day" in full
    )
    assert "Undo" in full
    alice.sunday = 0
    alice.save()
    sunday = said(TODAY + dt.timedelta(days=4))
    assert "on Sun 22 Nov, which is free of study; the first day with room is" in sunday
    alice.breaks.create(first_day=TODAY, last_day=TODAY)
    assert "on Wed 18 Nov, which is free of study" in said(TODAY)
    assert "Added “Study: T-test” on Fri 18 Dec.</span>" in said(TODAY + dt.timedelta(days=30))


def test_the_first_day_with_room_is_looked_for_beyond_a_long_plan(
    alice_client: Client, alice: Any, plan: Any, topic: Topic
) -> None:
    Part.objects.filter(plan=plan).delete()
    task = Task.objects.filter(plan=plan).first()
    days = [TODAY + dt.timedelta(days=number) for number in range(120)]
    Part.objects.bulk_create(
        Part(plan=plan, task=task, number=number, of=120, day=day, minutes=60)
        for number, day in enumerate(days, 1)
    )
    page = alice_client.get(at(topic, "plan"))
    free = days[-1] + dt.timedelta(days=1)
    assert offered(page)[-1][0] == str(free)
    assert "the first day with room: 0 of 60" in offered(page)[-1][2]


def test_htmx_gets_the_section_and_the_message(
    alice_client: Client, plan: Any, topics: list[Topic]
) -> None:
    data = {"day": str(TODAY), "minutes": "30"}
    answer = alice_client.post(at(topics[0], "plan"), data, headers=HTMX)
    text = answer.content.decode()
    assert text.startswith('<section class="in-plans')
    assert "Added “Study: T-test”" in text
    assert "<form" not in text.split("hx-swap-oob")[0]
    assert "Undo" in text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"day": "2020-01-01", "minutes": "30"}, "That day is in the past."),
        ({"day": "soon", "minutes": "30"}, "That is not a date."),
        ({"day": "", "minutes": "30"}, "Which day?"),
        ({"day": str(TODAY), "minutes": "0"}, "Between 1 and 600 minutes."),
        ({"day": str(TODAY), "minutes": "many"}, "Minutes are a whole number."),
        ({"day": "2030-01-01", "minutes": "30"}, "more than two years ahead"),
    ],
)
def test_a_bad_day_or_length(
    alice_client: Client, plan: Any, topics: list[Topic], data: dict[str, str], said: str
) -> None:
    before = Task.objects.count()
    for headers in (HTMX, {}):
        answer = alice_client.post(at(topics[0], "plan"), data, headers=headers)
        assert answer.status_code == 422
        assert said in answer.content.decode()
    assert Task.objects.count() == before


def test_an_own_topic_is_planned_and_its_task_links_to_it(
    alice_client: Client, charlie_client: Client, plan: Any, mine: Topic
) -> None:
    data = {"day": str(TODAY), "minutes": "30"}
    assert charlie_client.post(at(mine, "plan"), data).status_code == 404
    alice_client.post(at(mine, "plan"), data)
    assert f"/library/topics/{mine.pk}/" in alice_client.get("/today/").content.decode()
    task = Task.objects.get(title="Study: My topic")
    assert f"/library/topics/{mine.pk}/" in alice_client.get(f"/tasks/{task.pk}/").content.decode()


def test_a_retired_topic_is_not_planned(
    alice_client: Client, alice: Any, plan: Any, topics: list[Topic]
) -> None:
    Star.objects.create(user=alice, topic=topics[0])
    Topic.objects.filter(pk=topics[0].pk).update(retired_at=timezone.now())
    data = {"day": str(TODAY), "minutes": "30"}
    assert alice_client.post(at(topics[0], "plan"), data).status_code == 404
