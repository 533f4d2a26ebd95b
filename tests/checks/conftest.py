from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.library.models import Topic
from tests.checks.reviewing import learned
from tests.mastery.factories import make_topic


@pytest.fixture
def topics(db: None) -> list[Topic]:
    return [
        make_topic("t-test", title="T-test"),
        make_topic("anova", title="ANOVA", position=1),
        make_topic("kv-cache", "llm-systems", title="KV cache"),
    ]


@pytest.fixture
def htmx(alice_client: Client) -> Any:
    """Ask as htmx does."""

    def ask(url: str, data: dict[str, Any] | None = None) -> Any:
        method = alice_client.get if data is None else alice_client.post
        return method(url, data or {}, headers={"HX-Request": "true"})

    return ask


@pytest.fixture
def due(alice: User, topics: list[Topic]) -> list[Topic]:
    """Three topics that are due."""
    learned(alice, *topics)
    return topics
