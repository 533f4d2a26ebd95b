"""Landing, first sign-in, deletion; sign-in itself is allauth's, the settings are dashboard's."""

from __future__ import annotations

from django.conf import settings as site
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.forms import PRESETS, DeleteForm, WelcomeForm
from apps.accounts.http import LearnerRequest, page_behind, see_other
from apps.accounts.models import User


@login_not_required
@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """What this is, for a stranger; a learner goes on to Today."""
    if request.user.is_authenticated:
        return redirect(site.LOGIN_REDIRECT_URL)
    return render(request, "accounts/landing.html")


@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: LearnerRequest) -> HttpResponse:
    """First sign-in: time zone, hours, level, interview date; then the placement is offered."""
    learner, now = User.objects.get(pk=request.user.pk), timezone.now()
    if request.method != "POST":
        if learner.onboarded_at:
            return redirect("dashboard:settings")
        return _show_welcome(request, WelcomeForm.for_the_first_time(learner, now))
    if "preset" in request.POST:
        return _show_welcome(request, WelcomeForm.with_preset(request.POST, learner, now))
    form = WelcomeForm(request.POST, instance=learner, now=now)
    if not form.is_valid():
        return _show_welcome(request, form, status=422)
    learner.onboarded_at = learner.onboarded_at or now
    learner.save(update_fields=[*form.Meta.fields, "onboarded_at"])
    return see_other("assessments:placement")


def _show_welcome(request: LearnerRequest, form: WelcomeForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "presets": PRESETS}
    return render(request, "accounts/welcome.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: LearnerRequest) -> HttpResponse:
    """Delete the account and everything in it, once the address is typed."""
    posted = request.POST if request.method == "POST" else None
    form = DeleteForm(posted, address=request.user.email)
    if posted is not None and form.is_valid():
        User.objects.get(pk=request.user.pk).delete()
        logout(request)
        return see_other("accounts:deleted")
    return render(
        request, "accounts/delete.html", {"form": form}, status=422 if form.errors else 200
    )


@login_not_required
@require_safe
def deleted(request: HttpRequest) -> HttpResponse:
    """Say that an account is gone."""
    return render(request, "accounts/deleted.html")


@login_not_required
@never_cache
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """200 with the database reachable, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database unreachable\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
def csrf_failure(request: HttpRequest, **_reason: str) -> HttpResponse:
    """Say that the form was too old; an htmx request is sent to the page again."""
    page = page_behind(request)
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": page})
    return render(request, "403_csrf.html", {"page": page}, status=403)
