"""Markdown to clean HTML, once at load or save. Pure: no Django, no database, no clock.

Raw HTML is shown as text. What python-markdown makes of the rest is cleaned by an allow-list.
"""

from __future__ import annotations

import html
import re
import threading
from typing import Any, NamedTuple

from markdown import Markdown

from apps.library.clean import clean
from apps.library.render_held import Held, code_block
from apps.library.render_parts import (
    IMAGE,
    LINK,
    Hold,
    Link,
    Needing,
    Resolve,
    SpareProse,
    Task,
    Tidy,
    Work,
)

MOST_CHARACTERS = 400_000
# One line that Markdown leaves as it is; most questions are such.
PLAIN = re.compile(
    r"(?![-+=>\s]|[0-9]+[.)])[^\\`*_{}\[\]<>#|$!&~\x00-\x1f\x7f-\xa0\u2028\u2029]+(?<!\s)"
)
UNUSED_INLINE = (
    *("html", "entity", "automail", "linebreak", "backtick", "escape"),
    *("reference", "image_reference", "short_reference", "short_image_ref"),
)
RULES = ("---", "- -", "-  -", "___", "_ _", "_  _", "***", "* *", "*  *")
# A block without any of the signs is none of these; that is seen faster than by their own patterns.
# The numbers are the places that python-markdown gives them.
NEEDED = {
    "table": (75, ("|",)),
    "hashheader": (70, ("#",)),
    "setextheader": (60, ("\n=", "\n-")),
    "hr": (50, RULES),
    "quote": (20, (">",)),
}
HEADING = re.compile(r"(?:^|\n)(?P<level>#{1,6})[ \t]+(?P<header>(?:\\.|[^\\\n])*?)#*(?:\n|$)")


class Page(NamedTuple):
    """A page with its table of contents: {"id", "title", "level"} of the headings h2 to h4."""

    html: str
    contents: list[dict[str, Any]]


def render_curated(text: str, resolve: Resolve | None = None) -> str:
    """Return curated Markdown as HTML: headings from h2 on, formulas as MathML, code in classes.

    `resolve` turns the relative address of a link into that of a page; None leaves the words
    without a link. Without it relative addresses stay as they are.
    """
    if PLAIN.fullmatch(text):
        return f"<p>{text}</p>"
    return _render(text, Task(resolve=resolve))


def render_note(text: str) -> str:
    """Return a learner's note as HTML: line breaks kept, each block in its own direction."""
    return _render(text, Task(note=True))


def render_page(text: str, resolve: Resolve | None = None, *, note: bool = False) -> Page:
    """Return Markdown as HTML whose headings have ids, and its table of contents."""
    task = Task(note=note, resolve=resolve, contents=[])
    return Page(_render(text, task), task.contents or [])


def render_code(code: str, language: str = "python") -> str:
    """Return a program as a block of code."""
    return clean(code_block(code.rstrip("\n"), language))


def _render(text: str, task: Task) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return ""
    if len(text) > MOST_CHARACTERS:
        return _plain(text)
    converter = _of_thread.__dict__.pop("converter", None) or _Converter()
    try:
        made = converter.convert(text, task)
    except RecursionError:
        return _plain(text)
    # Only one that came to its end is used again.
    _of_thread.converter = converter
    return clean(made).strip()


def _plain(text: str) -> str:
    """The text as it is, for what is too long or too deep to read as Markdown."""
    escaped = html.escape(text.replace("\x00", ""))
    return f'<p dir="auto">{escaped.strip()}</p>'.replace("\n", "<br>\n")


class _Converter:
    """A python-markdown with our own parts. Costly to make, so it is used again."""

    def __init__(self) -> None:
        self.work = Work()
        md = Markdown(
            tab_length=2,
            extensions=["tables", "sane_lists"],
            extension_configs={"tables": {"use_align_attribute": True}},
        )
        md.preprocessors.deregister("html_block")
        for name in UNUSED_INLINE:
            md.inlinePatterns.deregister(name)
        # With lists nested by two spaces, an indented line is no code.
        md.parser.blockprocessors.deregister("code")
        md.parser.blockprocessors.deregister("reference")
        md.parser.blockprocessors["hashheader"].RE = HEADING  # type: ignore[attr-defined] # that processor has one
        for name, (place, signs) in NEEDED.items():
            processor = md.parser.blockprocessors[name]
            md.parser.blockprocessors.register(Needing(signs, processor), name, place)
        md.preprocessors.register(Hold(md, self.work), "hold", 27)
        md.inlinePatterns.register(Link(LINK, md), "link", 160)
        md.inlinePatterns.register(Link(IMAGE, md), "image_link", 150)
        md.treeprocessors.register(SpareProse(md), "spare_prose", 25)
        md.treeprocessors.register(Tidy(md, self.work), "tidy", 15)
        # A registry is sorted anew for each block and each text that it is asked for.
        md.parser.blockprocessors = [*md.parser.blockprocessors]  # type: ignore[assignment] # a plain list is read faster
        md.treeprocessors["inline"].inlinePatterns = [*md.inlinePatterns]  # type: ignore[attr-defined] # the same
        self.md = md

    def convert(self, text: str, task: Task) -> str:
        """Return the HTML, not yet cleaned. May raise RecursionError; then it is of no more use."""
        self.work.task, self.work.held = task, Held()
        self.md.reset()
        return self.work.held.put_back(self.md.convert(text))


_of_thread = threading.local()
