"""Texts as the search reads them. Pure."""

from __future__ import annotations

import html
import re
import unicodedata
from xml.etree import ElementTree as ET

from apps.library.remember import remembered

WORD = re.compile(r"[^\W_]+")
# For each sign of ASCII itself where it belongs to a word, else a space.
WORD_SIGNS = "".join(chr(code) if chr(code).isalnum() else " " for code in range(128))
# Looks back last: a pattern that begins with its letters is found fast.
AMERICAN = re.compile(r"([iy])z(?<=[a-z]{3}..)(?=[aei]|\b)")
TAG = re.compile(r"<[^>]*>")
BLOCK_END = re.compile(
    r"</(?:p|li|h[1-6]|td|th|tr|pre|blockquote)>|<br ?/?>|</?math[^>]*>", re.IGNORECASE
)
MATH = re.compile(r"<math\b[^<]*(?:<(?!/math>)[^<]*)*</math>")
BEFORE_SIGN = re.compile(r" ([.,;:!?)])")
SPACED = {*"=≈≠<>≤≥∈→∼~"}
ACCENTS = {"^": "\u0302", "¯": "\u0304", "―": "\u0304", "~": "\u0303", "→": "\u20d7", "˙": "\u0307"}


def fold_words(text: str) -> list[str]:
    """Return the words of a text in order: lower case, without accents and signs, -ize as -ise."""
    parts = text.casefold()
    if not parts.isascii():
        parts = unicodedata.normalize("NFKD", parts).casefold()  # of ℝ it makes R
        accents = {ord(sign): None for sign in set(parts) if unicodedata.combining(sign)}
        parts = parts.translate(accents) if accents else parts
    if "z" in parts:
        parts = AMERICAN.sub(r"\1s", parts)
    return parts.translate(WORD_SIGNS).split() if parts.isascii() else WORD.findall(parts)


def fold(text: str) -> str:
    """Return the words with one space before each, so that ` word` finds where words begin."""
    return " ".join(["", *fold_words(text)])


def plain_text(made: str) -> str:
    """Return what a page says, from its HTML: no tags, spaces single, formulas in plain signs."""
    text = MATH.sub(lambda found: f" {formula_text(found.group())} ", made)
    text = TAG.sub("", BLOCK_END.sub(" ", text))
    return BEFORE_SIGN.sub(r"\1", " ".join(html.unescape(text).split()))


@remembered
def formula_text(made: str) -> str:
    """Return a formula in MathML as one would type it, escaped: x_i, a/b, (a + b)^2, √n."""
    try:
        root = ET.fromstring(made.replace("&nbsp;", " "))  # noqa: S314 - ours, and cleaned
    except ET.ParseError:
        return TAG.sub("", made)
    return html.escape(" ".join(_typed(root).split()), quote=False)


def _typed(element: ET.Element) -> str:
    tag = element.tag.rpartition("}")[2]
    parts = [_typed(child) for child in element]
    if tag == "mfrac" and len(parts) == 2:
        return f"{_grouped(parts[0])}/{_grouped(parts[1])}"
    if tag == "msqrt":
        return f"√{_grouped(''.join(parts))}"
    if tag in ("mover", "munder") and len(parts) == 2:
        if tag == "mover" and parts[1].strip() in ACCENTS:
            return parts[0] + ACCENTS[parts[1].strip()]
        return f"{parts[0]}_{_grouped(parts[1])}" if tag == "munder" else "".join(parts)
    if tag in ("msub", "msup") and len(parts) == 2:
        return f"{parts[0]}{'_' if tag == 'msub' else '^'}{_grouped(parts[1])}"
    if tag in ("msubsup", "munderover") and len(parts) == 3:
        return f"{parts[0]}_{_grouped(parts[1])}^{_grouped(parts[2])} "
    if tag in ("mtr", "mtable"):
        return " ".join(parts) + " "
    text = (element.text or "") + "".join(parts)
    return f" {text.strip()} " if tag == "mo" and text.strip() in SPACED else text


def _grouped(text: str) -> str:
    text = text.strip()
    return text if len(text) < 2 or text.isalnum() else f"({text})"


HYPHENED = re.compile(r"(?<![^\W_])[^\W_]+(?:-[^\W_]+)+")
SMALL = frozenset(["a", "an", "and", "by", "for", "from", "in", "of", "on", "the", "to", "with"])
FEWEST_INITIALS = 3
MOST_INITIALS = 6


def initials(title: str) -> set[str]:
    """Return how a title is said for short: `mle` for "Maximum likelihood estimation", with and
    without its small words; nothing for fewer than three words."""
    words = fold_words(title.partition("(")[0])
    made = (words, [word for word in words if word not in SMALL])
    return {
        "".join(word[0] for word in each)
        for each in made
        if FEWEST_INITIALS <= len(each) <= MOST_INITIALS
    }


def fold_entry(title: str, text: str, kind: str = "") -> str:
    """Return what a thing is found by beside its title: its text, hyphenated words as one, its
    title said for short, and the name of its kind."""
    pieces = {piece for each in (title, text) for piece in each.split() if "-" in piece}
    hyphened = {words for piece in pieces for words in HYPHENED.findall(piece)}
    joined = {"".join(fold_words(words)) for words in hyphened}
    more = "".join(f" {word}" for word in sorted(joined | initials(title)))
    return f"{fold(text)}{more}{fold(kind)}"
