"""import_plan and export_plan: the same as the pages, on the command line."""

from __future__ import annotations

import io
import json
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.checks.models import Check
from apps.plans.models import Plan, Task
from tests.conftest import TODAY
from tests.exchange.plan_texts import TEXT, made
from tests.mastery.factories import make_topic
from tests.plans.conftest import now

__all__ = ["now"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "plan.md"
    path.write_bytes(TEXT.encode())
    return path


def run(*arguments: Any, **options: Any) -> str:
    """Run import_plan, and return what it prints."""
    out = io.StringIO()
    call_command("import_plan", *map(str, arguments), stdout=out, **options)
    return out.getvalue()


def test_json_names_the_plan_and_its_counts(alice: Any, now: Any, file: Path) -> None:
    said = json.loads(run(file, "--user", "Alice@example.com", "--json"))
    plan = Plan.objects.get()
    assert said == {
        "plan": str(plan.pk),
        "weeks": 2,
        "days": 3,
        "tasks": 8,
        "done": 3,
        "warnings": [],
    }
    assert (plan.owner, plan.title, plan.starts_on) == (alice, "My interview plan", TODAY)
    assert not Check.objects.exists()


def test_warnings_name_their_lines(alice: Any, now: Any, tmp_path: Path) -> None:
    path = tmp_path / "odd.md"
    path.write_text("# P\n\n## Week 1\n\n- [] no box\n- [ ] a box\n", encoding="utf-8")
    said = json.loads(run(path, "--user", alice.email, "--json"))
    assert said["warnings"] == ["line 5: a box needs a space: write “- [ ]”"]
    assert "line 5: a box needs a space" in run(path, "--user", alice.email)


def test_the_summary_reads_well(alice: Any, now: Any, tmp_path: Path) -> None:
    path = tmp_path / "damaged.md"
    path.write_bytes(TEXT.encode().decode("mac_roman").encode())
    said = run(path, "--user", alice.email, "--scores")
    assert "“My interview plan” is the active plan" in said
    assert "Weeks: 2, days: 3, tasks: 8, done: 3." in said
    assert "wrong encoding" in said
    assert "Results added to the check log: 1." in said
    assert Task.objects.filter(title__contains="γ").count() == 0
    assert str(Check.objects.get().said_total) == "86.5"


def test_start_title_and_topics(alice: Any, now: Any, file: Path) -> None:
    topic = make_topic("attention", title="Attention")
    run(file, "--user", alice.email, "--start", "2026-12-01", "--title", "  My  own ")
    plan = Plan.objects.get()
    assert (str(plan.starts_on), plan.title) == ("2026-12-01", "My own")
    assert topic.plan_tasks.get().title == "Review attention"


def test_a_dash_reads_standard_input(alice: Any, now: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(TEXT.encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert json.loads(run("-", "--user", alice.email, "--json"))["tasks"] == 8


@pytest.mark.parametrize(
    ("data", "more", "said"),
    [
        (None, [], "cannot be read"),
        (b"# Only words\n", [], "There is no box in this text"),
        (b"\x89PNG\x00\x00", [], "no text file"),
        (b"- [ ] a\n" * 300_000, [], "2.4 MB"),
        (b"- [ ] a\n", ["--start", "31 Feb"], "no date such as"),
        (b"- [ ] a\n", ["--start", "9999-12-31"], "not between 2000 and 2100"),
        (b"- [ ] a\n", ["--user", "nobody@example.com"], "No learner has the address"),
    ],
)
def test_errors_are_one_line_with_exit_2(
    alice: Any,
    now: Any,
    tmp_path: Path,
    data: bytes | None,
    more: list[str],
    said: str,
) -> None:
    path = tmp_path / "plan.md"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(CommandError, match=said) as caught:
        run(path, "--user", alice.email, *more)
    assert "\n" not in str(caught.value)
    if not more or more[0] == "--user":
        assert caught.value.returncode == 2
    assert not Plan.objects.exists()


def test_without_hours_it_says_so(alice: Any, now: Any, file: Path) -> None:
    alice.weekday_minutes = (0,) * 7
    alice.save()
    with pytest.raises(CommandError, match="no weekday with enough minutes"):
        run(file, "--user", alice.email)
    assert not Plan.objects.exists()


def test_export_prints_the_bytes_as_they_are(
    alice: Any, now: Any, capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    text = TEXT.replace("\n", "\r\n")
    plan = made(alice, text)
    call_command("export_plan", str(plan.pk))
    assert capfdbinary.readouterr().out == text.encode()
    call_command("export_plan", str(plan.pk), output=str(tmp_path / "out.md"))
    assert (tmp_path / "out.md").read_bytes() == text.encode()
    out = io.StringIO()
    call_command("export_plan", str(plan.pk), stdout=out)
    assert out.getvalue() == text


def test_export_of_no_plan_is_one_line_with_exit_2(alice: Any, now: Any, tmp_path: Path) -> None:
    plan = made(alice)
    for said in ("nonsense", str(uuid.uuid4())):
        with pytest.raises(CommandError, match=said) as caught:
            call_command("export_plan", said)
        assert caught.value.returncode == 2
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_plan", str(plan.pk), output=str(tmp_path / "no" / "out.md"))
