from __future__ import annotations

import pytest

from apps.accounts.models import User
from apps.assessments.models import Assessment
from apps.library.models import Question, Topic
from tests.assessments.asking import make_bank, sit
from tests.mastery.factories import make_topic


@pytest.fixture
def topics(db: None) -> list[Topic]:
    return [
        make_topic("t-test", title="T-test"),
        make_topic("anova", title="ANOVA", position=1),
        make_topic("kv-cache", "llm-systems", title="KV cache"),
    ]


@pytest.fixture
def bank(db: None) -> list[Question]:
    """Nine standing questions over three areas."""
    return make_bank()


@pytest.fixture
def sitting(alice: User, bank: list[Question]) -> Assessment:
    """An open sitting of those questions."""
    return sit(alice)
