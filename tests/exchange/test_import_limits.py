"""Coverage tables from files, large ones, and what they cost."""

from __future__ import annotations

import re
import time
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.assessments.models import Rating
from apps.library.models import Topic
from tests.exchange.importing import PAGE, TEXT, body, chosen, confirmed, sent, topics
from tests.mastery.factories import make_topic
from tests.plans.conftest import now

__all__ = ["now", "topics"]


def test_a_file_is_read_like_the_text(alice_client: Client, topics: dict[str, Topic]) -> None:
    for data in (TEXT.encode(), TEXT.encode("utf-8-sig"), TEXT.replace("\n", "\r\n").encode()):
        file = SimpleUploadedFile("check.md", data)
        answer = alice_client.post(PAGE, sent("", file=file))
        assert answer.status_code == 200
        assert chosen(body(answer), 7) == "T-test"
        assert "| 1 | T-test | [x] | | |" in body(answer)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            TEXT.encode("utf-8").replace(b"Leverage", b"Lev\xe9rage"),
            "save it with the encoding UTF-8",
        ),
        (b"\x00\x01\x02", "This is no text file"),
        (b"x" * 1_000_001, "more than 1,000,000 characters"),
        ("中".encode() * 1_000_001, "more than 1,000,000 characters"),
        (b"x" * 4_000_001, "more than 1,000,000 characters"),
        (b"", "Paste the table, or choose its file."),
        (b"# Words\n\nNo table at all.", "No coverage table is in this text"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(
    alice_client: Client, now: Any, data: bytes, said: str
) -> None:
    more = {"title": "My title", "felt": "40"}
    answer = alice_client.post(PAGE, sent("", file=SimpleUploadedFile("check.md", data), **more))
    assert answer.status_code == 422
    assert said in body(answer)
    assert 'value="My title"' in body(answer)
    assert 'value="40"' in body(answer)


def test_a_file_is_not_lost_when_another_field_is_wrong(
    alice_client: Client, topics: dict[str, Topic]
) -> None:
    file = SimpleUploadedFile("check.md", TEXT.encode())
    answer = alice_client.post(PAGE, sent("", file=file, day=""))
    assert answer.status_code == 422
    assert "| 1 | T-test | [x] | | |" in body(answer)


def test_damaged_letters_are_mended(alice_client: Client, topics: dict[str, Topic]) -> None:
    make_topic("poissons-law", title="Poisson’s law – counts")
    text = "# Statistics\n\n| Topic | Status |\n|--|--|\n| Poisson’s law – counts | [know] |\n"
    page = body(alice_client.post(PAGE, sent(text.encode().decode("mac_roman"))))
    assert chosen(page, 5) == "Poisson’s law – counts"
    assert "1 line had damaged letters and was repaired" in page


def rows_of(count: int) -> str:
    head = "# Statistics\n\n| Topic | Know | Unsure | Dunno |\n|--|--|--|--|\n"
    return head + "".join(f"| Thing {number} | [x] | | |\n" for number in range(count))


def test_queries_do_not_grow_with_the_rows(
    alice: Any, alice_client: Client, topics: dict[str, Topic]
) -> None:
    def count(text: str, **more: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            answer = alice_client.post(PAGE, confirmed(text) | more)
        assert answer.status_code in (200, 303)
        return len(captured)

    alice_client.post(PAGE, sent())
    assert count(rows_of(2), step="read") == count(rows_of(25), step="read") <= 10
    few, many = (count(rows_of(n), id=str(uuid.uuid4())) for n in (2, 25))
    assert few == many <= 40


def test_the_largest_table_can_be_confirmed(
    alice: Any, alice_client: Client, topics: dict[str, Topic]
) -> None:
    text = rows_of(2_000)
    start = time.process_time()
    answer = alice_client.post(PAGE, sent(text))
    assert answer.status_code == 200
    names = re.findall(r'name="(other-\d+)"', answer.content.decode())
    fields = dict.fromkeys(names, "") | {f"row-{name[6:]}": "own" for name in names}
    assert len(names) == 2_000
    assert alice_client.post(PAGE, confirmed(text) | fields).status_code == 303
    assert time.process_time() - start < 30
    assert Rating.objects.count() == 2_000


@pytest.mark.parametrize("sign", ["中", "🙂"])
@pytest.mark.parametrize("step", ["read", "confirm"])
def test_as_many_characters_as_the_page_says(
    alice_client: Client, topics: dict[str, Topic], sign: str, step: str
) -> None:
    text = TEXT + sign * (1_000_000 - len(TEXT))
    typed = {f"other-{line}": "x" * 100 for line in range(2_000)}
    data = confirmed(text) | typed | {"step": step}
    assert alice_client.post(PAGE, data).status_code == (200 if step == "read" else 303)
    file = SimpleUploadedFile("check.md", text.encode())
    assert alice_client.post(PAGE, sent("", file=file)).status_code == 200


def test_the_ends_of_lines_count_once(alice_client: Client, topics: dict[str, Topic]) -> None:
    text = TEXT + "\n" * 10_000
    text = (text + "x" * (1_000_000 - len(text))).replace("\n", "\r\n")
    assert alice_client.post(PAGE, sent(text)).status_code == 200


@pytest.mark.parametrize("step", ["read", "confirm"])
def test_strange_names_are_answered_soon(
    alice_client: Client, topics: dict[str, Topic], step: str
) -> None:
    area = topics["t"].area
    Topic.objects.bulk_create(
        Topic(slug=f"some-topic-{n}", title=f"Some topic of statistics, number {n}", area=area)
        for n in range(800)
    )
    text, count = rows_of(2_000), 2_000
    data = confirmed(text) | {f"row-{n + 5}": "other" for n in range(count)} | {"step": step}
    data |= {f"other-{n + 5}": f"Sime topik of statisticks, numbr {n}" for n in range(count)}
    start = time.process_time()
    answer = alice_client.post(PAGE, data)
    assert time.process_time() - start < 9  # it takes two seconds; it took two minutes
    assert answer.status_code == (200 if step == "read" else 422)
    assert "Did you mean Some topic of statistics" in body(answer) or step == "read"
