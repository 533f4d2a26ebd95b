"""Forms that make a thing carry its id in their address, so that Back and "Add" make no second."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from apps.plans.pages import parse_uuid


def key_of(request: HttpRequest) -> uuid.UUID | None:
    """Return the id of what is being made, from what was posted or else from the address."""
    return parse_uuid((request.POST if request.method == "POST" else request.GET).get("key", ""))


def with_key(request: HttpRequest) -> HttpResponse:
    """Return the way to the same address with a new id in it."""
    asked = request.GET.copy()
    asked["key"] = str(uuid.uuid4())
    return redirect(f"{request.path}?{asked.urlencode()}")
