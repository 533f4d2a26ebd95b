"""Small words for every page."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from apps.accounts.clock import local_today
from apps.accounts.models import Level, User

register = template.Library()
LEVEL_WORD = {Level.MID: "mid-level", Level.SENIOR: "senior", Level.PRINCIPAL: "principal"}


@register.simple_tag
def interview_line(user: User) -> SafeString | str:
    """Return "Interview in 31 days" with its date and level. Does not query."""
    if user.interview_on is None:
        return ""
    days = (user.interview_on - local_today(user)).days
    when = f"{user.interview_on.day} {user.interview_on:%B} · {LEVEL_WORD[Level(user.level)]}"
    if days < 0:
        return format_html("Interview was on {}", when)
    if days == 0:
        return format_html("<b>Interview today</b><br>{}", when)
    unit = "day" if days == 1 else "days"
    return format_html("Interview in <b>{} {}</b><br>{}", days, unit, when)


@register.filter
def minutes(value: int | None) -> str:
    """Return minutes as a person says them: "45 min", "1 h 30", "12 h"."""
    value = value or 0
    hours, rest = divmod(value, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02}" if rest else f"{hours} h"


@register.filter
def day_short(value: dt.date | None) -> str:
    """Return "Wed 19", or with the month "Wed 19 Nov" when it is the first."""
    return f"{value:%a} {value.day}" if value else ""


@register.filter
def day_long(value: dt.date | None) -> str:
    """Return "Friday, 21 November"."""
    return f"{value:%A}, {value.day} {value:%B}" if value else ""


@register.filter
def day_month(value: dt.date | None) -> str:
    """Return "21 Nov"."""
    return f"{value.day} {value:%b}" if value else ""


@register.filter
def span(days: tuple[dt.date, dt.date]) -> str:
    """Return "Sun 22 Nov", or "Sun 22 to Mon 23 Nov" for several days."""
    first, last = days
    end = f"{last:%a} {last.day} {last:%b}"
    return end if first == last else f"{first:%a} {first.day} to {end}"


@register.filter
def minutes_since(moment: dt.datetime) -> int:
    """Return the whole minutes since a moment. Reads the clock."""
    return max(int((timezone.now() - moment).total_seconds() // 60), 0)


@register.filter(is_safe=True)
def code_spans(text: str) -> SafeString:
    """Return the text, escaped, with what stands in backticks as code."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return format_html("{}", text)
    return format_html_join(
        "",
        "{}",
        ((format_html("<code>{}</code>", p) if n % 2 else p,) for n, p in enumerate(pieces)),
    )


@register.filter
def trusted(html: str) -> SafeString:
    """Mark stored HTML as fit to print: apps.library.render cleaned it when it was saved."""
    return mark_safe(html)  # noqa: S308 - the only such mark; see apps/library/render.py
