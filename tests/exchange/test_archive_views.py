"""The pages: taking everything away, and bringing it in."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.exchange import archive_forms
from apps.exchange.archive_compare import FOREIGN
from apps.exchange.archive_read import MOST_BYTES, Refused, read_archive
from apps.library.models import Roadmap, Topic
from apps.plans.models import Plan
from tests.exchange.archives import counts, exported, fill, moved_out, without_identity
from tests.plans.conftest import now, roadmap, topic

__all__ = ["now", "roadmap", "topic"]

PAGE, IMPORT, JSON = "/settings/data/", "/settings/data/import/", "/settings/data/export.json"


def body(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def upload(data: bytes, **more: str) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("studyplan.json", data), **more}


def held(answer: Any) -> str:
    """What the page carries on of the file."""
    found = re.search(r'name="held" value="([^"]+)"', answer.content.decode())
    return found[1] if found else ""


@pytest.fixture
def archive(now: Any, alice: Any, roadmap: Roadmap, topic: Topic) -> bytes:
    """Alice's export on an instance where she is not."""
    fill(alice, roadmap, topic)
    return json.dumps(moved_out(alice)).encode()


def test_settings_lead_to_the_page(alice_client: Client) -> None:
    assert f'href="{PAGE}"' in body(alice_client.get("/settings/"))


def test_the_page_names_what_there_is(
    now: Any, alice: Any, alice_client: Client, roadmap: Roadmap, topic: Topic
) -> None:
    fill(alice, roadmap, topic)
    page = body(alice_client.get(PAGE))
    assert page.count("<b>Small roadmap</b>") == 1  # the deleted one is not offered
    for name in ("export.json", "tasks.csv", "checks.csv", "work.csv", "import/"):
        assert f'href="{PAGE}{name}"' in page


def test_a_learner_without_a_plan_is_told(alice_client: Client) -> None:
    assert "You have no plan yet." in body(alice_client.get(PAGE))


def test_the_file(
    now: Any, alice: Any, alice_client: Client, roadmap: Roadmap, topic: Topic
) -> None:
    fill(alice, roadmap, topic)
    answer = alice_client.get(JSON)
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"] == 'attachment; filename="studyplan-2026-11-18.json"'
    assert "no-store" in answer["Cache-Control"]
    assert json.loads(answer.content) == exported(alice)


def test_a_strangers_file_has_nothing_of_it(
    now: Any, alice: Any, charlie_client: Client, roadmap: Roadmap, topic: Topic
) -> None:
    fill(alice, roadmap, topic)
    made = json.loads(charlie_client.get(JSON).content)
    assert made["learner"]["email"] == "charlie@example.com"
    assert not any(rows for rows in made.values() if isinstance(rows, list))


def test_look_then_bring_in(archive: bytes, charlie: Any, charlie_client: Client) -> None:
    before = counts()
    looked = charlie_client.post(IMPORT, upload(archive))
    assert looked.status_code == 200
    page = body(looked)
    assert "Made on 18 November 2026 by alice@example.com. Nothing is stored yet." in page
    assert '<th scope="row">Plans</th><td class="number">2</td>' in page
    assert counts() == before
    done = charlie_client.post(IMPORT, {"held": held(looked), "confirm": "1"})
    assert (done.status_code, done["Location"]) == (303, PAGE)
    assert "records were brought in." in body(charlie_client.get(PAGE))
    assert without_identity(exported(charlie)) == without_identity(json.loads(archive))
    after = counts()
    again = charlie_client.post(IMPORT, {"held": held(looked), "confirm": "1"})
    assert again.status_code == 303
    assert counts() == after
    said = body(charlie_client.get(PAGE))
    assert "Nothing in it was new." in said
    assert re.search(r"\d+ records were here already\.", said)


def test_the_file_may_be_brought_in_at_once(archive: bytes, charlie_client: Client) -> None:
    assert charlie_client.post(IMPORT, upload(archive, confirm="1")).status_code == 303
    assert Plan.objects.filter(owner__email="charlie@example.com").count() == 2


