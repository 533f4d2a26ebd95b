"""Code and formulas of a Markdown text, taken out before python-markdown reads it and put back
after. Pure."""

from __future__ import annotations

import contextlib
import html
import re

from apps.library import markup
from apps.library.highlight import highlight
from apps.library.tex import TexError, to_mathml

MOST_FORMULAS = 1_000
MOST_COLOURED = 30_000  # characters of code in one text; further blocks are shown plain
LANGUAGE = re.compile(r"[a-z0-9][a-z0-9+#_-]{0,30}")
HELD = re.compile("\x02s([0-9]+)\x03")
ESCAPED = re.compile("\x02([0-9]+)\x03")
HELD_OR_PARAGRAPH = re.compile(
    '<p(?P<direction> dir="auto")?>\x02s(?P<alone>[0-9]+)\x03</p>|\x02s(?P<within>[0-9]+)\x03'
)


def code_block(code: str, language: str) -> str:
    """Return code as a block with its language, not yet cleaned."""
    attribute = f' class="language-{language}"' if LANGUAGE.fullmatch(language) else ""
    return f"<pre><code{attribute}>{highlight(code, language)}\n</code></pre>"


class Held:
    """The pieces of one text; where each stood is a mark."""

    def __init__(self) -> None:
        # What each became, how it was written, whether it is a block.
        self.pieces: list[tuple[str, str, bool]] = []
        self.formulas: dict[tuple[str, bool], str] = {}
        self.coloured = 0
        self.headings: dict[str, int] = {}  # ids that are taken, and how often they were asked for

    def fence(self, fence: markup.Fence) -> str:
        """Keep a block of code and return its mark."""
        self.coloured += len(fence.code)
        language = fence.language if self.coloured <= MOST_COLOURED else "text"
        return self._keep(code_block(fence.code, language), fence.code, block=True)

    def span(self, source: str, span: markup.Span) -> str:
        """Keep inline code or a formula, written like `source`, and return its mark."""
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

    def put_back(self, made: str) -> str:
        """The HTML with the pieces in the place of their marks; a block is no paragraph."""
        return HELD_OR_PARAGRAPH.sub(self._put_back, made)

    def _put_back(self, found: re.Match[str]) -> str:
        made, _source, block = self.pieces[int(found["within"] or found["alone"])]
        if block or found["within"]:
            return made
        return f"<p{found['direction'] or ''}>{made}</p>"
