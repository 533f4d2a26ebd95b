"""Markdown to clean HTML, once at load or save. Pure: no Django, no database, no clock.

Raw HTML is shown as text. What python-markdown makes of the rest is cleaned by an allow-list.
"""

from __future__ import annotations

import contextlib
import html
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from apps.library import markup
from apps.library.clean import SCHEMES, clean
from apps.library.highlight import highlight
from apps.library.tex import TexError, to_mathml

MOST_CHARACTERS = 400_000
MOST_FORMULAS = 1_000
MOST_COLOURED = 30_000  # characters of code in one text; further blocks are shown plain
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
LISTED = ("h2", "h3", "h4")
HEADING_ID = "h-"  # so that no heading has the id of another part of the page
NO_LINK = "gone"  # a tag that cleaning takes away
NO_WORD = re.compile(r"[\W_]+")
# One line that Markdown leaves as it is; most questions are such.
PLAIN = re.compile(
    r"(?![-+=>\s]|[0-9]+[.)])[^\\`*_{}\[\]<>#|$!&~\x00-\x1f\x7f-\xa0\u2028\u2029]+(?<!\s)"
)
BLOCKS = {*HEADINGS, "p", "li", "ul", "ol", "blockquote", "td", "th"}
UNUSED_INLINE = (
    *("html", "entity", "automail", "linebreak", "backtick", "escape"),
    *("reference", "image_reference", "short_reference", "short_image_ref"),
)
HELD = re.compile("\x02s([0-9]+)\x03")
ESCAPED = re.compile("\x02([0-9]+)\x03")
HELD_OR_PARAGRAPH = re.compile('(<p(?: dir="auto")?>)?\x02s([0-9]+)\x03(</p>)?')
LANGUAGE = re.compile(r"[a-z0-9][a-z0-9+#_-]{0,30}")
HEADING = re.compile(r"(?:^|\n)(?P<level>#{1,6})[ \t]+(?P<header>(?:\\.|[^\\\n])*?)#*(?:\n|$)")
LIST_ITEM = re.compile(r"(?:[-*+]|[0-9]{1,9}\.) +\S")
LIST_START = re.compile(r"(?:[-*+]|1\.) +\S")
RULE = re.compile(r"([-*_])(?: *\1){2,} *$")
HEADING_LINE = re.compile(r"#{1,6}[ \t]")
UNDERLINE = re.compile(r"(?:=+|-+) *$")
ESCAPE = re.compile(r"\\([\\`*_{}\[\]()>#+\-.!$|~<])")
PARAGRAPHS = re.compile(r"(\n[ \t]*\n)")
QUOTES = re.compile(r"^((?:> ?){10})[> ]*", re.MULTILINE)
EMPHASIS = re.compile(r"[*_](?!\s)")
# Bounds on what python-markdown takes quadratic time for, or nests without end.
MOST_EMPHASIS = 500_000_000  # signs * and _ in a paragraph, times its length
MOST_DEPTH = 20
LINK = (
    r"\[(?P<text>(?:[^\[\]]|\[[^\[\]]*\])*)\]\(\s*"
    r"(?:<(?P<angled>[^<>\n]*)>|(?P<plain>(?:[^\s()<>]|\([^\s()]*\))*))"
    r"(?:\s+(?:\"(?P<title>[^\"]*)\"|'[^']*'))?\s*\)"
)


Resolve = Callable[[str], str | None]


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
    return _render(text, _Task(resolve=resolve))


def render_note(text: str) -> str:
    """Return a learner's note as HTML: line breaks kept, each block in its own direction."""
    return _render(text, _Task(note=True))


def render_page(text: str, resolve: Resolve | None = None, *, note: bool = False) -> Page:
    """Return Markdown as HTML whose headings have ids, and its table of contents."""
    task = _Task(note=note, resolve=resolve, contents=[])
    return Page(_render(text, task), task.contents or [])


def render_code(code: str, language: str = "python") -> str:
    """Return a program as a block of code."""
    return clean(_block(code.rstrip("\n"), language))


def _block(code: str, language: str) -> str:
    attribute = f' class="language-{language}"' if LANGUAGE.fullmatch(language) else ""
    return f"<pre><code{attribute}>{highlight(code, language)}\n</code></pre>"


def _render(text: str, task: _Task) -> str:
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


@dataclass(slots=True)
class _Task:
    """What one text is rendered for."""

    note: bool = False
    resolve: Resolve | None = None
    contents: list[dict[str, Any]] | None = None


