"""What can be wrong inside a Markdown text: links, formulas, blocks of code. Pure."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from itertools import islice
from urllib.parse import urlsplit

from apps.library import markup
from apps.library.tex import TexError, to_mathml

MOST_FORMULAS = 1_000
MOST_LINKS = 1_000
MOST_FAULTS = 100
# A link or an image, an address in angle brackets, a definition of a reference.
LINK = re.compile(
    r"\]\(\s*<?(?P<inline>[^\s)>]*)|<(?P<angled>[A-Za-z][A-Za-z0-9+.-]*:[^\s<>]*)>"
    r"|^ {0,3}\[[^\]\n]+\]:\s*(?P<defined>\S+)",
    re.MULTILINE,
)
# What may be a link inside the folder; code is not told apart here.
MAYBE_INNER = re.compile(r"\]\(\s*<?(?!https?:|/)[^\s)>]")
# A text without any of these has no code, no formula and no link.
SUSPECT = re.compile(r"[`~$<\]]")
ON_LINE = re.compile(r" on line \d+")

Found = tuple[int, int, str]
# What is wrong with an address inside the folder, or None.
InnerFault = Callable[[str], str | None]


def is_web_address(address: str) -> bool:
    """Whether the address is http or https and names a host."""
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in address
    except ValueError:
        return False


def is_inner_address(address: str) -> bool:
    """Whether the address is a relative path, or a place on the same page."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(address) and not parts.scheme and not address.startswith(("/", "\\"))


def faults_of_text(text: str, inner: InnerFault | None = None) -> Iterator[Found]:
    """Yield (line, column, message) of each fault; both count from 1 within the text.

    `inner` judges the addresses of links inside the folder, of `inner_links`; without it there
    may be none.
    """
    if not SUSPECT.search(text):
        return
    formulas = 0
    for piece in markup.split(text):
        if isinstance(piece, markup.Fence):
            yield from _of_code(piece)
            continue
        has_spans = "`" in piece.text or "$" in piece.text
        spans = list(markup.spans(piece.text)) if has_spans else []
        formulas += sum(span.kind != "code" for span in spans)
        if formulas > MOST_FORMULAS:
            yield piece.line + 1, 1, f"more than {MOST_FORMULAS:,} formulas in one text"
            return
        yield from _of_formulas(piece, spans)
        if "<" in piece.text or "]" in piece.text:
            yield from _of_links(piece, _without(piece.text, spans), inner)


def inner_links(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (line, column, address) of each link inside the folder, a thousand at most. Fast
    where there is none."""
    if MAYBE_INNER.search(text):
        yield from islice(_inner_links(text), MOST_LINKS)


def _inner_links(text: str) -> Iterator[tuple[int, int, str]]:
    for piece in markup.split(text):
        if isinstance(piece, markup.Prose) and MAYBE_INNER.search(piece.text):
            plain = _without(piece.text, markup.spans(piece.text))
            for found in LINK.finditer(plain):
                group = found.lastgroup or ""
                if group == "inline" and is_inner_address(found[group]):
                    yield *_place(piece, found.start(group)), found[group]


def faults_of_code(code: str) -> Iterator[Found]:
    """Yield where Python does not compile: nothing, or one fault."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(code, "<block>", "exec", dont_inherit=True)
    except SyntaxError as error:
        at = min(error.lineno or 1, code.count("\n") + 1)
        message = f"Python does not compile: {ON_LINE.sub('', error.msg)}"
        yield at, max(error.offset or 1, 1), message
    except (ValueError, RecursionError, MemoryError):
        yield 1, 1, "Python does not compile"


def _of_code(fence: markup.Fence) -> Iterator[Found]:
    line, column = fence.line + 1, fence.indent + 1
    if not fence.closed:
        yield line, column, "the block of code that opens here never closes"
    elif not fence.language:
        yield line, column, "a block of code names its language"
    elif fence.language in ("python", "py"):
        for at, offset, message in faults_of_code(fence.code):
            yield line + at, fence.indent + offset, message


def _without(text: str, spans: Iterator[markup.Span] | list[markup.Span]) -> str:
    """The text with spaces where code and formulas are."""
    parts: list[str] = []
    last = 0
    for span in spans:
        parts += [text[last : span.start], re.sub(r"[^\n]", " ", text[span.start : span.end])]
        last = span.end
    return "".join([*parts, text[last:]])


def _of_formulas(prose: markup.Prose, spans: list[markup.Span]) -> Iterator[Found]:
    for span in spans:
        if span.kind != "code":
            try:
                to_mathml(span.text, display=span.kind == "display")
            except TexError as error:
                yield *_place(prose, span.start), f"TeX cannot be read: {error}"


def _of_links(prose: markup.Prose, plain: str, inner: InnerFault | None) -> Iterator[Found]:
    count = 0
    for number, found in enumerate(LINK.finditer(plain)):
        if number == MOST_LINKS:
            yield prose.line + 1, 1, f"more than {MOST_LINKS:,} links in one text"
            return
        group = found.lastgroup or ""
        address = found[group]
        if is_web_address(address):
            continue
        if inner and group == "inline" and is_inner_address(address):
            message = inner(address)
        else:
            message = f"only http and https links lead out of a page: `{address}`"
        if message:
            yield *_place(prose, found.start(group)), message
            count += 1
            if count == MOST_FAULTS:
                return


def _place(prose: markup.Prose, offset: int) -> tuple[int, int]:
    line = prose.text.count("\n", 0, offset)
    return prose.line + line + 1, offset - prose.text.rfind("\n", 0, offset)
