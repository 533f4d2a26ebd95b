"""The site, with the floor that its pages are measured against and the write a tick is measured by."""

from __future__ import annotations

import time

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.http import LearnerRequest
from apps.accounts.models import User
from studyplan.urls import urlpatterns as site

WRITE_HEADER = "X-Write-Seconds"


@require_safe
def floor(request: LearnerRequest) -> HttpResponse:
    """A signed-in page: the session, the learner, the base template, and nothing else."""
    return render(request, "bench/floor.html")


@require_POST
def write(request: LearnerRequest) -> HttpResponse:
    """One row in a transaction of its own; the header says how long that took, in seconds."""
    learner = User.objects.filter(pk=request.user.pk)
    begin = time.perf_counter()
    with transaction.atomic():
        learner.update(name=request.POST["name"])
    took = time.perf_counter() - begin
    return HttpResponse(status=204, headers={WRITE_HEADER: f"{took:.6f}"})


urlpatterns = [
    path("bench/floor/", floor),
    path("bench/write/", write),
    *site,
]
