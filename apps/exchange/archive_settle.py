"""Where something new would take a place that is taken here: a slug, a day's log, the active plan.

What can stand beside it is changed as little as that takes; what cannot is left out. Both are said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from apps.exchange.archive_collect import Row
from apps.exchange.archive_compare import Found, Here
from apps.exchange.archive_kinds import CONTENT_OF, KIND, KIND_OF, KINDS

MOST_SLUG = 95


def settle(found: Found, here: Here, titles: dict[str, str], made_at: dt.datetime) -> None:
    """Make what is new fit beside what is here. `titles` are those of topics, by their names.
    Does not query."""
    _one_active_plan(found, here)
    for name in ("own_topics", "own_questions", "pages"):
        _free_slugs(found, here, name)
    _checks(found, here, made_at)
    _put_off(found)
    said: tuple[tuple[str, Callable[[Row], Any], Callable[[Row, Row], bool], str], ...] = (
        ("stars", _topic, lambda _one, _other: True, ""),
        ("notes", _topic, _same_text("text"), "Your note on “{}” here is kept."),
        ("day_logs", _day, _same_text("learned", "result"), "Your log of {} here is kept."),
        ("proposals", _proposed, lambda _one, _other: True, ""),
        ("timers", lambda _row: True, lambda _one, _other: False, "Your running timer is kept."),
    )
    for name, place, is_same, words in said:
        _leave_out(found, here, name, place, is_same, words, titles)
    _loosen(found, here)


def _one_active_plan(found: Found, here: Here) -> None:
    active = any(_is_active(row) for row in here.rows["plans"])
    for row in found.new["plans"]:
        if _is_active(row) and active:
            row["state"] = "paused"
            found.warn(f"The plan “{row['title']}” comes in paused, since another one is active.")


def _is_active(row: Row) -> bool:
    return row["state"] == "active" and row["deleted_at"] is None


def _free_slugs(found: Found, here: Here, name: str) -> None:
    used = {row["slug"] for row in here.rows[name]}
    for row in found.new[name]:
        slug, number = row["slug"], 2
        while row["slug"] in used:
            row["slug"] = f"{slug[:MOST_SLUG]}-{number}"
            number += 1
        used.add(row["slug"])


def _checks(found: Found, here: Here, made_at: dt.datetime) -> None:
    """One taken check may be open, those of a day are numbered, and a day has one of reviews."""
    there = here.rows["checks"]
    numbers = {(row["day"], row["number"]) for row in there if row["kind"] == "taken"}
    reviews = {row["day"] for row in there if row["kind"] == "reviews" and _is_live(row)}
    is_open = any(_is_open(row) for row in there)
    free: dict[dt.date, int] = {}
    for row in found.new["checks"]:
        if row["kind"] == "reviews" and _is_live(row) and row["day"] in reviews:
            row["kind"] = "logged"
            found.warn(
                f"The reviews of {row['day']} come in as a check of that day, since there are "
                "reviews of that day here."
            )
        if row["kind"] != "taken":
            continue
        day = row["day"]
        if (day, row["number"]) in numbers:
            row["number"] = free.get(day, 1)
            while (day, row["number"]) in numbers:
                row["number"] += 1
            free[day] = row["number"] + 1
        numbers.add((day, row["number"]))
        if _is_open(row) and is_open:
            row["finished_at"] = made_at
            found.warn(f"The open check of {row['day']} comes in finished: another one is open.")


def _put_off(found: Found) -> None:
    """A review is put off with the scores it comes of. Without new ones it may have been taken up
    here since."""
    scored = {row["topic"] for row in found.new["evidence"]}
    staying = [row for row in found.new["put_off"] if row["topic"] in scored]
    left = len(found.new["put_off"]) - len(staying)
    found.new["put_off"] = staying
    if left:
        found.kept["put_off"] += left
        them = "One review is" if left == 1 else f"{left} reviews are"
        found.warn(f"{them} put off in the file and not here. That stays as it is here.")


def _is_live(row: Row) -> bool:
    return row["deleted_at"] is None


def _is_open(row: Row) -> bool:
    return row["kind"] == "taken" and row["finished_at"] is None and _is_live(row)


def _topic(row: Row) -> Any:
    return row["topic"]


def _day(row: Row) -> Any:
    return row["day"]


def _proposed(row: Row) -> Any:
    return (row["topic"], row["kind"]) if row["state"] == "open" else None


def _same_text(*names: str) -> Callable[[Row, Row], bool]:
    return lambda one, other: all(one[name] == other[name] for name in names)


def _leave_out(
    found: Found,
    here: Here,
    name: str,
    place: Callable[[Row], Any],
    is_same: Callable[[Row, Row], bool],
    words: str,
    titles: dict[str, str],
) -> None:
    """Leave out what is new in a place that is taken, and say so where that loses something."""
    taken = {place(row): row for row in here.rows[name]}
    staying = []
    for row in found.new[name]:
        at = place(row)
        other = taken.get(at) if at is not None else None
        if other is None:
            taken[at] = row
            staying.append(row)
        elif is_same(row, other):
            found.same[name] += 1
        else:
            found.kept[name] += 1
            found.warn(f"{words.format(titles.get(str(at), at))} That of the file is left out.")
    found.new[name] = staying


def _loosen(found: Found, here: Here) -> None:
    """Let go of what does not come in, where a row can be without it."""
    there = {
        kind.name: {row["id"] for row in (*here.rows[kind.name], *found.new[kind.name])}
        for kind in KINDS
        if "id" in kind.key
    }
    for name, rows in found.new.items():
        for column, model in KIND[name].refs.items():
            if model not in KIND_OF or model in CONTENT_OF:
                continue
            for row in rows:
                if row[column] not in there[KIND_OF[model].name]:
                    row[column] = None
