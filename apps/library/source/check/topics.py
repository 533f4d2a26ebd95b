"""Topics: levels that have questions, prerequisites without a cycle, an area that is there."""

from __future__ import annotations

from apps.library.source import schema
from apps.library.source.check.circles import circles
from apps.library.source.check.common import Draft, Entry, is_readable, no_twins, texts


def collect_topics(draft: Draft) -> None:
    """Note the topics."""
    for source in draft.folder.sources["topic"]:
        item = None
        if source.is_whole and is_readable(source.document):
            item = schema.validate(schema.Topic, source.document)
        draft.add(Entry("topic", source.slug, source, (), item))


def check_topics(draft: Draft) -> None:
    """Note what is wrong with each topic and between them."""
    areas = draft.slugs["area"]
    for entry in draft.entries["topic"]:
        source = entry.source
        if source.area not in areas and "area" not in draft.unread:
            entry.fault_at(1, 1, f"unknown area `{source.area}`: no such slug in areas.yaml")
        if not source.is_whole:
            continue
        if isinstance(entry.raw, dict):
            _levels(entry)
            _prerequisites(entry, draft)
        if not source.body.strip():
            message = "a topic has a text after its front matter"
            entry.fault_at(source.body_line, 1, message)
    _cycles(draft)


def _levels(entry: Entry) -> None:
    """Each listed level has a question, and each level with questions is listed."""
    levels, questions = entry.get("levels"), entry.get("questions")
    if not isinstance(levels, list) or not isinstance(questions, dict):
        return
    for at, level in enumerate(levels):
        if not isinstance(level, str):
            continue
        if level in levels[:at]:
            entry.fault(("levels", at), f"level `{level}` is listed twice")
        elif level in schema.LEVELS and not questions.get(level):
            entry.fault(("levels", at), f"level `{level}` is listed, but has no question")
    for level in questions:
        if level in schema.LEVELS and level not in levels:
            message = f"level `{level}` has questions, but is not listed in `levels`"
            entry.fault(("questions", level), message, at_key=True)


def _prerequisites(entry: Entry, draft: Draft) -> None:
    for path, slug in texts(entry.get("prerequisites"), ("prerequisites",)):
        if slug == entry.slug:
            entry.fault(path, "a topic is not its own prerequisite")
        elif slug not in draft.slugs["topic"]:
            entry.fault(path, f"unknown topic `{slug}`")
    no_twins(entry, "prerequisites")
    no_twins(entry, "skills")


def _cycles(draft: Draft) -> None:
    """Note each group of topics that need one another once, at the first of them."""
    by_slug = draft.slugs["topic"]
    graph = {
        slug: [
            needed
            for _, needed in texts(entry.get("prerequisites"), ())
            if needed in by_slug and needed != slug
        ]
        for slug, entry in by_slug.items()
    }
    for circle in circles(graph):
        entry = by_slug[circle.path[0]]
        needed = entry.get("prerequisites").index(circle.path[1])
        entry.fault(("prerequisites", needed), f"prerequisite cycle: {circle}")
        draft.closing += [by_slug[slug] for slug in circle.closing]
