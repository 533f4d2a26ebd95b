"""Many-to-many rows in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models

BATCH = 200


def sync_links(
    through: type[models.Model], near: str, far: str, wanted: dict[Any, Sequence[Any]]
) -> None:
    """Make the rows of a many-to-many table those that are wanted, for the keys of `wanted`."""
    manager = through._default_manager
    there: dict[tuple[Any, Any], Any] = {}
    keys = list(wanted)
    for start in range(0, len(keys), BATCH):
        rows = manager.filter(**{f"{near}__in": keys[start : start + BATCH]})
        there.update(
            ((row_near, row_far), pk) for row_near, row_far, pk in rows.values_list(near, far, "pk")
        )
    pairs = {(key, other) for key, others in wanted.items() for other in others}
    gone = [pk for pair, pk in there.items() if pair not in pairs]
    for start in range(0, len(gone), BATCH):
        manager.filter(pk__in=gone[start : start + BATCH]).delete()
    new = [through(**{near: key, far: other}) for key, other in sorted(pairs - there.keys())]
    manager.bulk_create(new, batch_size=BATCH, ignore_conflicts=True)
