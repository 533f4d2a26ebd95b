"""What a learner deleted of their own pages, topics and questions, to be brought back."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import CharField, F, QuerySet, Value
from django.urls import reverse

from apps.accounts.models import User
from apps.library.models import Question, Reference, Topic

MOST = 200


class Deleted(NamedTuple):
    """One deleted thing: `restore` is the address that brings it back."""

    kind: str
    title: str
    address: str
    restore: str


def deleted_of(user: User) -> list[Deleted]:
    """Return what the learner deleted, newest first, the newest 200. One query."""
    pages, topics, questions = (
        _rows(Reference.objects.filter(owner=user), "page", "title"),
        _rows(Topic.objects.filter(owner=user), "topic", "title"),
        _rows(Question.objects.filter(owner=user), "question", "text"),
    )
    rows = pages.union(topics, questions, all=True).order_by("-retired_at")[:MOST]
    return [_deleted(row) for row in rows]


def _rows(own: QuerySet[Any], kind: str, words: str) -> Any:
    gone = own.exclude(retired_at=None).order_by()
    named = gone.annotate(what=Value(kind, output_field=CharField()), words=F(words))
    return named.values("pk", "retired_at", "what", "words")


def _deleted(row: dict[str, Any]) -> Deleted:
    kind, of = row["what"], [row["pk"]]
    shown = "reference" if kind == "page" else kind
    return Deleted(
        kind,
        row["words"],
        reverse(f"dashboard:library_{shown}", args=of),
        reverse(f"dashboard:library_restore_{kind}", args=of),
    )
