"""Prepared queries answer as the querysets they are written as."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, PositiveSmallIntegerField

from apps.accounts.models import Break, User
from apps.accounts.prepared import Param, Prepared, day
from tests.conftest import TODAY, make_learner

BREAKS = Prepared(
    lambda: Break.objects.filter(
        user=Param("user"), first_day__range=(day("first"), day("last")), label="Holiday"
    ).values_list("pk", "user_id", "first_day", "label")
)
BUSY = Prepared(
    lambda: (
        User.objects.filter(
            pk__in=Break.objects.filter(last_day__gte=day("today")).values("user"),
            monday__gte=Param("minutes", PositiveSmallIntegerField()),
        )
        .annotate(count=Count("breaks"))
        .order_by("email")
        .values_list("email", "joined_at", "keys_on", "count")
    )
)


@pytest.fixture
def breaks(alice: User, charlie: User) -> list[Break]:
    return [
        user.breaks.create(
            first_day=TODAY + dt.timedelta(days=days),
            last_day=TODAY + dt.timedelta(days=days + 1),
            label=label,
        )
        for user in (alice, charlie)
        for days, label in ((0, "Holiday"), (9, "Holiday"), (2, "Wedding"))
    ]


def test_rows_are_those_of_the_queryset(
    alice: User, breaks: list[Break], django_assert_num_queries: Any
) -> None:
    for days in (0, 5, 20):
        last = TODAY + dt.timedelta(days=days)
        with django_assert_num_queries(1):
            rows = BREAKS(user=alice.pk, first=TODAY, last=last)
        same = Break.objects.filter(
            user=alice, first_day__range=(TODAY, last), label="Holiday"
        ).values_list("pk", "user_id", "first_day", "label")
        assert rows == list(same)
        assert len(rows) == (2 if days == 20 else 1)


def test_each_run_has_its_own_values(alice: User, charlie: User, breaks: list[Break]) -> None:
    for user in (alice, charlie, alice):
        rows = BREAKS(user=user.pk, first=TODAY, last=TODAY)
        assert [row[1] for row in rows] == [user.pk]


def test_subqueries_counts_and_types(alice: User, breaks: list[Break]) -> None:
    make_learner("idle@example.com")
    rows = BUSY(today=TODAY, minutes=60)
    assert [(row[0], row[2], row[3]) for row in rows] == [
        ("alice@example.com", True, 3),
        ("charlie@example.com", True, 3),
    ]
    assert rows[0][1] == alice.joined_at
    assert BUSY(today=TODAY, minutes=61) == []


def test_what_is_given_is_a_value_and_never_sql(alice: User, breaks: list[Break]) -> None:
    with pytest.raises(KeyError):
        BREAKS(user=alice.pk, first=TODAY)
    hostile = Prepared(
        lambda: Break.objects.filter(
            label=Param("label", Break._meta.get_field("label"))  # type: ignore[arg-type] # the stubs know fewer fields
        ).values_list("pk")
    )
    assert hostile(label="' OR 1=1 --") == []
    assert len(hostile(label="Wedding")) == 2


def test_the_sql_is_made_once(db: None) -> None:
    made = []

    def make() -> Any:
        made.append(1)
        return Break.objects.filter(user=Param("user")).values_list("pk")

    query = Prepared(make)
    for _ in range(3):
        assert query(user=make_learner(f"{len(made)}-{_}@example.com").pk) == []
    assert len(made) == 1
    assert list(query.kept) == [connection.vendor]
