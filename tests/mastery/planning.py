"""Topics to plan reviews of, told in days from TODAY."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from hypothesis import strategies as st

from apps.mastery.queue import Held, Queue

TODAY = dt.date(2026, 11, 18)
MUST, GOOD, SPECIAL = 3, 2, 1


def on(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


def held(
    number: int,
    due: int = 0,
    *,
    weight: int = MUST,
    last: int = -10,
    stability: float = 8.0,
    put_off: int | None = None,
    reviewed: int | None = None,
) -> Held:
    """A topic with that number; days are counted from today."""
    return Held(
        uuid.UUID(int=number),
        on(due),
        None if put_off is None else on(put_off),
        weight,
        on(last),
        stability,
        on(last if reviewed is None else reviewed),
    )


def many(count: int, **fields: Any) -> list[Held]:
    return [held(number, **fields) for number in range(count)]


def numbers(rows: Any) -> list[int]:
    return [row.topic.int for row in rows]


def planned(plan: Queue) -> list[int]:
    return [day.planned for day in plan.forecast]


cards_of = st.lists(
    st.builds(
        lambda due, weight, last, stability, put_off, seen: held(
            0,
            due,
            weight=weight,
            last=last,
            stability=stability,
            put_off=put_off,
            reviewed=min(last - seen, 0),
        ),
        st.integers(-60, 60),
        st.sampled_from([MUST, GOOD, SPECIAL]),
        st.integers(-60, 0),
        st.sampled_from([0.2, 1.3, 8.3, 40.0]),
        st.one_of(st.none(), st.integers(-3, 3)),
        st.integers(0, 5),
    ),
    max_size=40,
).map(lambda cards: [card._replace(topic=uuid.UUID(int=n)) for n, card in enumerate(cards)])
spans = st.lists(
    st.tuples(st.integers(-9, 25), st.integers(0, 9)).map(
        lambda span: (on(span[0]), on(span[0] + span[1]))
    ),
    max_size=3,
)
days_off = st.one_of(st.none(), st.integers(-5, 40).map(on))
