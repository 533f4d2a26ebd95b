from __future__ import annotations

import pytest

from apps.library.models import Topic
from tests.mastery.factories import make_topic


@pytest.fixture
def topics(db: None) -> list[Topic]:
    return [
        make_topic("t-test", title="T-test"),
        make_topic("anova", title="ANOVA", position=1),
        make_topic("kv-cache", "llm-systems", title="KV cache"),
    ]
