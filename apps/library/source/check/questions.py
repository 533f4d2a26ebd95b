"""Questions: of the bank, and the bare strings of the topics' front matter."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from apps.library.source import schema
from apps.library.source.check.common import Draft, Entry, is_readable
from apps.library.source.items import BareQuestion

KEYS = ("answer", "outline", "star")


def bare_slug(topic: str, text: str) -> str:
    """Return the slug of a question of a topic's front matter; it follows from the words."""
    words = " ".join(text.split())
    made = hashlib.sha1(words.encode(), usedforsecurity=False).hexdigest()[:8]
    return f"{topic[:89].rstrip('-')}-q-{made}"


def collect_questions(draft: Draft) -> None:
    """Note the questions of the bank, then the bare ones that the bank does not hold."""
    for source in draft.folder.sources["question"]:
        document = source.document
        if not isinstance(document.data, list):
            draft.unread.add("question")
            if source.is_whole and is_readable(document):
                document.faults.append(document.fault((), "must be a list of questions"))
            continue
        for position, raw in enumerate(document.data):
            item = schema.validate(schema.Question, document, (position,))
            slug = raw.get("id") if isinstance(raw, dict) else None
            slug = slug if isinstance(slug, str) else ""
            draft.add(Entry("question", slug, source, (position,), item))
    held = {
        (topic, " ".join(text.split()))
        for entry in draft.entries["question"]
        if isinstance(topic := entry.get("topic"), str)
        and isinstance(text := entry.get("text"), str)
    }
    for topic in draft.slugs["topic"].values():
        for entry in _bare(topic):
            assert isinstance(entry.data, BareQuestion)
            if (topic.slug, " ".join(entry.data.text.split())) not in held:
                draft.add(entry)


def _bare(topic: Entry) -> Iterator[Entry]:
    if isinstance(topic.data, schema.Topic):
        for level, asked in topic.data.questions.items():
            for at, text in enumerate(asked):
                yield Entry(
                    "question",
                    bare_slug(topic.slug, text),
                    topic.source,
                    ("questions", level, at),
                    BareQuestion(text, level, topic.slug),
                )


def check_questions(draft: Draft) -> None:
    """Note what does not fit: an unknown topic; answer, outline and star against the kind; the
    words of another question."""
    _same_words(draft)
    for entry in draft.entries["question"]:
        if isinstance(entry.data, BareQuestion) or not isinstance(entry.raw, dict):
            continue
        topic = entry.get("topic")
        if isinstance(topic, str) and topic not in draft.slugs["topic"]:
            entry.fault(("topic",), f"unknown topic `{topic}`")
        kind = entry.get("kind")
        if isinstance(kind, str) and kind in schema.ANSWERED:
            _answered(entry, kind)


def _same_words(draft: Draft) -> None:
    """A topic has no two questions in the bank whose words are the same but for case and spaces."""
    first: dict[tuple[str, str], Entry] = {}
    for entry in draft.entries["question"]:
        if isinstance(entry.data, BareQuestion):
            continue
        topic, text = entry.get("topic"), entry.get("text")
        if isinstance(topic, str) and isinstance(text, str):
            other = first.setdefault((topic, " ".join(text.split()).casefold()), entry)
            if other is not entry:
                where = f"{other.source.name}:{other.start[0]}"
                entry.fault(("text",), f"the same question as `{other.slug}` ({where})")


def _answered(entry: Entry, kind: str) -> None:
    needed = schema.ANSWERED[kind]
    allowed = {needed, "answer"} if kind == "behavioural" else {needed}
    if entry.get(needed) is None:
        entry.fault((), f"a question of kind `{kind}` needs `{needed}`")
    for key in KEYS:
        if key not in allowed and entry.get(key) is not None:
            message = f"a question of kind `{kind}` has no `{key}`"
            entry.fault((key,), message, at_key=True)
