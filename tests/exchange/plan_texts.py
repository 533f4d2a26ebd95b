"""Markdown plans for tests, and what a learner sends to import them."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from apps.exchange.plan_import import Incoming, Wish, create_from, take_in
from apps.plans.models import Plan
from tests.conftest import TODAY

PAGE = "/plan/import/"
KEY = "0d3a6a0e-7a34-4a57-9c1d-2b9b3f0f7a55"
TEXT = """# My interview plan

## Phase 1: Foundations (Weeks 1-2)

### Week 1: Trees

**Goal**: Know trees.

**Day 1: Decision trees (2 hours)** (2026-11-02)
- [x] Read chapter 8 (45 min)
- [X] Implement CART from scratch
  - only NumPy
  - [x] Test it on iris
- [ ] Watch a video: https://example.com/trees (optional)

Knowledge Check: 86.5 %

**Day 2: Forests 🌲 and the Gini index γ**
- [ ] Derive the variance of a bagged mean (30 min)
- [ ] Write a cheat sheet

## Phase 2: Depth

### Weeks 11-12: Nets

**Days 1-2: Attention**
* [ ] Review attention
1. [ ] Mock interview (1.5 hours)
"""


def sent(text: str = TEXT, **more: Any) -> dict[str, Any]:
    """Return what the first step sends."""
    return {"step": "read", "text": text, "title": "", "start": str(TODAY), **more}


def fields(answer: Any) -> dict[str, str]:
    """Return the hidden fields of the page's form that carries the text, and its checked boxes."""
    page = answer.content.decode()
    found = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    found.pop("csrfmiddlewaretoken", None)
    for name, value, rest in re.findall(
        r'<input type="checkbox" name="([^"]+)" value="([^"]*)"([^>]*)>', page
    ):
        if "checked" in rest:
            held: Any = found.setdefault(name, [] if name == "take" else "")
            found[name] = [*held, value] if name == "take" else value
    return found


def imported(client: Client, text: str = TEXT, **more: Any) -> Plan:
    """Import a text through both pages, and return the plan."""
    first = client.post(PAGE, sent(text))
    assert first.status_code == 200, first.content.decode()
    answer = client.post(PAGE, fields(first) | more)
    assert answer.status_code == 303, answer.content.decode()
    return Plan.objects.get(state="active", owner__email="alice@example.com", deleted_at=None)


def made(user: Any, text: str = TEXT, **more: Any) -> Plan:
    """Make a plan of a text without the pages."""
    incoming: Incoming = take_in(text, TODAY, name="plan.md")
    wish = Wish(title=incoming.title, starts_on=TODAY, today=TODAY, **more)
    return create_from(user, incoming, wish).plan
