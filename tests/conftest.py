"""Alice owns, Charlie is a stranger."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import settings

# A machine that is busy is no fault of an example; what has to be quick is measured on its own.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

TODAY = dt.date(2026, 11, 18)  # a Wednesday
PASSWORD = "correct horse battery"


def make_learner(email: str, **fields: Any) -> Any:
    """Return a saved learner who has been through the first sign-in: an hour a day."""
    from apps.accounts.models import User

    hours = dict.fromkeys(
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), 60
    )
    return User.objects.create_user(
        email,
        PASSWORD,
        **({"onboarded_at": timezone.now(), "time_zone": "UTC"} | hours | fields),
    )


@pytest.fixture
def alice(db: None) -> Any:
    return make_learner("alice@example.com", name="Alice")


@pytest.fixture
def charlie(db: None) -> Any:
    return make_learner("charlie@example.com", name="Charlie")


@pytest.fixture
def alice_client(alice: Any) -> Client:
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def charlie_client(charlie: Any) -> Client:
    client = Client()
    client.force_login(charlie)
    return client
