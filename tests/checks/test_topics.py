"""From what was typed to a topic."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.checks import topics as module
from apps.checks.topics import MOST_NAMED, TopicNames
from apps.library.models import Topic


def test_names_slugs_and_ids_none_twice(alice: User, topics: list[Topic]) -> None:
    texts = ["kv  CACHE", "t-test", str(topics[2].pk), "nonsense", "T-test", "nonsense"]
    found, unknown = TopicNames(alice).named(texts)
    assert [choice.id for choice in found] == [topics[2].pk, topics[0].pk]
    assert unknown == ["nonsense"]


def test_unknown_names_are_not_compared_and_there_is_an_end(
    alice_client: Client, topics: list[Topic], monkeypatch: pytest.MonkeyPatch
) -> None:
    def compared(*given: Sequence[str]) -> list[str]:
        raise AssertionError(given)

    monkeypatch.setattr(module.process, "extract", compared)
    names = "&".join(f"topic=unknown-{number}x" for number in range(MOST_NAMED + 30))
    page = alice_client.get(f"/checks/start/?{names}&topic=t-test").content.decode()
    assert page.count("is not a topic here") == MOST_NAMED
    assert f"unknown-{MOST_NAMED}x" not in page
