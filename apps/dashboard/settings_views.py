"""Settings: what a learner says about themselves, and how checks and reviews go."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from apps.accounts.clock import local_today
from apps.accounts.forms import SettingsForm
from apps.accounts.http import LearnerRequest, see_other
from apps.accounts.models import Scheduler, User
from apps.mastery.record import choose_scheduler


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: LearnerRequest) -> HttpResponse:
    """Profile, look and keys, checks and reviews; the ways to hours, sign-in and deletion."""
    learner = User.objects.get(pk=request.user.pk)
    posted = request.POST if request.method == "POST" else None
    form = SettingsForm(posted, instance=learner, now=timezone.now())
    if posted is not None and form.is_valid():
        messages.success(request, _save(form, learner))
        return see_other("dashboard:settings")
    held = Authenticator.objects.filter(user=learner).values_list("type", flat=True)
    context = {
        "form": form,
        "week_minutes": sum(request.user.weekday_minutes),
        "passkeys": sum(kind == Authenticator.Type.WEBAUTHN for kind in held),
        "has_totp": Authenticator.Type.TOTP in held,
    }
    return render(request, "dashboard/settings.html", context, status=422 if form.errors else 200)


def _save(form: SettingsForm, learner: User) -> str:
    """Save what changed; return what to say of it. A new scheduler takes five queries more."""
    said = []
    with transaction.atomic():
        learner.save(update_fields=[name for name in form.Meta.fields if name != "scheduler"])
        if "scheduler" in form.changed_data:
            said.append(_replayed(learner, choose_scheduler(learner, learner.scheduler)))
    if "time_zone" in form.changed_data:
        today = local_today(learner)
        said.append(
            f"In {learner.time_zone.replace('_', ' ')} today is {today:%A}, "
            f"{today.day} {today:%B}; what is recorded keeps its day."
        )
    return " ".join(["Saved.", *said]) if said else "Your settings are saved."


def _replayed(learner: User, moved: int) -> str:
    name = Scheduler(learner.scheduler).label
    topics = {0: "no topic is", 1: "1 topic is"}.get(moved, f"{moved} topics are")
    return f"Your history was replayed with {name}: {topics} due on another day."