class _Converter:
    """A python-markdown with our own parts. Costly to make, so it is used again."""

    def __init__(self) -> None:
        self.task = _Task()
        self.held = _Held()
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
        md.parser.blockprocessors["hashheader"].RE = HEADING  # type: ignore[attr-defined]
        md.preprocessors.register(_Hold(md, self), "hold", 27)
        md.inlinePatterns.register(_Link(r"(?<!!)" + LINK, md), "link", 160)
        md.inlinePatterns.register(_Link("!" + LINK, md), "image_link", 150)
        md.treeprocessors.register(_Tidy(md, self), "tidy", 15)
        self.md = md

    def convert(self, text: str, task: _Task) -> str:
        """Return the HTML, not yet cleaned. May raise RecursionError; then it is of no more use."""
        self.task, self.held = task, _Held()
        self.md.reset()
        return HELD_OR_PARAGRAPH.sub(self.held.put_back, self.md.convert(text))


_of_thread = threading.local()


class _Held:
    """Code and formulas, taken out before python-markdown reads the text and put back after."""

    def __init__(self) -> None:
        self.pieces: list[tuple[str, str, bool]] = []
        self.formulas: dict[tuple[str, bool], str] = {}
        self.coloured = 0
        self.headings: dict[str, int] = {}  # ids that are taken, and how often they were asked for

    def fence(self, fence: markup.Fence) -> str:
        self.coloured += len(fence.code)
        language = fence.language if self.coloured <= MOST_COLOURED else "text"
        return self._keep(_block(fence.code, language), fence.code, block=True)

    def span(self, source: str, span: markup.Span) -> str:
        return self._keep(self._html_of(source, span), source, block=False)

    def _keep(self, made: str, source: str, *, block: bool) -> str:
        self.pieces.append((made, source, block))
        return f"\x02s{len(self.pieces) - 1}\x03"

    def _html_of(self, source: str, span: markup.Span) -> str:
        if span.kind == "code":
            return f"<code>{html.escape(span.text.replace(chr(10), ' ').strip())}</code>"
        key = (span.text, span.kind == "display")
        if key not in self.formulas:
            made = f"<code>{html.escape(source)}</code>"
            if len(self.formulas) < MOST_FORMULAS:
                with contextlib.suppress(TexError):
                    made = to_mathml(span.text, display=key[1])
            self.formulas[key] = made
        return self.formulas[key]

    def source(self, text: str) -> str:
        """The text with the pieces as they were written."""
        text = HELD.sub(lambda found: self.pieces[int(found[1])][1], text)
        return ESCAPED.sub(lambda found: chr(int(found[1])), text)

    def words(self, text: str) -> str:
        """The text with the pieces as they were written, without the signs around them."""
        text = HELD.sub(lambda found: self.pieces[int(found[1])][1].strip("`$ "), text)
        return " ".join(self.source(text).split())

    def put_back(self, found: re.Match[str]) -> str:
        made, _source, block = self.pieces[int(found[2])]
        if block and found[1] and found[3]:
            return made
        return f"{found[1] or ''}{made}{found[3] or ''}"


class _Hold(Preprocessor):
    def __init__(self, md: Markdown, converter: _Converter) -> None:
        super().__init__(md)
        self.converter = converter

    def run(self, lines: list[str]) -> list[str]:
        made: list[str] = []
        for piece in markup.split("\n".join(lines)):
            if isinstance(piece, markup.Fence):
                made += ["", " " * piece.indent + self.converter.held.fence(piece), ""]
            else:
                made += self._without_spans(piece.text).split("\n")
        return list(_lists_by_two(made))

    def _without_spans(self, prose: str) -> str:
        parts: list[str] = []
        last = 0
        for span in markup.spans(prose):
            parts.append(ESCAPE.sub(_escaped, prose[last : span.start]))
            parts.append(self.converter.held.span(prose[span.start : span.end], span))
            last = span.end
        parts.append(ESCAPE.sub(_escaped, prose[last:]))
        return QUOTES.sub(r"\1", "".join(map(_bounded, PARAGRAPHS.split("".join(parts)))))


def _escaped(found: re.Match[str]) -> str:
    """A sign as python-markdown itself keeps it until the end."""
    return f"\x02{ord(found.group()[-1])}\x03"


def _bounded(paragraph: str) -> str:
    """The paragraph; its * and _ are plain signs where they would take too long to pair."""
    signs = paragraph.count("*") + paragraph.count("_")
    if signs * len(paragraph) > MOST_EMPHASIS:
        return EMPHASIS.sub(_escaped, paragraph)
    return paragraph


class _Link(InlineProcessor):
    """`[words](address "title")`, and the same for images; nothing is looked for twice."""

    def handleMatch(  # type: ignore[override]  # noqa: N802 - python-markdown's name
        self, m: re.Match[str], data: str
    ) -> tuple[ET.Element, int, int]:
        address = m["angled"] or m["plain"] or ""
        is_image = m.group().startswith("!")
        element = ET.Element("img" if is_image else "a")
        element.set("src" if is_image else "href", address)
        if m["title"]:
            element.set("title", m["title"])
        if is_image:
            element.set("alt", m["text"])
        else:
            element.text = m["text"]
        return element, m.start(), m.end()


