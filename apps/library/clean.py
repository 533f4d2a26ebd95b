"""The HTML that may be shown: an allow-list over what Markdown and TeX were turned into. Pure."""

from __future__ import annotations

import nh3

from apps.library.highlight import NAMES

SCHEMES = {"http", "https", "mailto"}
TEXT = {
    *("p", "br", "hr", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "a"),
    *("h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "span"),
}
MATH = {
    *("math", "mrow", "mi", "mo", "mn", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub"),
    *("msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mstyle"),
    *("mpadded", "mphantom", "menclose"),
}
MATH_ATTRIBUTES = {
    *("accent", "columnalign", "columnlines", "columnspacing", "depth", "display"),
    *("displaystyle", "fence", "form", "height", "largeop", "linethickness", "lspace"),
    *("mathsize", "mathvariant", "maxsize", "minsize", "movablelimits", "notation", "rowlines"),
    *("rowspacing", "rspace", "scriptlevel", "separator", "stretchy", "voffset", "width"),
    "xmlns",
}
ATTRIBUTES = {
    "*": {"dir"},
    "a": {"href", "title", "rel"},
    "code": {"class"},
    "h2": {"id"},
    "h3": {"id"},
    "h4": {"id"},
    "ol": {"start"},
    "td": {"align"},
    "th": {"align"},
    **dict.fromkeys(MATH, MATH_ATTRIBUTES),
}
CLEANER = nh3.Cleaner(
    tags=TEXT | MATH,
    attributes=ATTRIBUTES,
    allowed_classes={"span": set(NAMES)},
    url_schemes=SCHEMES,
    link_rel=None,
)


def clean(made: str) -> str:
    """Return the HTML with nothing in it but what is allowed; no link leads to a script."""
    return CLEANER.clean(made)
