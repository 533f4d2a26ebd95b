"""Words of the library's pages."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.accounts.templatetags.studyplan import trusted
from apps.library.models import OURS, Curated, Question, Roadmap
from apps.library.models.practice import QuestionKind
from apps.library.sources import in_words

register = template.Library()
ONE_PARAGRAPH = re.compile(r'<p(?: dir="auto")?>((?:(?!</?p[ >]).)*)</p>', re.DOTALL)
LINK_TAG = re.compile(r'</?a(?:\s(?:[^>"]|"[^"]*")*)?>')


@register.filter
def asked(question: Question) -> SafeString:
    """Return a question as it stands in a line: its stored HTML without the paragraph around it,
    where it is one; else its text, escaped."""
    one = ONE_PARAGRAPH.fullmatch(question.text_html.strip())
    if one is None:
        return format_html("{}", question.text)
    return trusted(one[1])


@register.filter
def asked_in_link(question: Question) -> SafeString:
    """Return the same without links of its own, for where the whole question is one."""
    return trusted(LINK_TAG.sub("", asked(question)))


@register.filter
def kind_name(question: Question) -> str:
    """Return the kind of a question in words; empty for a bare one."""
    return QuestionKind(question.kind).label if question.kind else ""


@register.filter
def origin(item: Curated) -> str:
    """Return the name of the collection an item comes from; empty for ours and own ones."""
    is_own = getattr(item, "owner_id", None) is not None
    return "" if is_own or item.collection == OURS else item.collection


@register.filter
def plan_address(roadmap: Roadmap) -> str:
    """Return the address of the page that makes a plan from a roadmap."""
    if roadmap.collection == OURS:
        return reverse("plans:new_plan", kwargs={"slug": roadmap.slug})
    names = {"collection": roadmap.collection, "slug": roadmap.slug}
    return reverse("plans:new_plan", kwargs=names)


@register.filter
def credit(source: str) -> str:
    """Return where a fact came from, in words."""
    return in_words(source)


@register.filter
def hours(span: Any) -> str:
    """Return a span of hours as "4 to 8 hours"; empty without one."""
    if not span:
        return ""
    first, last = span[0], span[-1]
    if first == last:
        return f"{first} hour" if first == 1 else f"{first} hours"
    return f"{first} to {last} hours"
