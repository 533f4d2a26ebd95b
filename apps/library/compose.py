"""What is stored of each item, from what its file says. Pure: texts in, texts and HTML out."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from apps.library.render import render_code, render_curated, render_page
from apps.library.render_parts import Resolve
from apps.library.search_text import fold, fold_entry, plain_text
from apps.library.source import schema
from apps.library.source.items import Asked, BareQuestion
from apps.library.source.text import inner_links

Fields = dict[str, Any]

MOST_SUMMARY = 200
MOST_TITLE = 300
MOST_TEXT = 40_000
MOST_QUESTION_TITLE = 160
SENTENCE = re.compile(r".*?[.!?](?=\s|$)", re.DOTALL)
CHECKLIST = {
    "problem": "Problem and success metrics",
    "data": "Data",
    "baselines": "Baselines",
    "deployment": "Deployment",
    "observability": "Observability",
}


class Found(NamedTuple):
    """What the search finds of an item."""

    title: str
    text: str
    place: str


def area_fields(data: schema.Area) -> Fields:
    """Return the columns of an area."""
    return {"title": data.title, "summary": data.summary, "source": data.source}


def topic_fields(data: schema.Topic, body: str, resolve: Resolve) -> Fields:
    """Return the columns of a topic. Without a summary its first sentence stands in."""
    html = render_curated(body, resolve)
    return {
        "title": data.title,
        "summary": data.summary or first_sentence(html),
        "source": data.source,
        "category": data.category,
        "levels": list(data.levels),
        "skills": list(data.skills),
        "minutes": data.minutes,
        "body": body.strip(),
        "body_html": html,
    }


def question_fields(data: Asked, topic_source: str, resolve: Resolve) -> Fields:
    """Return the columns of a question; a bare one has no kind and no answer."""
    made: Fields = {
        "level": data.level,
        "text": data.text,
        "text_html": render_curated(data.text, resolve),
        "source": topic_source,
        "kind": "",
        "is_standing": False,
        "answer": "",
        "answer_html": "",
    }
    if isinstance(data, BareQuestion):
        return made
    answer = answer_text(data)
    return made | {
        "source": data.source or topic_source,
        "kind": data.kind,
        "is_standing": data.standing,
        "answer": answer,
        "answer_html": render_curated(answer, resolve),
    }


def answer_text(data: schema.Question) -> str:
    """Return the answer as one Markdown text: outline and STAR guidance with their headings."""
    parts: list[str] = []
    for guided in (data.outline, data.star):
        if guided:
            texts = guided.model_dump()
            parts += [f"### {key.capitalize()}\n\n{text.strip()}" for key, text in texts.items()]
    if data.answer:
        heading = "### Traps\n\n" if parts else ""
        parts.append(f"{heading}{data.answer.strip()}")
    return "\n\n".join(parts)


def exercise_fields(data: schema.Exercise, resolve: Resolve) -> Fields:
    """Return the columns of an exercise."""
    return {
        "title": data.title,
        "summary": data.summary,
        "source": data.source,
        "level": data.level,
        "minutes": data.minutes,
        "statement": data.statement,
        "statement_html": render_curated(data.statement, resolve),
        "starter": data.starter,
        "starter_html": render_code(data.starter),
        "hints": list(data.hints),
        "hints_html": [render_curated(hint, resolve) for hint in data.hints],
        "solution": data.solution,
        "solution_html": render_code(data.solution),
        "check_code": data.check,
        "check_html": render_code(data.check),
    }


def project_fields(data: schema.Project, resolve: Resolve) -> Fields:
    """Return the columns of a project idea."""
    points = [(title, str(getattr(data, key))) for key, title in CHECKLIST.items()]
    return {
        "title": data.title,
        "summary": data.summary,
        "source": data.source,
        "size": data.size,
        "hours": list(data.hours),
        "brief": data.brief,
        "brief_html": render_curated(data.brief, resolve),
        "checklist": [
            {"title": title, "text": text, "html": render_curated(text, resolve)}
            for title, text in points
        ],
    }


def reference_fields(data: schema.Reference, body: str, resolve: Resolve) -> Fields:
    """Return the columns of a reference page."""
    page = render_page(body, resolve)
    return {
        "title": data.title,
        "summary": data.summary,
        "source": data.source,
        "group": data.group,
        "body": body.strip(),
        "body_html": page.html,
        "contents": page.contents,
    }


def roadmap_fields(data: schema.Roadmap) -> Fields:
    """Return the columns of a roadmap, without its weeks; and `words` for the search."""
    weeks = [week for phase in data.phases for week in phase.weeks]
    return {
        "title": data.title,
        "summary": data.summary,
        "source": data.source,
        "level": data.level,
        "hours": list(data.hours),
        "hours_per_week": list(data.hours_per_week),
        "phases": [
            {
                "title": phase.title,
                "goal": phase.goal,
                "hours": list(phase.hours),
                "deliverables": list(phase.deliverables),
                "weeks": [week.number for week in phase.weeks],
            }
            for phase in data.phases
        ],
        "words": [f"{week.title}. {week.goal}" for week in weeks],
    }


def task_details(data: schema.Roadmap, resolve: Resolve) -> dict[str, str]:
    """Return what is said of each task of a roadmap, by the task's id."""
    weeks = [week for phase in data.phases for week in phase.weeks]
    days = [day for week in weeks for day in week.days]
    for week in weeks:
        for branch in week.checkpoint.branches if week.checkpoint else ():
            days += branch.days
    return {
        task.id: resolved_markdown(task.detail.strip(), resolve)
        for day in days
        for task in day.tasks
    }


