"""What the pages of sign-in need."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def control(field: BoundField, *, focus: object = False) -> SafeString:
    """Return the input without the placeholder that would only repeat its label."""
    # An attribute that is False is left out.
    return field.as_widget(attrs={"placeholder": False, "autofocus": bool(focus)})


@register.simple_tag
def mail_goes_to_files() -> bool:
    """Return whether no mail server is set, so that mail is only written to var/mail."""
    return not settings.EMAIL_URL