def test_settings_are_offered_only_where_they_differ(
    archive: bytes, charlie: Any, charlie_client: Client
) -> None:
    made = json.loads(archive)
    same = charlie_client.post(IMPORT, upload(archive))
    assert 'name="settings"' not in body(same)
    made["settings"]["monday"] = 15
    other = charlie_client.post(IMPORT, upload(json.dumps(made).encode()))
    assert 'name="settings"' in body(other)
    charlie_client.post(IMPORT, {"held": held(other), "confirm": "1", "settings": "1"})
    charlie.refresh_from_db()
    assert charlie.monday == 15
    assert "The settings were taken over." in body(charlie_client.get(PAGE))


def test_nothing_new_is_not_offered(archive: bytes, charlie_client: Client) -> None:
    charlie_client.post(IMPORT, upload(archive, confirm="1"))
    page = body(charlie_client.post(IMPORT, upload(archive)))
    assert "Bring it in" not in page
    assert "Choose another file" in page


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is not whole, or is no JSON"),
        (b'{"format": "studyplan", "version": 7}', "has version 7 of its format"),
        (b"[" * 1_000_000, "nested deeper"),
        (b"\x00" * 50_000_000, "more than 30 MB"),
    ],
)
@pytest.mark.parametrize("step", ["look", "confirm"])
def test_a_bad_file_is_told_beside_the_field(
    alice_client: Client, data: bytes, said: str, step: str
) -> None:
    answer = alice_client.post(IMPORT, upload(data, **{step: "1"}))
    assert answer.status_code == 422
    errors = body(answer).split('<ul class="errors" id="id_file-error">')[1].split("</ul>")[0]
    assert errors.count("<li>") == 1
    assert said in errors
    assert 'aria-describedby="id_file-error"' in body(answer)


def test_no_file_is_told(alice_client: Client) -> None:
    answer = alice_client.post(IMPORT, {})
    assert answer.status_code == 422
    assert "Choose the file of an export" in body(answer)


@pytest.mark.parametrize("text", ["x", "eJw=", "====", "é", "eJwDAAAAAAE", "AAAA" * 1000])
def test_what_is_held_may_be_damaged(alice_client: Client, text: str) -> None:
    answer = alice_client.post(IMPORT, {"held": text, "confirm": "1"})
    assert answer.status_code == 422
    assert "did not come through whole" in body(answer)


def test_what_is_held_does_not_burst() -> None:
    bomb = archive_forms.packed(b" " * (MOST_BYTES * 2))
    assert len(bomb) < 100_000
    with pytest.raises(Refused, match="more than 30 MB"):
        read_archive(archive_forms.unpacked(bomb))


def test_a_long_file_is_asked_for_again(
    archive: bytes, charlie_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_forms, "MOST_HELD", 100)
    page = charlie_client.post(IMPORT, upload(archive))
    assert held(page) == ""
    assert "too long to be carried from page to page" in body(page)
    assert 'type="file"' in body(page)
    assert charlie_client.post(IMPORT, upload(archive, confirm="1")).status_code == 303


def test_somebody_elses_export_is_refused(
    now: Any, alice: Any, charlie_client: Client, roadmap: Roadmap, topic: Topic
) -> None:
    fill(alice, roadmap, topic)
    data = json.dumps(exported(alice)).encode()
    before = counts()
    for step in ("look", "confirm"):
        answer = charlie_client.post(IMPORT, upload(data, **{step: "1"}))
        assert answer.status_code == 422
        assert FOREIGN in body(answer)
    assert counts() == before


def test_hostile_words_are_text_on_the_pages(charlie_client: Client, archive: bytes) -> None:
    made = json.loads(archive)
    made["learner"]["email"] = "<script>alert(1)</script>@example.com"
    for plan in made["plans"]:
        plan["title"] = "<img src=x onerror=alert(1)>"
    data = json.dumps(made).encode()
    looked = charlie_client.post(IMPORT, upload(data))
    charlie_client.post(IMPORT, upload(data, confirm="1"))
    for page in (looked, charlie_client.get(PAGE)):
        assert "<script>alert" not in body(page)
        assert "<img src=x" not in body(page)


def test_wrong_methods(alice_client: Client) -> None:
    assert alice_client.put(IMPORT).status_code == 405
    assert alice_client.delete(IMPORT).status_code == 405
    assert alice_client.post(PAGE).status_code == 405
    assert alice_client.post(JSON).status_code == 405


def test_anonymous_is_sent_to_sign_in(client: Client, db: None) -> None:
    for page in (PAGE, JSON, IMPORT, f"{PAGE}tasks.csv"):
        assert client.get(page)["Location"].startswith("/accounts/login/")
