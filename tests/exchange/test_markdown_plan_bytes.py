"""The bytes of a file as text: encodings, damage, limits; and how long reading takes."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from apps.exchange.markdown_plan import MOST_BYTES, UnreadableFile, decode_plan, read_plan

TEXT = "# Plan – für später\n\n- [x] Größe λ ✅\n- [ ] naïve “Bayes”\n"
WESTERN = "# Plan – für später\n\n- [x] Größe\n- [ ] naïve “Bayes”\n"


def test_plain_text_is_kept() -> None:
    assert decode_plan(TEXT.encode()) == (TEXT, "")
    assert decode_plan(TEXT.replace("\n", "\r\n").encode())[0] == TEXT.replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (TEXT.encode("utf-8-sig"), "A byte order mark at its start was left out."),
        (TEXT.encode("utf-16"), "The file was written in UTF-16 and is kept in UTF-8."),
        (TEXT.encode("utf-16-le"), "The file was written in UTF-16 and is kept in UTF-8."),
        (TEXT.encode("utf-16-be"), "The file was written in UTF-16 and is kept in UTF-8."),
    ],
)
def test_other_forms_of_unicode(data: bytes, words: str) -> None:
    assert decode_plan(data) == (TEXT, words)


@pytest.mark.parametrize(
    ("encoding", "text", "name"),
    [
        ("cp1252", WESTERN, "Windows (Western Europe)"),
        ("mac_roman", WESTERN, "Mac Roman"),
        ("cp1251", "- [x] прочитать главу\n- [ ] написать код\n", "Windows (Cyrillic)"),
    ],
)
def test_older_encodings(encoding: str, text: str, name: str) -> None:
    assert decode_plan(text.encode(encoding)) == (
        text,
        f"The file was written in {name} and is kept in UTF-8.",
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("wrong", ["mac_roman", "cp1252"])
def test_lines_read_in_a_wrong_encoding_are_mended(wrong: str, end: str) -> None:
    right = end.join(["# Plan", "- [X] Read it – done", "- [ ] μ and σ", "plain", ""])
    damaged = end.join(
        line.encode().decode(wrong) if "–" in line else line for line in right.split(end)
    )
    assert damaged != right
    text, words = decode_plan(damaged.encode())
    assert text == right
    assert words == "1 line was read in a wrong encoding before and put right."


@pytest.mark.parametrize(
    "data",
    [b"\x89PNG\r\n\x1a\n\x00\x00\x00", b"PK\x03\x04\x00\x01", b"a\x00b", bytes(range(32)) * 9],
)
def test_what_is_no_text(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match="no text file"):
        decode_plan(data)


def test_too_large() -> None:
    with pytest.raises(UnreadableFile, match=r"has 5\.0 MB, and a plan can have at most 2 MB"):
        decode_plan(b"a" * 5_000_000)
    assert decode_plan(b"a" * MOST_BYTES)[0]


HOSTILE: dict[str, Callable[[int], str]] = {
    "brackets": lambda n: "- [ ] " + "[" * n,
    "many brackets": lambda n: "[" * n,
    "links": lambda n: "- [ ] " + "[a](" * (n // 4),
    "bullets": lambda n: "- " * (n // 2) + "x",
    "numbers": lambda n: "1. " * (n // 3) + "[ ] x",
    "quotes": lambda n: ">" * n + "- [ ] x",
    "stars": lambda n: "- [ ] " + "*a" * (n // 2),
    "bold": lambda n: "**" * (n // 2),
    "bold lines": lambda n: "**a" * (n // 3),
    "ticks": lambda n: "- [ ] " + "`a" * (n // 2),
    "comments": lambda n: "- [ ] " + "<!--" * (n // 4),
    "tags": lambda n: "- [ ] " + "<a" * (n // 2),
    "dates": lambda n: "- [x] " + "1 Nov " * (n // 6),
    "digits": lambda n: "- [x] " + "1" * n,
    "minutes": lambda n: "- [x] " + "1 min " * (n // 6),
    "rounds": lambda n: "- [x] " + "(" * n,
    "spaces": lambda n: "- [ ] a" + " " * n + "b",
    "spaces first": lambda n: " " * n + "- [ ] a",
    "dashes": lambda n: "-" * n + "x",
    "rules": lambda n: "- " * (n // 2),
    "fences": lambda n: "```\n" * (n // 4),
    "headings": lambda n: "# a\n" * (n // 4),
    "weeks": lambda n: "## Week 3\n" * (n // 10),
    "scores": lambda n: "Score: " * (n // 7) + "%",
    "tables": lambda n: "|-|\n" * (n // 4),
    "boxes": lambda n: "- [ ] a\n" * (n // 8),
    "notes": lambda n: "- [ ] a\n" + "  - b\n" * (n // 6),
    "blank lines": lambda n: "- [ ] a\n" + "\n" * n + "  b",
    "pictures": lambda n: "✅ " * (n // 2),
}


def seconds(text: str) -> float:
    """Return the least processor time of two readings."""
    times = []
    for _ in range(2):
        start = time.process_time()
        read_plan(text)
        times.append(time.process_time() - start)
    return min(times)


@pytest.mark.parametrize("name", HOSTILE)
def test_reading_takes_as_long_as_the_text_is(name: str) -> None:
    make = HOSTILE[name]
    short, long = seconds(make(20_000)), seconds(make(160_000))
    assert long < 30 * short + 0.25, (short, long)


def test_a_large_plan_is_read_soon() -> None:
    note = "  - " + "some words of a note with a [link](https://example.org/a) in it " * 4 + "\n"
    week = "## Week {}\n" + "### Day 1 (2 hours)\n- [x] Read a chapter of it (30 min)\n" * 1
    text = "".join(f"{week.format(n)}{note}" for n in range(1, 701))
    assert len(text) > 200_000
    assert seconds(text) < 2
    assert len(read_plan(text).boxes) == 700
