"""The request as views see it, and where to go afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from django.contrib import messages
from django.contrib.messages.storage.base import BaseStorage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from apps.accounts.models import User


SIGNED_OUT = "You were signed out. Sign in and you are back where you were."


class LearnerRequest(HttpRequest):
    """A request of a signed-in learner."""

    user: User
    htmx: HtmxDetails


def safe_next(request: HttpRequest, default: str) -> str:
    """Return the posted `next` if it stays on this site, else `default`. Does not query."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if target.startswith("/") and url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return target
    return default


def see_other(to: str) -> HttpResponse:
    """Return a 303 to an address or the name of one: what was posted is not posted again."""
    return HttpResponseRedirect(resolve_url(to), status=303)


def say_signed_out(request: HttpRequest) -> None:
    """Have the next page say, once, that the session has ended. Does not query."""
    waiting = messages.get_messages(request)
    known = {str(message) for message in waiting}
    if isinstance(waiting, BaseStorage):
        waiting.used = False  # they were looked at, not shown
    if SIGNED_OUT not in known:
        messages.info(request, SIGNED_OUT)


def page_behind(request: HttpRequest, default: str = "/") -> str:
    """Return the page the browser was on when it sent this form or fragment request.

    That is a path on this site; `default` when the browser does not say, or names another site.
    """
    htmx = getattr(request, "htmx", None)
    said = (htmx.current_url if htmx else None) or request.headers.get("Referer", "")
    try:
        page = urlsplit(said)
    except ValueError:
        return default
    path = urlunsplit(("", "", page.path, page.query, ""))
    if page.netloc == request.get_host() and url_has_allowed_host_and_scheme(path, None):
        return path
    return default
