"""TeX formulas to MathML. Pure: no Django, no database."""

from __future__ import annotations

import html
import re
from xml.etree import ElementTree as ET

from latex2mathml.converter import Converter

from apps.library.remember import remembered

MOST_CHARACTERS = 4_000
MOST_NESTING = 40
CHILDREN = {
    "mfrac": 2,
    "msub": 2,
    "msup": 2,
    "msubsup": 3,
    "munder": 2,
    "mover": 2,
    "munderover": 3,
    "mroot": 2,
}
BRACE_OR_PERCENT = re.compile(r"\\.|[{}%]", re.DOTALL)
COMMAND = re.compile(r"\\[A-Za-z]+")
BIG = re.compile(r"(?<=[a-z])(?=[A-Z])")


class TexError(ValueError):
    """A formula that cannot be shown; the message says why."""


@remembered
def to_mathml(tex: str, *, display: bool = False) -> str:
    """Return the formula as one `<math>` element.

    Raises TexError for what latex2mathml refuses, and for what it would get wrong in silence:
    unknown commands, open braces, missing arguments, a `%` that hides the rest of the line.
    """
    _check_source(tex)
    converter = Converter(display="block" if display else "inline")
    try:
        root = converter.convert_to_element(tex)
    except Exception as error:  # the library raises whatever comes along, StopIteration included
        raise TexError(_words(error)) from error
    _check_result(root)
    parts: list[str] = []
    _write(root, parts)
    return "".join(parts)


def _check_source(tex: str) -> None:
    if not tex.strip():
        raise TexError("the formula is empty")
    if len(tex) > MOST_CHARACTERS:
        raise TexError(f"the formula is longer than {MOST_CHARACTERS} characters")
    if r"\newcommand" in tex:
        raise TexError(r"\newcommand is not allowed")
    depth = 0
    for found in BRACE_OR_PERCENT.findall(tex):
        if found == "%":
            raise TexError(r"an unescaped % hides the rest of the line: write \%")
        depth += (found == "{") - (found == "}")
        if depth < 0:
            raise TexError("a } without its {")
        if depth > MOST_NESTING:
            raise TexError(f"braces are nested more than {MOST_NESTING} deep")
    if depth:
        raise TexError("a { without its }")


def _check_result(root: ET.Element) -> None:
    for element in root.iter():
        needed = CHILDREN.get(element.tag)
        if needed is not None and len(element) != needed:
            raise TexError("an argument is missing")
        text = element.text or ""
        unknown = COMMAND.search(text) if element.tag != "mtext" else None
        if unknown:
            raise TexError(f"unknown command {unknown.group()}")
        if text == "&":
            raise TexError(r"a & outside of a table: write \&")


def _write(element: ET.Element, parts: list[str]) -> None:
    """Add an element as ElementTree writes it, which takes twice the time for so small trees."""
    parts.append(f"<{element.tag}")
    for name, value in element.items():
        escaped = html.escape(value, quote=False).replace('"', "&quot;")
        parts.append(f' {name}="{escaped}"')
    if not element.text and not len(element):
        parts.append(" />")
        return
    # The library writes signs as entities, and leaves "<" of a \text as it is.
    parts.append(f">{html.escape(html.unescape(element.text or ''), quote=False)}")
    for child in element:
        _write(child, parts)
    parts.append(f"</{element.tag}>")


def _words(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "the formula is nested too deep"
    name = type(error).__name__
    if type(error).__module__.startswith("latex2mathml"):
        return BIG.sub(" ", name.removesuffix("Error")).lower()
    return "the formula cannot be read"
