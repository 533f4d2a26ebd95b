"""export_learner and import_learner do what the pages do."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.exchange.archive_compare import FOREIGN
from apps.library.models import Roadmap, Topic
from apps.plans.models import Plan
from tests.exchange.archives import counts, exported, fill, moved_out, newcomer, without_identity
from tests.plans.conftest import now, roadmap, topic

__all__ = ["now", "roadmap", "topic"]


@pytest.fixture
def full(now: Any, alice: Any, roadmap: Roadmap, topic: Topic) -> Any:
    fill(alice, roadmap, topic)
    return alice


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def failed(*arguments: str) -> str:
    """Return what a command says that ends with 2: one line."""
    with pytest.raises(CommandError) as why:
        run(*arguments)
    assert why.value.returncode == 2
    assert "\n" not in str(why.value)
    return str(why.value)


def test_out_and_in(full: Any, tmp_path: Path) -> None:
    file = tmp_path / "alice.json"
    run("export_learner", "--user", "ALICE@example.com", "--output", str(file))
    archive = json.loads(file.read_bytes())
    assert archive == exported(full)
    full.delete()
    bob = newcomer(monday=10)
    before = counts()
    looked = json.loads(run("import_learner", str(file), "--user", bob.email, "--look", "--json"))
    assert counts() == before
    said = json.loads(run("import_learner", str(file), "--user", bob.email, "--json"))
    assert said == looked
    assert (said["same"], said["kept"], said["warnings"]) == (0, 0, [])
    bob.refresh_from_db()
    assert bob.monday == 10
    words = run("import_learner", str(file), "--user", bob.email, "--settings-too")
    assert "Plans: 0 new, 2 here already" in words
    bob.refresh_from_db()
    assert without_identity(exported(bob)) == without_identity(archive)


def test_standard_output_and_input(full: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    held = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(held))
    run("export_learner", "--user", full.email)
    data = held.getvalue()
    assert json.loads(data) == exported(full)
    full.delete()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    newcomer()
    run("import_learner", "-", "--user", "new@example.com")
    assert Plan.objects.count() == 2


def test_what_goes_wrong_is_one_line(full: Any, charlie: Any, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    assert "no learner x@example.com" in failed("export_learner", "--user", "x@example.com")
    assert "no learner x@example.com" in failed(
        "import_learner", str(broken), "--user", "x@example.com"
    )
    assert "No such file" in failed("import_learner", "nowhere.json", "--user", full.email)
    assert "no JSON" in failed("import_learner", str(broken), "--user", full.email)
    assert "directory" in failed("export_learner", "--user", full.email, "--output", str(tmp_path))
    run("export_learner", "--user", full.email, "--output", str(broken))
    assert failed("import_learner", str(broken), "--user", charlie.email) == FOREIGN


def test_an_empty_export_says_so(alice: Any, charlie: Any, tmp_path: Path) -> None:
    file = tmp_path / "empty.json"
    run("export_learner", "--user", alice.email, "--output", str(file))
    assert (
        run("import_learner", str(file), "--user", charlie.email) == "The export holds nothing.\n"
    )
    assert moved_out(alice)["plans"] == []