def _lists_by_two(lines: list[str]) -> Iterator[str]:
    """The lines, with lists nested by exactly two spaces and apart from the paragraph before.

    What is indented by two spaces or more under an item belongs to it, so that lists nested by
    two, three or four spaces all read alike.
    """
    open_items: list[int] = []  # how far each open item was indented
    before = ""
    in_paragraph = False  # of an item, after a blank line
    for line in lines:
        text = line.lstrip(" ")
        indent = len(line) - len(text)
        is_item = bool(LIST_ITEM.match(text)) and not RULE.match(text)
        apart = not before.strip()
        before = line
        if not text or (not open_items and not is_item):
            yield from _apart(text)
            continue
        if not is_item and not apart:
            yield "  " * len(open_items) + text  # goes on with the item's text
            continue
        if not open_items and not apart:
            if not LIST_START.match(text):
                yield text
                continue
            yield ""
        if is_item and in_paragraph and not apart:
            yield ""
        in_paragraph = not is_item
        while open_items and indent < open_items[-1] + 2:
            open_items.pop()
        yield "  " * len(open_items) + text
        if is_item and len(open_items) < MOST_DEPTH:
            open_items.append(indent)


def _apart(text: str) -> tuple[str, ...]:
    """The line; a heading gets blank lines around it, so that it is a block of its own."""
    if HEADING_LINE.match(text):
        return "", text, ""
    return (text, "") if UNDERLINE.match(text) else (text,)


class _Tidy(Treeprocessor):
    """Headings from h2 on, images as links, only harmless links, direction of notes."""

    def __init__(self, md: Markdown, converter: _Converter) -> None:
        super().__init__(md)
        self.converter = converter

    def run(self, root: ET.Element) -> None:
        held, task = self.converter.held, self.converter.task
        lower = 1 if root.find(".//h1") is not None else 0
        linked = {image for link in root.iter("a") for image in link.iter("img")}
        for element in list(root.iter()):
            for name, value in element.attrib.items():
                element.set(name, held.source(value))
            if element.tag in HEADINGS:
                level = HEADINGS.index(element.tag) + lower
                element.tag = HEADINGS[min(level, 5)]
                self._contents(element)
            elif element.tag == "img":
                self._image(element, inside_link=element in linked)
            elif element.tag == "a":
                self._link(element, element.get("href", ""))
            if task.note and element.tag in BLOCKS:
                element.set("dir", "auto")
            self._break_lines(element, note=task.note)

    def _contents(self, element: ET.Element) -> None:
        """Give a heading its id, and a line in the table of contents."""
        contents = self.converter.task.contents
        if contents is None or element.tag not in LISTED:
            return
        title = self.converter.held.words("".join(element.itertext()))
        name = made = HEADING_ID + (NO_WORD.sub("-", title.casefold()).strip("-") or "part")
        numbers = self.converter.held.headings
        while made in numbers:
            numbers[name] += 1
            made = f"{name}-{numbers[name]}"
        numbers[made] = 1
        element.set("id", made)
        contents.append({"id": made, "title": title, "level": int(element.tag[1])})

    def _image(self, element: ET.Element, *, inside_link: bool) -> None:
        address, words = element.get("src", ""), element.get("alt", "")
        element.attrib.clear()
        element.text = words or address
        element.tag = NO_LINK
        if not inside_link:
            self._link(element, address)

    def _link(self, element: ET.Element, address: str) -> None:
        element.attrib.pop("href", None)
        element.tag = NO_LINK
        try:
            parts = urlsplit(address.strip())
        except ValueError:
            return
        if parts.scheme.lower() not in {*SCHEMES, ""}:
            return
        resolve = self.converter.task.resolve
        if resolve and not (parts.scheme or parts.netloc or address.strip().startswith("/")):
            resolved = resolve(address.strip())
            if resolved is None:
                return
            address = resolved
        element.tag = "a"
        element.set("href", address.strip().replace(" ", "%20"))
        if parts.scheme or parts.netloc:
            element.set("rel", "noopener noreferrer")

    def _break_lines(self, element: ET.Element, *, note: bool) -> None:
        """Put <br> where lines end: everywhere in a note, else after two spaces."""
        children = list(element)
        texts = [element.text or "", *(child.tail or "" for child in children)]
        if not any("\n" in text for text in texts):
            return
        element[:] = []
        element.text = ""
        for at, text in enumerate(texts):
            if at:
                element.append(children[at - 1])
            if at == len(children) or children[at].tag in BLOCKS:
                text = text.rstrip()
            first, *lines = text.split("\n")
            written = [first]
            for line in lines:
                if note or written[-1].endswith("  "):
                    _write(element, "".join(written).rstrip(" "))
                    element.append(ET.Element("br"))
                    written = [line.lstrip(" ")]
                else:
                    written += ["\n", line.lstrip(" ")]
            _write(element, "".join(written))


def _write(element: ET.Element, text: str) -> None:
    """Set what follows the last child of `element`."""
    if len(element):
        element[-1].tail = text
    else:
        element.text = text
