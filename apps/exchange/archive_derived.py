"""What follows from the records that came in: texts as pages, and what the search finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from apps.accounts.models import User
from apps.checks.log import entry_of_check
from apps.exchange.archive_collect import Row, chunks
from apps.library.models import SearchEntry, Topic
from apps.library.own import new_entry
from apps.library.render import Page, render_page
from apps.library.writing.base import rendered
from apps.library.writing.notes import entry_of_note as entry_of_topic_note
from apps.library.writing.pages import entry_of_page
from apps.library.writing.questions import digest_of_question, entry_of_question
from apps.library.writing.topics import digest_of_topic, entry_of_topic
from apps.plans.work import entry_of_day, entry_of_note

# The columns with Markdown of each kind, and those that hold it as HTML.
TEXTS: dict[str, dict[str, str]] = {
    "own_topics": {"body": "body_html"},
    "own_questions": {"text": "text_html", "answer": "answer_html"},
    "notes": {"text": "html"},
    "day_logs": {"learned": "learned_html"},
    "days": {"notes": "notes_html"},
    "tasks": {"detail": "detail_html", "note": "note_html"},
    "checks": {"note": "note_html"},
}
KIND = SearchEntry.Kind
BATCH = 500


class Pages:
    """Texts as HTML, each made once: before a transaction by `prepare`, or when it is needed."""

    def __init__(self) -> None:
        self.made: dict[str, str] = {}
        self.pages: dict[str, Page] = {}

    def prepare(self, kind: str, rows: Iterable[Row]) -> None:
        """Make the HTML of these rows' texts. Does not query."""
        for row in rows:
            for text in TEXTS.get(kind, ()):
                self._html(row[text])
            if kind == "pages":
                self._page(row["body"])

    def fill(self, kind: str, row: Any) -> None:
        """Set the columns of a row that follow from its others. Does not query."""
        for text, html in TEXTS.get(kind, {}).items():
            setattr(row, html, self._html(getattr(row, text)))
        if kind == "own_topics":
            row.digest = digest_of_topic(row)
        elif kind == "own_questions":
            row.digest = digest_of_question(row)
        elif kind == "pages":
            row.body_html, row.contents = self._page(row.body)

    def _html(self, text: str) -> str:
        if text not in self.made:
            self.made[text] = rendered(text)
        return self.made[text]

    def _page(self, text: str) -> Page:
        if text not in self.pages:
            self.pages[text] = render_page(text, note=True)
        return self.pages[text]


def enter(user: User, made: dict[str, list[Any]]) -> None:
    """Make what came in findable. Three queries and one more for each five hundred entries."""
    entries = [new_entry(user, kind, row.pk, **said) for kind, row, said in _entries(made)]
    SearchEntry.objects.bulk_create(entries, batch_size=BATCH, ignore_conflicts=True)


def _entries(made: dict[str, list[Any]]) -> Iterator[tuple[SearchEntry.Kind, Any, dict[str, str]]]:
    topics = _topics(made)
    for topic in made["own_topics"]:
        if topic.retired_at is None:
            yield KIND.TOPIC, topic, entry_of_topic(topics[topic.pk])
    for question in made["own_questions"]:
        question.topic = topics[question.topic_id]
        if question.retired_at is None and question.topic.retired_at is None:
            yield KIND.QUESTION, question, entry_of_question(question)
    for page in made["pages"]:
        if page.retired_at is None:
            yield KIND.REFERENCE, page, entry_of_page(page)
    for note in made["notes"]:
        if note.text:
            yield KIND.NOTE, note, entry_of_topic_note(note, topics[note.topic_id])
    for task in made["tasks"]:
        if task.note:
            yield KIND.NOTE, task, entry_of_note(task, task.note)
    for log in made["day_logs"]:
        if (said := entry_of_day(log))["text"]:
            yield KIND.NOTE, log, said
    for check in made["checks"]:
        if check.note and check.deleted_at is None:
            yield KIND.NOTE, check, entry_of_check(check)


def _topics(made: dict[str, list[Any]]) -> dict[Any, Topic]:
    """The topics that entries name, with their areas. One query for two thousand."""
    keys = {topic.pk for topic in made["own_topics"]}
    keys |= {row.topic_id for name in ("own_questions", "notes") for row in made[name]}
    rows = Topic.objects.select_related("area").defer("body_html")
    return {topic.pk: topic for some in chunks(keys) for topic in rows.filter(pk__in=some)}