def resolved_markdown(text: str, resolve: Resolve) -> str:
    """Return Markdown with the addresses of its inner links resolved, for a text that is rendered
    later; of a link that leads nowhere the words stay."""
    lines = text.split("\n")
    for line, column, address in reversed(list(inner_links(text))):
        row, start = lines[line - 1], column - 1
        resolved = resolve(address)
        if resolved is not None:
            lines[line - 1] = row[:start] + resolved + row[start + len(address) :]
        else:
            link = re.compile(rf"!?\[([^\[\]]*)\]\(\s*<?{re.escape(address)}[^)]*\)")
            lines[line - 1] = link.sub(r"\1", row)
    return "\n".join(lines)


def first_sentence(html: str) -> str:
    """Return the first sentence of the first paragraph, at most 200 characters; "" without one."""
    start = html.find("<p>")
    words = plain_text(html[start : html.find("</p>", start)]) if start != -1 else ""
    found = SENTENCE.match(words)
    return cut(found.group() if found else words, MOST_SUMMARY)


def cut(text: str, most: int) -> str:
    """Return the text, at a word's end with a mark where it is longer than `most`."""
    if len(text) <= most:
        return text
    return f"{text[: most - 2].rsplit(' ', 1)[0].rstrip(' ,;:')} …"


def found_of(kind: str, fields: Fields, place: str) -> Found:
    """Return what the search finds of an item with these columns."""
    parts: dict[str, tuple[str, ...]] = {
        "topic": (fields.get("body_html", ""),),
        "question": (fields.get("answer_html", ""),),
        "exercise": (fields.get("statement_html", ""),),
        "project": (
            fields.get("brief_html", ""),
            *(point["html"] for point in fields.get("checklist", ())),
        ),
        "reference": (fields.get("body_html", ""),),
        "roadmap": (),
    }
    words = [fields.get("summary", ""), *(plain_text(html) for html in parts[kind])]
    words += fields.get("words", ())
    title = fields.get("title", "")
    if kind == "question":
        title = cut(asked := plain_text(fields["text_html"]), MOST_QUESTION_TITLE)
        words = [asked, *words] if title != asked else words
    return Found(title, " ".join(word for word in words if word)[:MOST_TEXT], place[:200])


def entry_fields(found: Found, kind: str) -> Fields:
    """Return the columns of an entry of the search."""
    return {
        "title": found.title[:MOST_TITLE],
        "title_plain": fold(found.title)[:MOST_TITLE],
        "place": found.place,
        "text": found.text,
        "text_plain": fold_entry(found.title, found.text, kind),
    }
