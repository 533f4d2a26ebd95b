"""What the pages of sign-in need."""

from __future__ import annotations

from copy import copy

from django import template
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import BoundField, Field
from django.forms.utils import ErrorList
from django.utils.safestring import SafeString

register = template.Library()
# allauth's forms say "This field is required." of every field.
MISSING = {
    "email": "Type an e-mail address.",
    "login": "Type your e-mail address.",
    "password": "Type your password.",
    "oldpassword": "Type the password you have now.",
    "password1": "Choose a password.",
    "password2": "Type the same password again.",
    "code": "Type the code.",
    "name": "Give it a name.",
}


@register.simple_tag
def control(field: BoundField, *, focus: object = False) -> SafeString:
    """Return the input without the placeholder that would only repeat its label."""
    # An attribute that is False is left out.
    return field.as_widget(attrs={"placeholder": False, "autofocus": bool(focus)})


@register.simple_tag
def faults(field: BoundField) -> ErrorList:
    """Return the field's errors; what Django says of an empty field in words of our own."""
    own = copy(field.errors)  # its own copy() forgets which field it is of
    own.data = [
        ValidationError(MISSING[field.name])
        if error.message == Field.default_error_messages["required"] and field.name in MISSING
        else error
        for error in field.errors.as_data()
    ]
    return own


@register.simple_tag
def mail_goes_to_files() -> bool:
    """Return whether no mail server is set, so that mail is only written to var/mail."""
    return not settings.EMAIL_URL
