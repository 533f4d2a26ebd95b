"""What the calibration page reads: what was felt before each assessment, and what it measured."""

from __future__ import annotations

from itertools import groupby

from apps.accounts.models import User
from apps.assessments.models import AreaResult, Assessment
from apps.assessments.result import Line, result
from apps.dashboard.charts.calibration import Calibration, Sitting


def calibration_of(user: User) -> Calibration:
    """Return the learner's finished assessments for which it was asked how they felt, oldest
    first. What was felt over everything asked counts where no area was felt. One query."""
    rows = (
        AreaResult.objects.filter(
            assessment__user=user,
            assessment__finished_at__isnull=False,
            assessment__deleted_at=None,
            felt__isnull=False,
        )
        .select_related("assessment", "area")
        .order_by("assessment__day", "assessment__at", "assessment", "position")
    )
    return Calibration(
        sitting
        for assessment, of_one in groupby(rows, key=lambda row: row.assessment)
        for sitting in _sittings(assessment, list(of_one))
    )


def _sittings(assessment: Assessment, rows: list[AreaResult]) -> list[Sitting]:
    said = result(rows)
    areas = [line for line in said.lines if line.measured is not None]
    lines = areas or [line for line in said.with_felt if line.measured is not None]
    return [_sitting(assessment, line) for line in lines]


def _sitting(assessment: Assessment, line: Line) -> Sitting:
    assert line.felt is not None
    assert line.measured is not None
    return Sitting(
        area=line.title,
        assessment=str(assessment.pk),
        title=assessment.title,
        kind=assessment.get_kind_display(),
        day=assessment.day,
        felt=line.felt,
        measured=line.measured,
        n=line.n,
    )


def calibration_line(user: User) -> str:
    """Return how well the learner judges themselves, in one line with its n; empty without an
    assessment that asked how it felt before. One query."""
    found = calibration_of(user)
    return f"{found.line} {found.note}".strip()


def finished_assessments(user: User) -> int:
    """Return how many finished assessments there are, felt or not. One query."""
    return Assessment.objects.filter(user=user, finished_at__isnull=False, deleted_at=None).count()
