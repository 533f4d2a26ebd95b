"""What the next check would ask, before it is started."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from apps.accounts.models import User
from apps.checks.candidates import Weak, load_candidates, load_pool, titles_of
from apps.checks.pick import Picked, ask
from apps.checks.take import next_number, seed_of


@dataclass(frozen=True, slots=True)
class Preview:
    """The questions of a check that is not started: how many, of which topics, what is missing.

    `weak` are those of the reviews that were weak on the last day with answers, which is `before`
    in words. `due` of the topics to review are due and `early` are not, but were weak; `waiting` is
    how many are due in all.
    """

    size: int
    new: int
    reviews: int
    new_topics: list[str]
    weak: list[Weak]
    before: str
    due: int
    early: int
    waiting: int
    missing: list[str]


def load_preview(
    user: User, day: dt.date, topics: Sequence[uuid.UUID] | None, *, only: bool = False
) -> Preview:
    """Return what a check started now would ask, of these topics (`only`, or with reviews) or of
    today's. Six queries at most."""
    candidates = load_candidates(user, day, topics, only=only)
    seed = seed_of(user, day, next_number(user, day))
    chosen = candidates.choose(user.check_size, seed)
    picked = ask(chosen, load_pool(user, chosen.topics), seed)
    titles = titles_of([slot.topic for slot in chosen.new])
    asked = {item.topic for item in picked.items if item.is_weak}
    reviews = sum(item.is_review for item in picked.items)
    again = {item.topic for item in picked.items if item.is_review}
    due = again & {each.topic for each in candidates.due}
    early = len(again) - len(due)
    return Preview(
        size=user.check_size,
        new=len(picked.items) - reviews,
        reviews=reviews,
        new_topics=[titles[slot.topic] for slot in chosen.new],
        weak=[each for each in candidates.weak.topics if each.topic in asked],
        before=candidates.weak.word(day),
        due=len(due),
        early=early,
        waiting=len(candidates.due),
        missing=[] if only else missing_words(picked, is_today=topics is None, early=early),
    )


def missing_words(picked: Picked, *, is_today: bool, early: int = 0) -> list[str]:
    """Return one sentence for each side that is short, and one if the whole check is. `early` is how
    many of the reviews are not due."""
    words: list[str] = []
    asked = len(picked.items)
    if not asked:
        return words
    reviews = sum(item.is_review for item in picked.items)
    new = asked - reviews
    side = "today’s topics" if is_today else "the topics of the task"
    filled = picked.missing == 0
    if picked.missing_new:
        first = f"Only {_are(new)} on {side}" if new else f"There is nothing to ask on {side}"
        words.append(first + (f", so {_all(reviews, asked)} reviews." if filled else "."))
    if picked.missing_reviews:
        what = "due for review" if not early else "due or weak"
        first = f"Only {_are(reviews)} {what}" if reviews else "Nothing is due for review"
        words.append(first + (f", so {_all(new, asked)} on {side}." if filled else "."))
    if not filled:
        words.append(f"There is enough for {asked} of {asked + picked.missing} questions.")
    return words


def _are(count: int) -> str:
    return f"{count} {'is' if count == 1 else 'are'}"


def _all(count: int, asked: int) -> str:
    return f"all {_are(count)}" if count == asked > 1 else _are(count)
