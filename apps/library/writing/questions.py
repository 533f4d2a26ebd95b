"""Questions of a learner's own."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import LEVEL_RANK, Level, User
from apps.library.models import Question
from apps.library.own import put_entry, remove_entry
from apps.library.writing.base import (
    KIND,
    digest_of,
    lock,
    refuse_if_changed,
    rendered,
    store_new,
)


def digest_of_question(question: Question) -> str:
    """Return what tells whether an own question was changed. Does not query."""
    return digest_of(question.kind, question.level, question.text, question.answer)


WRITTEN = (
    *("kind", "level", "level_rank", "text", "text_html", "answer", "answer_html", "digest"),
    "retired_at",
)


def _fill_question(question: Question) -> None:
    question.level_rank = LEVEL_RANK[Level(question.level)]
    question.text_html = rendered(question.text)
    question.answer_html = rendered(question.answer)
    question.digest = digest_of_question(question)


def add_question(user: User, question: Question) -> Question:
    """Store a new own question, with its topic, and return it; the same id again returns what it
    made. Raises Foreign when the id is taken by somebody else's."""
    _fill_question(question)
    with transaction.atomic():
        made = store_new(user, question, question.text, "question")
        if made is None:
            enter_question(question)
    return made or question


def edit_question(question: Question, seen: str, *, bring_back: bool = False) -> None:
    """Store the changes of an own question, given the digest it had; a deleted one comes back if
    `bring_back` says so. Raises Changed."""
    assert question.owner is not None
    _fill_question(question)
    with transaction.atomic():
        lock(question.owner)
        stored = Question.objects.get(pk=question.pk)
        differs = digest_of_question(stored) not in (seen, question.digest)
        refuse_if_changed(stored, differs=differs, bring_back=bring_back)
        question.retired_at = None
        question.save(update_fields=WRITTEN)
        enter_question(question)


@transaction.atomic
def retire_question(question: Question) -> None:
    """Delete an own question, so that it can be brought back. Idempotent."""
    Question.objects.filter(pk=question.pk, retired_at=None).update(retired_at=timezone.now())
    remove_entry(KIND.QUESTION, question.pk)


@transaction.atomic
def restore_question(question: Question) -> None:
    """Bring an own question back. Idempotent."""
    Question.objects.filter(pk=question.pk).update(retired_at=None)
    enter_question(question)


def enter_question(question: Question) -> None:
    assert question.owner is not None
    put_entry(question.owner, KIND.QUESTION, question.pk, **entry_of_question(question))


def entry_of_question(question: Question) -> dict[str, str]:
    """Return what the search says of an own question, which comes with its topic. Does not query."""
    return {
        "title": question.text,
        "address": question.get_absolute_url(),
        "text": question.answer,
        "place": question.topic.title,
    }
