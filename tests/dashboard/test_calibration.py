"""Felt against measured: the sentence, the drawing, the page."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.assessments.models import Assessment
from apps.assessments.record import AreaTotals, record_assessment
from apps.dashboard.calibration import calibration_line, calibration_of
from apps.dashboard.charts.calibration import MOST_DRAWN, Calibration, Chart, Sitting
from apps.mastery.rounding import half_up
from tests.mastery.factories import make_area

DAY = dt.date(2026, 11, 3)
ADDRESS = "/readiness/calibration/"


def sat(area: str, felt: int, measured: str | int, after: int = 0) -> Sitting:
    day = DAY + dt.timedelta(days=after)
    value = measured if isinstance(measured, int) else Decimal(measured)
    return Sitting(area, f"id-{area}-{after}", "Sitting", "Coverage check", day, felt, value, 40)


@pytest.mark.parametrize(
    ("sittings", "line", "note"),
    [
        ([], "", ""),
        (
            [sat("Statistics", 65, "18.6")],
            "In Statistics, you rate yourself 46 points too high (n = 1).",
            "Two more areas, and this becomes a pattern.",
        ),
        (
            [sat("A", 50, 49), sat("B", 50, 51)],
            "You judge yourself well: 1 point off, over 2 areas (n = 2).",
            "One more area, and this becomes a pattern.",
        ),
        # exactly 5 points off is well, 5.5 is not: words are read from the rounded figure
        ([sat(a, 55, 50) for a in "ABC"], "You judge yourself well: 5 points off, over 3 areas (n = 3).", ""),
        ([sat(a, 55, "49.5") for a in "ABC"], "You rate yourself 6 points too high, over 3 areas (n = 3).", ""),
        ([sat(a, 50, "55.4") for a in "ABC"], "You judge yourself well: 5 points off, over 3 areas (n = 3).", ""),
        ([sat(a, 40, 60) for a in "ABC"], "You rate yourself 20 points too low, over 3 areas (n = 3).", ""),
        # what would cancel out is not called well
        (
            [sat("A", 80, 50), sat("B", 20, 50), sat("C", 50, 50)],
            "You are 20 points off, sometimes high, sometimes low, over 3 areas (n = 3).",
            "You rate yourself too high in 1 of them, too low in 1.",
        ),
        (
            [sat("A", 65, 20), sat("B", 30, 90)],
            "You are 53 points off, sometimes high, sometimes low, over 2 areas (n = 2).",
            "One more area, and this becomes a pattern.",
        ),
        # the mean is of the exact gaps: (46.4 + 0 + 0) / 3 = 15.5
        (
            [sat("A", 65, "18.6"), sat("B", 20, 20), sat("C", 20, 20)],
            "You rate yourself 15 points too high, over 3 areas (n = 3).",
            "",
        ),
        # over time: each area's first sitting against its latest
        (
            [*(sat(a, 70, 50) for a in "ABCDE"), *(sat(a, 62, 50, 9) for a in "ABCDE")],
            "You rate yourself 12 points too high, over 5 areas (n = 5); the gap was 20 at first.",
            "",
        ),
        (
            [*(sat(a, 70, 50) for a in "ABC"), *(sat(a, 30, 50, 9) for a in "ABC")],
            "You rate yourself 20 points too low, over 3 areas (n = 3); at first it was 20 points too high.",
            "",
        ),
        (
            [*(sat(a, 70, 50) for a in "ABC"), *(sat(a, 52, 50, 9) for a in "ABC")],
            "You judge yourself well: 2 points off, over 3 areas (n = 3); at first you were 20 points off.",
            "",
        ),
    ],
)  # fmt: skip
def test_one_line_of_words(sittings: list[Sitting], line: str, note: str) -> None:
    found = Calibration(sittings)
    assert (found.line, found.note) == (line, note)


def test_the_furthest_off_comes_first_by_its_latest_sitting() -> None:
    found = Calibration([sat("A", 90, 10), sat("B", 60, 40), sat("A", 50, 49, 1)])
    assert [area for area, _ in found.areas] == ["B", "A"]
    assert [each.gap for each in found.latest] == [20, 1]
    assert (found.felt, found.measured) == (55, 45)  # 44.5 goes up
    assert [each.words for each in found.latest] == ["20 points better", "1 point better"]
    assert sat("A", 50, 50).words == "as measured"
    assert [sat("A", felt, 50).gap_text for felt in (60, 50, 38)] == ["+10", "0", "−12"]


def test_the_drawing_keeps_the_latest_sittings_of_an_area() -> None:
    found = Calibration([sat("A", 60, 50, day) for day in range(MOST_DRAWN + 2)] + [sat("B", 0, 0)])
    chart = Chart(found)
    assert [len(group.pairs) for group in chart.groups] == [MOST_DRAWN, 1]
    assert chart.groups[0].pairs[-1].day == "8 Nov 2026"
    assert chart.left_out
    assert not Chart(Calibration([sat("A", 1, 1)])).left_out
    assert "A: 5 Nov 2026: felt 60 %, measured 50 %;" in chart.summary
    assert chart.summary.startswith(found.line)


SITTINGS = st.lists(
    st.builds(
        sat,
        st.sampled_from(["A", "B", "C", "D"]),
        st.integers(0, 100),
        st.decimals(0, 100, places=1).map(str),
        st.integers(0, 900),
    ),
    min_size=1,
    max_size=30,
)


@given(SITTINGS)
def test_every_pair_lies_inside_and_none_on_another(sittings: list[Sitting]) -> None:
    found = Calibration(sittings)
    chart = Chart(found)
    pairs = [pair for group in chart.groups for pair in group.pairs]
    assert all(chart.left <= x <= chart.right for pair in pairs for x in (pair.felt, pair.measured))
    heights = [pair.y for pair in pairs]
    assert all(below - above >= 20 for above, below in pairwise(heights))
    assert heights[-1] < chart.height
    assert sum(len(sittings) for _, sittings in found.areas) == len(found.sittings)


@given(SITTINGS)
def test_no_words_without_n_and_the_figure_is_the_exact_mean(sittings: list[Sitting]) -> None:
    found = Calibration(sittings)
    n = len({each.area for each in sittings})
    assert f"(n = {n})" in found.line
    latest = {each.area: each.felt - Fraction(each.measured) for each in sittings}
    mean = half_up(sum(latest.values(), Fraction()) / n)
    gaps = [half_up(each) for each in latest.values()]
    both_ways = max(gaps) > 5 and min(gaps) < -5
    off = half_up(sum(map(abs, latest.values()), Fraction()) / n)
    shown = off if off <= 5 or abs(mean) <= 5 or both_ways else abs(mean)
    assert f" {shown} point" in found.line.partition(";")[0]


def take(user: User, *results: AreaTotals, kind: Any = "coverage", **fields: Any) -> Assessment:
    given = {"title": "Sitting", "day": DAY, "at": timezone.now(), "results": results} | fields
    return record_assessment(user, kind=Assessment.Kind(kind), **given)


def text(client: Client) -> str:
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_felt_beside_the_measure_of_the_same_row(alice: User) -> None:
    area = make_area()
    counted = AreaTotals(area.pk, high=8, middle=25, low=8, total=43, felt=65)
    take(alice, counted)
    take(alice, counted, kind="questions", day=DAY + dt.timedelta(days=9))
    take(alice, counted._replace(score=Decimal(70)), day=DAY + dt.timedelta(days=10))
    found = calibration_of(alice).sittings
    # known of all 43; strong plus half of rusty of the 41 marked; the score as it was told
    assert [(str(each.measured), each.n) for each in found] == [("18.6", 43), ("50.0", 41), ("70.0", 43)]  # fmt: skip
    assert [each.gap for each in found] == [46, 15, -5]
    line = calibration_line(alice)
    assert line.startswith("In Statistics, you judge yourself well: 5 points off (n = 1)")
    assert "at first you were 46 points off" in line


def test_what_was_felt_over_everything_counts_where_no_area_was_felt(alice: User) -> None:
    area = make_area()
    overall = AreaTotals(high=5, middle=0, low=5, felt=70)
    take(alice, overall)
    take(alice, overall, AreaTotals(area.pk, high=5, middle=0, low=5, felt=60))
    assert [(each.area, each.felt) for each in calibration_of(alice).sittings] == [
        ("Overall", 70),
        ("Statistics", 60),
    ]


def test_only_finished_and_measured_assessments_of_ones_own(alice: User, charlie: User) -> None:
    totals = AreaTotals(make_area().pk, high=5, middle=0, low=5, felt=60)
    take(charlie, totals)
    take(alice, totals._replace(felt=None))
    take(alice, AreaTotals(make_area().pk, felt=60))  # nothing was measured
    opened, deleted = take(alice, totals), take(alice, totals)
    Assessment.objects.filter(pk=opened.pk).update(finished_at=None)
    Assessment.objects.filter(pk=deleted.pk).update(deleted_at=timezone.now())
    assert not calibration_of(alice).sittings
    assert calibration_line(alice) == ""


def test_the_page_says_it_and_leads_to_every_assessment(alice_client: Client, alice: User) -> None:
    first = take(alice, AreaTotals(make_area().pk, high=8, middle=25, low=8, total=43, felt=65))
    told = take(
        alice, AreaTotals(make_area("nlp").pk, score=Decimal(85), felt=80), kind="questions"
    )
    page = text(alice_client)
    assert "You rate yourself 21 points too high, over 2 areas (n = 2)." in page
    assert "One more area, and this becomes a pattern." in page
    for sitting in (first, told):
        assert f'href="/assessments/{sitting.pk}/"' in page
    assert "18.6 % <small>n = 43</small>" in page
    assert "85.0 % <small>n not reported</small>" in page
    assert page.count('tabindex="0"') == 2  # the drawing, and the table that scrolls
    assert 'role="img"' in page
    assert "style=" not in page


@pytest.mark.parametrize(
    ("finished", "words"), [(0, "Nothing to compare yet"), (1, "You finished 1 assessment without")]
)
def test_without_a_felt_assessment_the_page_says_what_to_do(
    alice_client: Client, alice: User, finished: int, words: str
) -> None:
    for _ in range(finished):
        take(alice, AreaTotals(high=5, middle=0, low=5))
    page = text(alice_client)
    assert words in page
    assert 'href="/assessments/coverage/"' in page
    assert '<svg class="chart' not in page


def test_strangers_and_methods(alice_client: Client, charlie_client: Client, alice: User) -> None:
    take(alice, AreaTotals(make_area().pk, high=5, middle=0, low=5, felt=60))
    assert "Statistics" in text(alice_client)
    assert "Nothing to compare yet" in text(charlie_client)
    assert alice_client.post(ADDRESS).status_code == 405
    assert "/accounts/login/" in Client().get(ADDRESS)["Location"]


def test_queries_do_not_grow(alice_client: Client, alice: User) -> None:
    counts = []
    for size in (1, 12):
        for number in range(size):
            results = [
                AreaTotals(make_area(f"area-{n}").pk, high=n, middle=2, low=9, felt=50)
                for n in range(size)
            ]
            take(alice, *results, day=DAY + dt.timedelta(days=number))
        with CaptureQueriesContext(connection) as queries:
            alice_client.get(ADDRESS)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 4


def test_readiness_leads_there(alice_client: Client) -> None:
    assert f'href="{ADDRESS}"' in alice_client.get("/readiness/").content.decode()
