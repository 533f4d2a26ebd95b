"""Writing what changed in a plan back into its text: ticks, words, places, new tasks. Pure.

Always from the text as it came in: what is not wanted otherwise keeps its bytes.
"""

from __future__ import annotations

from collections.abc import Sequence

from apps.exchange.plan_shapes import NewTask, Place, StaleText, Wanted
from apps.exchange.plan_weave import Weaver

__all__ = ["NewTask", "Place", "StaleText", "Wanted", "splice"]


def splice(text: str, wanted: Sequence[Wanted], new: Sequence[NewTask] = ()) -> str:
    """Return the text with what is wanted written into it; the same text where nothing is.

    A tick changes one sign. Raises StaleText where a line or a mark does not fit the text.
    """
    if not wanted and not new:
        return text
    return Weaver(text, wanted, new).run()
