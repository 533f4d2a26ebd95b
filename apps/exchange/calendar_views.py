"""The calendar feed, and the page in Settings where its address is made."""

from __future__ import annotations

import uuid
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.clock import local_day
from apps.accounts.http import LearnerRequest, see_other
from apps.exchange import calendar_feed as feeds
from apps.exchange.calendar_file import write_calendar
from apps.exchange.models import CalendarFeed
from apps.plans.keyed import key_of

FRESH_SECONDS = 600
SHOWN_ONCE = "calendar-address"  # the cookie that carries a new token to the page that shows it
SHOW_WITHIN = 120
MADE = "The address is made. Copy it now: it is shown this once."
MADE_BEFORE = "This form made an address before, so nothing was made twice."
Response = TypeVar("Response", bound=HttpResponseBase)
LOCAL = ("localhost", "127.0.0.1", "::1")


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """The feed of this token. Two queries at most when the calendar has it already (304), else six
    at most; 404 for a token that is unknown or revoked."""
    now = timezone.now()
    feed = feeds.find_feed(token)
    if feed is None:
        raise Http404("There is no such calendar.")
    origin = request.build_absolute_uri("/").rstrip("/")
    etag = feeds.fingerprint(feed, origin, local_day(feed.user, now))
    known = _answer(HttpResponse(), etag)
    answer = get_conditional_response(request, etag=known["ETag"], response=known)
    if answer is not None and answer is not known:
        feeds.note_reading(feed, now)
        return _answer(answer, etag)
    sent = feeds.bring_up_to_date(feed, etag, feeds.load_agenda(feed, now), now)
    name, zone = feeds.calendar_name(feed), feeds.zone_of(feed.user)
    file = write_calendar(sent, name, zone, origin)
    return _answer(HttpResponse(file, content_type="text/calendar; charset=utf-8"), etag)


def _answer(response: Response, etag: str) -> Response:
    """Return the response with what keeps the address to those who have it."""
    response["ETag"] = quote_etag(etag)
    response["Cache-Control"] = f"private, max-age={FRESH_SECONDS}"
    response["Content-Disposition"] = 'inline; filename="studyplan.ics"'
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@require_safe
def calendar(request: LearnerRequest) -> HttpResponse:
    """The state of the learner's address; right after it was made, the address. One query."""
    feed = feeds.live_feed(request.user)
    token = request.get_signed_cookie(SHOWN_ONCE, default="", max_age=SHOW_WITHIN)
    more: dict[str, Any] = {}
    if feed and token and feeds.digest_of(token) == feed.digest:
        address = request.build_absolute_uri(reverse("exchange:calendar_feed", args=[token]))
        parts = urlsplit(address)
        webcal = parts._replace(scheme="webcal").geturl()
        more = {"address": address, "webcal": webcal, "is_local": parts.hostname in LOCAL}
    response = _page(request, feed, **more)
    if request.method == "GET" and SHOWN_ONCE in request.COOKIES:
        response.delete_cookie(SHOWN_ONCE, path=reverse("exchange:calendar"), samesite="Strict")
    return response


def _page(
    request: LearnerRequest, feed: CalendarFeed | None, status: int = 200, **more: Any
) -> HttpResponse:
    context: dict[str, Any] = {"feed": feed, "key": uuid.uuid4(), "choices": CalendarFeed.Entry}
    if feed:
        context["since"] = local_day(request.user, feed.created_at)
        context["read_on"] = feed.read_at and local_day(request.user, feed.read_at)
        context["is_timed"] = any(request.user.weekday_times)
    return render(request, "exchange/calendar.html", context | more, status=status)


@require_POST
def make_calendar(request: LearnerRequest) -> HttpResponse:
    """Make an address, in place of the one there is. Idempotent by the form's key."""
    try:
        token = feeds.make_feed(request.user, key_of(request) or uuid.uuid4(), timezone.now())
    except feeds.Foreign:
        raise Http404("That id is somebody else's.") from None
    response = see_other("exchange:calendar")
    if token is None:
        messages.info(request, MADE_BEFORE)
        return response
    messages.success(request, MADE)
    response.set_signed_cookie(
        SHOWN_ONCE,
        token,
        max_age=SHOW_WITHIN,
        path=reverse("exchange:calendar"),
        secure=request.is_secure(),
        httponly=True,
        samesite="Strict",
    )
    return response


@require_POST
def choose_entries(request: LearnerRequest) -> HttpResponse:
    """Have one entry per study day or per session. 422 for anything else."""
    entry = request.POST.get("entry", "")
    feed = feeds.live_feed(request.user)
    if feed is None:
        raise Http404("There is no calendar.")
    if entry not in CalendarFeed.Entry.values:
        return _page(request, feed, 422, error="Choose one of the two.")
    CalendarFeed.objects.filter(pk=feed.pk).update(entry=entry)
    messages.success(request, "Saved. Calendars show it when they next read the address.")
    return see_other("exchange:calendar")


@require_POST
def revoke_calendar(request: LearnerRequest) -> HttpResponse:
    """Stop the address. Nothing happens when there is none."""
    if feeds.revoke_feed(request.user, timezone.now()):
        messages.success(request, "The address has stopped. Calendars can read it no more.")
    return see_other("exchange:calendar")
