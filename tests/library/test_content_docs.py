"""The examples of docs/content.md are a folder without faults."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from apps.library.load import load_content
from apps.library.models import Alias, Question, Topic
from apps.library.source import read_content, schema
from apps.library.source.files import FOLDERS
from tests.library.conftest import Folder

PAGE = Path(__file__).parents[2] / "docs/content.md"
# A line with a file's name, then its text in a fence.
EXAMPLE = re.compile(r"^`([a-z_/]+\.(?:md|yaml))`\n\n(`{3,})[a-z]+\n(.*?)^\2$", re.M | re.S)


@pytest.fixture
def examples(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "content")
    for name, _, text in EXAMPLE.findall(PAGE.read_text(encoding="utf-8")):
        made.write(name, text)
    return made


def test_there_is_one_of_every_kind_and_none_has_a_fault(examples: Folder) -> None:
    names = {path.name for path in examples.root.iterdir()}
    assert names == {"areas.yaml", "topics", *FOLDERS}
    content = read_content(examples.root)
    assert [str(fault) for fault in content.faults] == []
    kinds = {getattr(asked.data, "kind", "") for asked in content.questions}
    assert kinds == {"", "conceptual", "design", "behavioural"}


@pytest.mark.django_db
def test_they_can_be_loaded(examples: Folder) -> None:
    load_content(examples.root)
    topic = Topic.objects.get()
    assert 'href="/library/references/averages/#h-which-one"' in topic.body_html
    assert Alias.objects.get().slug == "average"
    assert Question.objects.count() == 4


def test_the_page_names_what_there_is() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for words in (
        *schema.LEVELS,
        *schema.ANSWERED,
        *("must", "good-to-know", "specialisation"),
        *("micro", "small", "medium", "large"),
        *("concepts", "tables", "code", "tools", "interview", "reading"),
    ):
        assert f"`{words}`" in text
