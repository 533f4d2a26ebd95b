"""Keeps the addresses of calendars out of logs: whoever reads one could read the calendar."""

from __future__ import annotations

import logging
import re

# However much of the address is written in another way: what comes before ".ics" goes as well.
_ADDRESS = re.compile(
    r"(?<!/settings)(/calendar(?:/|%2f))[^\s\"'?#]+|([/=])[^\s\"'/=]{20,}(?:\.|%2e)ics",
    re.IGNORECASE,
)


def without_tokens(text: str) -> str:
    """Return the text with "/calendar/….ics" for the address of any calendar in it."""
    return _ADDRESS.sub(lambda found: f"{found[1] or found[2]}….ics", text)


class HideTokens(logging.Filter):
    """Rewrites what is logged; drops nothing. For loggers and for handlers."""

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            said = record.getMessage()
        except (TypeError, ValueError, KeyError):
            said = f"{record.msg} {record.args}"
        hidden = without_tokens(said)
        if hidden != said:
            record.msg, record.args = hidden, ()
        if record.exc_text:
            record.exc_text = without_tokens(record.exc_text)
        return True
