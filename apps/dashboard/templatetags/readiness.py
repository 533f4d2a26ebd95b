"""The four parts: the bar, drawn in one go since a page has seventeen of them; a topic's word."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps.dashboard.charts.bar import Segment, told
from apps.dashboard.library.parts import Part, part_of
from apps.mastery.memory import retention
from apps.mastery.models import Memory

register = template.Library()
# The stripes of the fading part are the pattern in dashboard/_stripes.html; classes fill the rest.
_RECT = '<rect class="{}" x="{}%" width="{}%" height="100%" fill="url(#fading)"/>'


@register.simple_tag
def readiness_bar(parts: Sequence[Segment]) -> SafeString:
    """Return the bar as SVG; widths are attributes in per cent, parts of width 0 are left out."""
    rects = format_html_join(
        "", _RECT, ((part.css, part.start, part.width) for part in parts if part.width)
    )
    return format_html(
        '<svg class="bar tall" role="img" aria-label="{}">{}</svg>', told(parts), rects
    )


@register.simple_tag
def readiness_legend(parts: Sequence[Segment], address: str) -> SafeString:
    """Return the figures of the four parts in words, each leading to the topics behind it."""
    items = format_html_join(
        "",
        '<span><i class="{}"></i><a href="{}?part={}">{} {}</a></span>',
        ((part.css, address, part.part, part.word, part.width) for part in parts),
    )
    return format_html('<p class="legend">{}</p>', items)


@register.simple_tag
def standing_of(memory: Memory, today: dt.date) -> Part:
    """Return how a topic with evidence stands today. Does not query."""
    return part_of(memory.score, retention(memory, today), claimed=memory.claimed)
