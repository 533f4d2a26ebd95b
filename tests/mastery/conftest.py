from __future__ import annotations

import pytest

from apps.library.models import Topic
from tests.mastery.factories import make_topic


@pytest.fixture
def topics(db: None) -> list[Topic]:
    return [make_topic(f"topic-{number}", position=number) for number in range(3)]
