from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

NEW_PASSWORD = "seven quiet lamps"


@pytest.fixture(autouse=True)
def _no_counted_attempts(db: None) -> None:
    cache.clear()


@pytest.fixture
def newcomer(db: None) -> Any:
    """A learner who signed up and has not been welcomed yet."""
    from apps.accounts.models import User

    return User.objects.create_user("nora@example.com", NEW_PASSWORD)


@pytest.fixture
def newcomer_client(newcomer: Any) -> Client:
    client = Client()
    client.force_login(newcomer)
    return client


def link_in(text: str) -> str:
    """The path of the first link of a mail."""
    found = re.search(r"https?://[^/\s]+(/\S+)", text)
    assert found, text
    return found[1]
