"""Markdown to clean HTML, once at load or save. Pure: no Django, no database, no clock.

Raw HTML is shown as text. What python-markdown makes of the rest is cleaned by an allow-list.
"""

from __future__ import annotations

import contextlib
import html
import re
from collections.abc import Iterator
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from apps.library import markup
from apps.library.clean import SCHEMES, clean
from apps.library.tex import TexError, to_mathml

MOST_CHARACTERS = 400_000
MOST_FORMULAS = 1_000
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
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


def render_curated(text: str) -> str:
    """Return curated Markdown as HTML: headings from h2 on, formulas as MathML."""
    return _render(text, note=False)


def render_note(text: str) -> str:
    """Return a learner's note as HTML: line breaks kept, each block in its own direction."""
    return _render(text, note=True)


def _render(text: str, *, note: bool) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return ""
    if len(text) > MOST_CHARACTERS:
        return _plain(text)
    held = _Held()
    try:
        made = _converter(held, note=note).convert(text)
    except RecursionError:
        return _plain(text)
    made = HELD_OR_PARAGRAPH.sub(held.put_back, made)
    return clean(made).strip()


def _plain(text: str) -> str:
    """The text as it is, for what is too long or too deep to read as Markdown."""
    escaped = html.escape(text.replace("\x00", ""))
    return f'<p dir="auto">{escaped.strip()}</p>'.replace("\n", "<br>\n")


def _converter(held: _Held, *, note: bool) -> Markdown:
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
    md.preprocessors.register(_Hold(md, held), "hold", 27)
    md.inlinePatterns.register(_Link(r"(?<!!)" + LINK, md), "link", 160)
    md.inlinePatterns.register(_Link("!" + LINK, md), "image_link", 150)
    md.treeprocessors.register(_Tidy(md, held, note=note), "tidy", 15)
    return md


class _Held:
    """Code and formulas, taken out before python-markdown reads the text and put back after."""

    def __init__(self) -> None:
        self.pieces: list[tuple[str, str, bool]] = []
        self.formulas: dict[tuple[str, bool], str] = {}

    def fence(self, fence: markup.Fence) -> str:
        language = LANGUAGE.fullmatch(fence.language)
        attribute = f' class="language-{fence.language}"' if language else ""
        made = f"<pre><code{attribute}>{html.escape(fence.code)}\n</code></pre>"
        return self._keep(made, fence.code, block=True)

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

    def put_back(self, found: re.Match[str]) -> str:
        made, _source, block = self.pieces[int(found[2])]
        if block and found[1] and found[3]:
            return made
        return f"{found[1] or ''}{made}{found[3] or ''}"


class _Hold(Preprocessor):
    def __init__(self, md: Markdown, held: _Held) -> None:
        super().__init__(md)
        self.held = held

    def run(self, lines: list[str]) -> list[str]:
        made: list[str] = []
        for piece in markup.split("\n".join(lines)):
            if isinstance(piece, markup.Fence):
                made += ["", " " * piece.indent + self.held.fence(piece), ""]
            else:
                made += self._without_spans(piece.text).split("\n")
        return list(_lists_by_two(made))

    def _without_spans(self, prose: str) -> str:
        parts: list[str] = []
        last = 0
        for span in markup.spans(prose):
            parts.append(ESCAPE.sub(_escaped, prose[last : span.start]))
            parts.append(self.held.span(prose[span.start : span.end], span))
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

    def __init__(self, md: Markdown, held: _Held, *, note: bool) -> None:
        super().__init__(md)
        self.held = held
        self.note = note

    def run(self, root: ET.Element) -> None:
        lower = 1 if root.find(".//h1") is not None else 0
        linked = {image for link in root.iter("a") for image in link.iter("img")}
        for element in list(root.iter()):
            for name, value in element.attrib.items():
                element.set(name, self.held.source(value))
            if element.tag in HEADINGS:
                level = HEADINGS.index(element.tag) + lower
                element.tag = HEADINGS[min(level, 5)]
            elif element.tag == "img":
                self._image(element, inside_link=element in linked)
            elif element.tag == "a":
                self._link(element, element.get("href", ""))
            if self.note and element.tag in BLOCKS:
                element.set("dir", "auto")
            self._break_lines(element)

    def _image(self, element: ET.Element, *, inside_link: bool) -> None:
        address, words = element.get("src", ""), element.get("alt", "")
        element.attrib.clear()
        element.text = words or address
        element.tag = "span"
        if not inside_link:
            self._link(element, address)

    def _link(self, element: ET.Element, address: str) -> None:
        element.attrib.pop("href", None)
        element.tag = "span"
        try:
            parts = urlsplit(address.strip())
        except ValueError:
            return
        if parts.scheme.lower() not in {*SCHEMES, ""}:
            return
        element.tag = "a"
        element.set("href", address.strip().replace(" ", "%20"))
        if parts.scheme or parts.netloc:
            element.set("rel", "noopener noreferrer")

    def _break_lines(self, element: ET.Element) -> None:
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
                if self.note or written[-1].endswith("  "):
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
