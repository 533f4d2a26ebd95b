from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.library.models import Topic
from tests.dashboard.conftest import topics
from tests.mastery.factories import make_topic
from tests.plans.conftest import now, plan, roadmap, topic

__all__ = ["now", "plan", "roadmap", "topic", "topics"]


@pytest.fixture
def read(alice_client: Client) -> Any:
    """Return a page's text, spaces single."""

    def get(address: str, status: int = 200, **headers: str) -> str:
        answer = alice_client.get(address, headers=headers)
        assert answer.status_code == status, (address, answer.status_code)
        return " ".join(answer.content.decode().split())

    return get


@pytest.fixture
def mine(alice: Any, topics: list[Topic]) -> Topic:
    """A topic of Alice's own."""
    return make_topic("mine", owner=alice, collection="", title="My topic")
