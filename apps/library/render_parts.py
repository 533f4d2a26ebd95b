"""Our own parts of python-markdown: how it finds links, and what becomes of the tree it made. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from apps.library.clean import SCHEMES
from apps.library.render_held import Held
from apps.library.render_lines import prepare

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
LISTED = ("h2", "h3", "h4")
HEADING_ID = "h-"  # so that no heading has the id of another part of the page
NO_LINK = "gone"  # a tag that cleaning takes away
NO_WORD = re.compile(r"[\W_]+")
BLOCKS = {*HEADINGS, "p", "li", "ul", "ol", "blockquote", "td", "th"}
INLINE = re.compile(r"[\[<*_]")
# What follows the first bracket; not yet the bracket, so that a pattern begins with its first sign.
ADDRESSED = (
    r"(?P<text>(?:[^\[\]]|\[[^\[\]]*\])*)\]\(\s*"
    r"(?:<(?P<angled>[^<>\n]*)>|(?P<plain>(?:[^\s()<>]|\([^\s()]*\))*))"
    r"(?:\s+(?:\"(?P<title>[^\"]*)\"|'[^']*'))?\s*\)"
)
LINK = r"\[(?<!!\[)" + ADDRESSED
IMAGE = r"!\[" + ADDRESSED

Resolve = Callable[[str], str | None]


@dataclass(slots=True)
class Task:
    """What one text is rendered for."""

    note: bool = False
    resolve: Resolve | None = None
    contents: list[dict[str, Any]] | None = None


@dataclass(slots=True)
class Work:
    """What is being rendered now."""

    task: Task = field(default_factory=Task)
    held: Held = field(default_factory=Held)


class Hold(Preprocessor):
    """Takes code and formulas out, and prepares the lines."""

    def __init__(self, md: Markdown, work: Work) -> None:
        super().__init__(md)
        self.work = work

    def run(self, lines: list[str]) -> list[str]:
        return prepare(lines, self.work.held)


class Link(InlineProcessor):
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


class Needing(BlockProcessor):
    """Another processor, asked only about blocks that hold one of the signs it needs."""

    def __init__(self, signs: tuple[str, ...], processor: BlockProcessor) -> None:
        super().__init__(processor.parser)
        self.signs = signs
        self.processor = processor

    def test(self, parent: ET.Element, block: str) -> bool:
        for sign in self.signs:
            if sign in block:
                return self.processor.test(parent, block)
        return False

    def run(self, parent: ET.Element, blocks: list[str]) -> bool | None:
        return self.processor.run(parent, blocks)


class SpareProse(Treeprocessor):
    """Lets texts alone in which no link and no emphasis can be."""

    def run(self, root: ET.Element) -> None:
        for element in root.iter():
            if element.text and not INLINE.search(element.text):
                element.text = AtomicString(element.text)


class Tidy(Treeprocessor):
    """Headings from h2 on, images as links, only harmless links, direction of notes."""

    def __init__(self, md: Markdown, work: Work) -> None:
        super().__init__(md)
        self.work = work

    def run(self, root: ET.Element) -> None:
        held, task = self.work.held, self.work.task
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
        contents = self.work.task.contents
        if contents is None or element.tag not in LISTED:
            return
        title = self.work.held.words("".join(element.itertext()))
        name = made = HEADING_ID + (NO_WORD.sub("-", title.casefold()).strip("-") or "part")
        numbers = self.work.held.headings
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
        resolve = self.work.task.resolve
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
        texts = [element.text or "", *[child.tail or "" for child in children]]
        if "\n" not in "".join(texts):
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
