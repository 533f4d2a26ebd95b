from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import respond_429
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.shortcuts import redirect

from apps.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is open; addresses are kept in lower case by allauth itself."""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Answer 429 to too many wrong passwords, whether or not the address is known."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            raise ImmediateHttpResponse(respond_429(request)) from None

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Save a sign-up; of two at the same moment (a double click) the second is sent to sign in."""
        try:
            with transaction.atomic():
                saved: User = super().save_user(request, user, form, commit)
        except IntegrityError:
            messages.info(request, "This address has an account by now. Sign in.")
            raise ImmediateHttpResponse(redirect("account_login")) from None
        return saved
