"""The question bank, one question, and the learner's own questions."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.clock import local_today
from apps.accounts.http import LearnerRequest, safe_next, see_other
from apps.dashboard.library.areas import area_choices
from apps.dashboard.library.bank import (
    bank,
    bank_lines,
    of_bank,
    of_topic,
    questions_seen,
    with_standing,
)
from apps.dashboard.library.filters import QuestionFilter
from apps.dashboard.library.find import find, own_question, readable_question, seen_topic
from apps.dashboard.library.forms import OwnQuestionForm
from apps.dashboard.library.views.home import is_fragment
from apps.library.models import Question, Topic
from apps.library.writing.base import Changed, Foreign
from apps.library.writing.questions import (
    add_question,
    digest_of_question,
    edit_question,
    restore_question,
    retire_question,
)
from apps.plans.keyed import key_of, with_key
from apps.plans.pages import parse_uuid

A_PAGE = 50


@require_safe
def questions(request: LearnerRequest) -> HttpResponse:
    """The bank, filtered by the address, fifty a page. Four queries, or five."""
    today, areas = local_today(request.user), area_choices()
    chosen = QuestionFilter.of(request.GET, areas)
    rows = with_standing(request.user, bank(request.user, today, chosen))
    pages = Paginator(rows, A_PAGE)
    every = questions_seen(request.user).count() if chosen.is_on else pages.count
    page = pages.get_page(request.GET.get("page"))
    context = {
        "filter": chosen,
        "selects": chosen.selects(areas),
        "page": page,
        "lines": bank_lines(page, today),
        "shown": pages.count,
        "every": every,
    }
    template = "library/_bank.html" if is_fragment(request) else "library/questions.html"
    return render(request, template, context)


@require_safe
def question(
    request: LearnerRequest, slug: str = "", collection: str = "", pk: uuid.UUID | None = None
) -> HttpResponse:
    """One question with its hidden answer, between its neighbours of the topic, or of the bank's
    filters when the address carries them. Two queries, up to five within filters."""
    seen = Q(topic__owner=None) | Q(topic__owner=request.user)
    rows = Question.objects.visible_to(request.user).filter(seen).select_related("topic__area")
    found = find(rows, readable_question(request.user), slug=slug, collection=collection, pk=pk)
    areas = area_choices() if "area" in request.GET else []
    chosen = QuestionFilter.of(request.GET, areas)
    if request.path != found.get_absolute_url():
        return redirect(found.get_absolute_url() + chosen.query)
    context = {"question": found, "filter": chosen, "words": chosen.words(areas)}
    if chosen.is_on:
        near = of_bank(request.user, found, local_today(request.user), chosen)
    else:
        near = of_topic(request.user, found)
    return render(
        request,
        "library/question.html",
        context | {"near": near, "bank": _bank(chosen, near.place)},
    )


def _bank(chosen: QuestionFilter, place: int) -> str:
    """Return the address of the bank, at the page on which that place is."""
    query = QueryDict(chosen.query.removeprefix("?"), mutable=True)
    if chosen.is_on and place > A_PAGE:
        query["page"] = str((place - 1) // A_PAGE + 1)
    address = reverse("dashboard:library_questions")
    return f"{address}?{query.urlencode()}" if query else address


@require_http_methods(["GET", "HEAD", "POST"])
def new_question(request: LearnerRequest) -> HttpResponse:
    """A question of the learner's own, on a topic (`?topic=` its id). One that was made from this
    form already is changed instead."""
    key = key_of(request)
    if key and Question.objects.filter(pk=key, owner=request.user).exists():
        return change_question(request, key) if request.POST else _to_change(key)
    topic = _topic_asked_for(request)
    if request.method != "POST":
        if key is None:
            return with_key(request)
        form = OwnQuestionForm(initial={"key": key, "level": request.user.level})
        return _form(request, form, 200, topic=topic)
    form = OwnQuestionForm(request.POST)
    if not form.is_valid():
        return _form(request, form, 422, topic=topic)
    form.instance.pk, form.instance.topic = form.cleaned_data["key"], topic
    try:
        made = add_question(request.user, form.instance)
    except Foreign:
        raise Http404("That id is taken.") from None
    messages.success(request, "Your question is added.")
    return see_other(safe_next(request, made.get_absolute_url()))


def _topic_asked_for(request: LearnerRequest) -> Topic:
    key = parse_uuid(request.GET.get("topic", ""))
    if key is None:
        raise Http404("A question belongs to a topic.")
    topic = seen_topic(request.user, key)
    if topic.retired_at:
        raise Http404("That topic is retired.")
    return topic


def _to_change(pk: uuid.UUID) -> HttpResponse:
    return redirect("dashboard:library_change_question", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def change_question(request: LearnerRequest, pk: uuid.UUID) -> HttpResponse:
    """Edit an own question; what was typed is kept when it was changed or deleted elsewhere."""
    found = own_question(request.user, pk)
    if request.method != "POST":
        if found.retired_at:
            return redirect(found)
        start = {"key": pk, "seen": digest_of_question(found)}
        form = OwnQuestionForm(instance=found, initial=start)
        return _form(request, form, 200, question=found)
    form = OwnQuestionForm(request.POST, instance=found)
    if not form.is_valid():
        return _form(request, form, 422, question=own_question(request.user, pk))
    try:
        seen, back = form.cleaned_data["seen"], "bring_back" in request.POST
        edit_question(form.instance, seen, bring_back=back)
    except Changed as other:
        again = request.POST.copy()
        again["seen"] = digest_of_question(other.stored)
        form = OwnQuestionForm(again, instance=own_question(request.user, pk))
        elsewhere = other.stored if other.differs else None
        stored = own_question(request.user, pk)
        return _form(request, form, 409, question=stored, elsewhere=elsewhere)
    messages.success(request, "Saved.")
    return see_other(found.get_absolute_url())


def _form(request: LearnerRequest, form: OwnQuestionForm, status: int, **more: Any) -> HttpResponse:
    return render(request, "library/question_form.html", {"form": form, **more}, status=status)


@require_POST
def delete_question(request: LearnerRequest, pk: uuid.UUID) -> HttpResponse:
    """Delete an own question; the message offers Undo."""
    found = own_question(request.user, pk)
    retire_question(found)
    undo = reverse("dashboard:library_restore_question", args=[pk])
    messages.success(request, "Your question is deleted.", extra_tags=f"undo-at:{undo}")
    return see_other(found.topic.get_absolute_url())


@require_POST
def restore(request: LearnerRequest, pk: uuid.UUID) -> HttpResponse:
    """Bring a deleted question back."""
    found = own_question(request.user, pk)
    restore_question(found)
    messages.success(request, "Your question is back.")
    return see_other(safe_next(request, found.get_absolute_url()))
