"""The way to sign-in, HTMX answers, first sign-in, no copies of signed-in pages in caches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from apps.accounts.http import page_behind, say_signed_out

GetResponse = Callable[[HttpRequest], HttpResponseBase]
BEFORE_WELCOME = ("/welcome/", "/accounts/", "/admin/", "/healthz", "/settings/")


class SignInMiddleware(LoginRequiredMiddleware):
    """Send to sign-in, and afterwards back to a page.

    A fragment or a form's address is no page: after sign-in it would be a bare row, or a 405. Only
    a page that was open sends one, so its session has ended, and sign-in says so.
    """

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseRedirect:
        if request.method in ("GET", "HEAD") and not getattr(request, "htmx", False):
            return super().handle_no_permission(request, view_func)
        say_signed_out(request)
        return redirect_to_login(
            page_behind(request),
            self.get_login_url(view_func),
            self.get_redirect_field_name(view_func),
        )


class HtmxAnswersMiddleware:
    """Make redirects and messages reach a page that asked through htmx."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        patch_vary_headers(response, ("HX-Request",))
        if not request.htmx:  # type: ignore[attr-defined] # set by django_htmx
            return response
        if response.status_code in (301, 302, 303):
            answer = HttpResponse(status=204)
            answer.cookies = response.cookies
            answer["HX-Redirect"] = response["Location"]
            return answer
        if response.status_code in (200, 409, 422) and not response.streaming:
            waiting = list(messages.get_messages(request))
            if waiting and isinstance(response, HttpResponse):
                response.write(
                    render_to_string(
                        "_messages.html", {"messages": waiting, "oob": True}, request=request
                    )
                )
        return response


class SignedInMiddleware:
    """Ask a new learner for hours and time zone first; keep signed-in pages out of caches."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if getattr(request, "is_signed_in", False) or (
            # An address that leads nowhere met no view; its page has the learner's rail.
            response.status_code == 404 and request.user.is_authenticated
        ):
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        if request.path == "/healthz" or not request.user.is_authenticated:
            return None
        request.is_signed_in = True  # type: ignore[attr-defined] # see LearnerRequest
        if request.user.onboarded_at is None and not request.path.startswith(BEFORE_WELCOME):
            return redirect("accounts:welcome")
        return None
