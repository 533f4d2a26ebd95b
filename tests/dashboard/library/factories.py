"""Questions, exercises, project ideas, references and notes for tests of the library's pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from apps.accounts.models import LEVEL_RANK, Level, User
from apps.library.models import Exercise, ProjectIdea, Question, Reference, Topic
from apps.mastery.models import Source
from apps.mastery.record import record


def make_question(topic: Topic, slug: str, **fields: Any) -> Question:
    """Return a saved question, curated unless an owner is given."""
    text = fields.pop("text", f"What is {slug}?")
    answer = fields.pop("answer", f"The answer to {slug}.")
    level = fields.pop("level", "mid")
    given: dict[str, Any] = {
        "kind": "conceptual",
        "level": level,
        "level_rank": LEVEL_RANK[Level(level)],
        "text": text,
        "text_html": f"<p>{text}</p>",
        "answer": answer,
        "answer_html": f"<p>{answer}</p>" if answer else "",
    }
    return Question.objects.create(topic=topic, slug=slug, **given | fields)


def make_exercise(slug: str, *topics: Topic, **fields: Any) -> Exercise:
    """Return a saved exercise on these topics."""
    given: dict[str, Any] = {
        "title": slug.replace("-", " ").capitalize(),
        "summary": "By hand.",
        "minutes": 25,
        "statement": "Write it.",
        "statement_html": "<p>Write it.</p>",
        "starter": "def f(): ...",
        "starter_html": "<pre><code>def f(): ...</code></pre>",
        "hints": ["Look", "Leap"],
        "hints_html": ["<p>Look</p>", "<p>Leap</p>"],
        "solution": "def f(): return 1",
        "solution_html": "<pre><code>def f(): return 1</code></pre>",
        "check_code": "from solution import f\nassert f() == 1\n",
        "check_html": "<pre><code>from solution import f</code></pre>",
    }
    made = Exercise.objects.create(slug=slug, **given | fields)
    made.topics.set(topics)
    return made


def make_project(slug: str, *topics: Topic, **fields: Any) -> ProjectIdea:
    """Return a saved project idea on these topics."""
    points = ("Problem", "Data", "Baselines", "Deployment", "Observability")
    given: dict[str, Any] = {
        "title": slug.capitalize(),
        "size": "small",
        "hours": [8, 16],
        "brief": "Build it.",
        "brief_html": "<p>Build it.</p>",
        "checklist": [{"title": p, "text": p, "html": f"<p>About {p}.</p>"} for p in points],
    }
    made = ProjectIdea.objects.create(slug=slug, **given | fields)
    made.topics.set(topics)
    return made


def make_reference(slug: str, *topics: Topic, **fields: Any) -> Reference:
    """Return a saved page, curated unless an owner is given."""
    given: dict[str, Any] = {
        "title": slug.capitalize(),
        "group": "code",
        "body": "## One\n\nText.",
        "body_html": '<h2 id="h-one">One</h2>\n<p>Text.</p>',
        "contents": [{"id": "h-one", "title": "One", "level": 2}],
    }
    made = Reference.objects.create(slug=slug, **given | fields)
    made.topics.set(topics)
    return made


def score(user: User, topic: Topic, value: int, day: dt.date | None = None) -> None:
    """Record the score of a check on a topic."""
    now = timezone.now()
    record(
        user,
        [(topic.pk, value)],
        source=Source.CHECK,
        source_id=None,
        at=now,
        day=day or now.date(),
    )
