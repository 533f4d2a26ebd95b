"""What cannot be read is not taken for gone; what learners wrote goes along with what it is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from apps.accounts.models import User
from apps.library.load import FaultyContentError, load_content
from apps.library.models import Question, SearchEntry, Topic
from apps.library.render import render_page
from apps.library.source import read_content
from apps.library.writing.notes import save_note
from apps.library.writing.questions import add_question
from tests.library.conftest import Folder
from tests.library.test_load import run
from tests.library.test_renames import rename

pytestmark = pytest.mark.django_db
MEAN = "topics/statistics/mean.md"
AS = ("--as", "theirs")


@pytest.mark.parametrize("collection", ["studyplan", "theirs"])
@pytest.mark.parametrize("name", ["areas.yaml", "questions/a.yaml"])
def test_a_folder_of_empty_lists_retires_nothing(
    full: Folder, tmp_path: Path, name: str, collection: str
) -> None:
    load_content(full.root, collection)
    empty = Folder(tmp_path / "empty")
    empty.write(name, "[]\n")
    with pytest.raises(FaultyContentError):
        load_content(empty.root, collection)
    assert run("load_content", str(empty.root), *AS)[0] == 1
    assert not Topic.objects.exclude(retired_at=None).exists()


def test_nothing_of_a_faulty_folder_is_taken_for_gone(full: Folder) -> None:
    run("load_content", str(full.root), *AS)
    (full.root / "questions/statistics.yaml").rename(full.root / "questions/Statistics.yaml")
    rename(full)
    full.replace("topics/statistics/average.md", "category: must", "category: vital")
    code, _, faults = run("load_content", str(full.root), *AS)
    assert code == 0
    assert "Statistics.yaml:1:1: file name against the rule" in faults
    assert Question.objects.get(slug="mean-outlier").retired_at is None
    assert Topic.objects.get(slug="mean").retired_at is None


def test_a_control_character_is_a_fault(full: Folder) -> None:
    full.replace("questions/statistics.yaml", '"What does one outlier', '"What\\0 does one outlier')
    (fault,) = read_content(full.root).faults
    assert fault.message == "a control character is not allowed in a text"


def test_own_entries_follow_a_title_and_a_slug(full: Folder, alice: User) -> None:
    load_content(full.root)
    topic = Topic.objects.select_related("area").get(slug="mean")
    save_note(alice, topic, "my words", 0)
    add_question(alice, Question(topic=topic, text="Mine?", kind="applied", level="mid"))
    full.replace(MEAN, 'title: "Mean"', 'title: "Arithmetic average"')
    rename(full)
    load_content(full.root)
    note, question = SearchEntry.objects.filter(owner=alice).order_by("kind")
    assert (note.title, note.address) == (
        "Arithmetic average",
        "/library/topics/average/#note",
    )
    assert note.title_plain == " arithmetic average"
    assert (question.title, question.place) == ("Mine?", "Arithmetic average")


def test_a_page_of_equal_headings_has_an_id_for_each() -> None:
    page = render_page("## Core\n\n" * 2_000)
    names = [heading["id"] for heading in page.contents]
    assert names[:3] == ["h-core", "h-core-2", "h-core-3"]
    assert len(set(names)) == 2_000
    assert render_page("## a\n\n## a-2\n\n## a\n").html.count(' id="h-a') == 3
