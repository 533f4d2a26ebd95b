"""What can be wrong inside a Markdown text: links, formulas, blocks of code. Pure."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from urllib.parse import urlsplit

from apps.library import markup
from apps.library.tex import TexError, to_mathml

# A link or an image, an address in angle brackets, a definition of a reference.
LINK = re.compile(
    r"\]\(\s*<?(?P<inline>[^\s)>]*)|<(?P<angled>[A-Za-z][A-Za-z0-9+.-]*:[^\s>]*)>"
    r"|^ {0,3}\[[^\]]+\]:\s*(?P<defined>\S+)",
    re.MULTILINE,
)

ON_LINE = re.compile(r" on line \d+")

Found = tuple[int, int, str]


def is_web_address(address: str) -> bool:
    """Whether the address is http or https and names a host."""
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in address
    except ValueError:
        return False


def faults_of_text(text: str) -> Iterator[Found]:
    """Yield (line, column, message) of each fault; both count from 1 within the text."""
    for piece in markup.split(text):
        if isinstance(piece, markup.Fence):
            yield from _of_code(piece)
        else:
            yield from _of_prose(piece)


def _of_code(fence: markup.Fence) -> Iterator[Found]:
    line, column = fence.line + 1, fence.indent + 1
    if not fence.closed:
        yield line, column, "the block of code that opens here never closes"
    elif not fence.language:
        yield line, column, "a block of code names its language"
    elif fence.language in ("python", "py"):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                compile(fence.code, "<block>", "exec", dont_inherit=True)
        except SyntaxError as error:
            at = min(error.lineno or 1, fence.code.count("\n") + 1)
            message = f"Python does not compile: {ON_LINE.sub('', error.msg)}"
            yield line + at, fence.indent + max(error.offset or 1, 1), message
        except (ValueError, RecursionError, MemoryError):
            yield line, column, "Python does not compile"


def _of_prose(prose: markup.Prose) -> Iterator[Found]:
    plain = prose.text
    for span in markup.spans(prose.text):
        blank = re.sub(r"[^\n]", " ", prose.text[span.start : span.end])
        plain = plain[: span.start] + blank + plain[span.end :]
        if span.kind != "code":
            try:
                to_mathml(span.text, display=span.kind == "display")
            except TexError as error:
                yield _at(prose, span.start, f"TeX cannot be read: {error}")
    for found in LINK.finditer(plain):
        address = found[found.lastgroup or 0]
        if not is_web_address(address):
            message = f"only http and https links lead out of a page: `{address}`"
            yield _at(prose, found.start(found.lastgroup or 0), message)


def _at(prose: markup.Prose, offset: int, message: str) -> Found:
    line = prose.text.count("\n", 0, offset)
    column = offset - prose.text.rfind("\n", 0, offset)
    return prose.line + line + 1, column, message
