"""Reference pages of the learner's own, by day: written, previewed, changed, deleted."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.clock import local_today
from apps.accounts.http import LearnerRequest, safe_next, see_other
from apps.checks.topics import Choice, TopicNames, slugs_of_day
from apps.dashboard.library.deleted import deleted_of
from apps.dashboard.library.find import own_page, shown_topics
from apps.dashboard.library.forms import FREE_ROWS, MOST_TEXT, PageForm, rows_of
from apps.library.models import Reference
from apps.library.writing.base import Changed, Foreign, rendered
from apps.library.writing.pages import add_page, edit_page, restore_page, retire_page
from apps.plans.keyed import key_of, with_key
from apps.plans.pages import parse_day

A_PAGE = 50
FIELDS = ("key", "version", "title", "day", "body")


@require_safe
def pages(request: LearnerRequest) -> HttpResponse:
    """The learner's own pages, the latest day first, and what they deleted. Four queries."""
    rows = (
        Reference.objects.live()
        .filter(owner=request.user)
        .defer("body", "body_html")
        .prefetch_related(shown_topics(request.user))
        .order_by(F("day").desc(nulls_last=True), "-created_at")
    )
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "today": local_today(request.user),
        "deleted": deleted_of(request.user),
    }
    return render(request, "library/pages.html", context)


@require_safe
def page_of_day(request: LearnerRequest, day: str) -> HttpResponse:
    """The way to a day's quick reference: its page, or a new one with the day filled in."""
    on = parse_day(day)
    if on is None:
        raise Http404("That is no day of the calendar.")
    rows = Reference.objects.live().filter(owner=request.user, day=on)
    if found := rows.order_by("created_at").first():
        return redirect(found)
    return redirect(f"{reverse('dashboard:library_new_page')}?day={on.isoformat()}")


def _start(request: LearnerRequest, names: TopicNames) -> tuple[dict[str, Any], list[Choice]]:
    """Return what a new page starts with: its id, the day the address names, with its topics."""
    day = parse_day(request.GET.get("day", ""))
    slugs = request.GET.getlist("topic") or (slugs_of_day(request.user, day) if day else [])
    title = f"Quick reference, {day.day} {day:%B %Y}" if day else ""
    return {"key": key_of(request), "version": 0, "day": day, "title": title}, names.by_slugs(slugs)


@require_http_methods(["GET", "HEAD", "POST"])
def new_page(request: LearnerRequest) -> HttpResponse:
    """A page of the learner's own; `?day=` fills in the day and its topics. One that was made
    from this form already is changed instead."""
    key, names = key_of(request), TopicNames(request.user)
    if key and Reference.objects.filter(pk=key, owner=request.user).exists():
        return change_page(request, key) if request.POST else _to_change(key)
    if request.method != "POST":
        if key is None:
            return with_key(request)
        start, topics = _start(request, names)
        return _form(request, _unbound(names, start, topics), names)
    form = _posted(request, names, None)
    if form is None:
        return _again(request, names, None)
    if not form.is_valid():
        return _form(request, form, names, 422)
    form.instance.pk = form.cleaned_data["key"]
    try:
        made = add_page(request.user, form.instance, form.cleaned_data["topics"])
    except Foreign:
        raise Http404("That id is taken.") from None
    messages.success(request, "Your page is saved.")
    return see_other(made.get_absolute_url())


def _to_change(pk: uuid.UUID) -> HttpResponse:
    return redirect("dashboard:library_change_page", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def change_page(request: LearnerRequest, pk: uuid.UUID) -> HttpResponse:
    """Edit an own page; one that was changed elsewhere is shown with both texts, one that was
    deleted meanwhile with what was typed."""
    found, names = own_page(request.user, pk), TopicNames(request.user)
    if request.method != "POST":
        if found.retired_at:
            return redirect(found)
        held = set(found.topics.values_list("pk", flat=True))
        topics = [choice for choice in names.choices if choice.id in held]
        start = {"key": pk, "version": found.version}
        return _form(request, _unbound(names, start, topics, found), names, page=found)
    form = _posted(request, names, found)
    if form is None:
        return _again(request, names, found)
    if not form.is_valid():
        return _form(request, form, names, 422, page=own_page(request.user, pk))
    said, back = form.cleaned_data, "bring_back" in request.POST
    try:
        edit_page(form.instance, said["topics"], said["version"], bring_back=back)
    except Changed as other:
        data = request.POST.copy()
        data["version"] = str(other.stored.version)
        form = PageForm(data, instance=other.stored, names=names, rows=rows_of(data))
        stored = own_page(request.user, pk)
        elsewhere = stored if other.differs else None
        return _form(request, form, names, 409, page=stored, elsewhere=elsewhere)
    messages.success(request, "Saved.")
    return see_other(found.get_absolute_url())


def _unbound(
    names: TopicNames,
    start: dict[str, Any],
    topics: list[Choice],
    found: Reference | None = None,
) -> PageForm:
    typed = {f"topic_{number}": choice.value for number, choice in enumerate(topics)}
    rows = len(topics) + FREE_ROWS
    return PageForm(instance=found, initial=start | typed, names=names, rows=rows)


def _posted(request: LearnerRequest, names: TopicNames, found: Reference | None) -> PageForm | None:
    """Return the form as it was sent; None when only a preview or another row was asked for."""
    if "preview" in request.POST or "add" in request.POST:
        return None
    return PageForm(request.POST, instance=found, names=names, rows=rows_of(request.POST))


def _again(request: LearnerRequest, names: TopicNames, found: Reference | None) -> HttpResponse:
    """The form as it was typed so far, unchecked, with one more row or with its preview."""
    rows = rows_of(request.POST) + ("add" in request.POST)
    typed = {name: value for name, value in request.POST.items() if name in FIELDS}
    typed |= {f"topic_{n}": request.POST.get(f"topic_{n}", "") for n in range(rows)}
    form = PageForm(initial=typed, names=names, rows=rows)
    more: dict[str, Any] = {"page": found}
    if "preview" in request.POST:
        more |= {"is_preview": True, "preview": rendered(request.POST.get("body", "")[:MOST_TEXT])}
    return _form(request, form, names, **more)


def _form(
    request: LearnerRequest, form: PageForm, names: TopicNames, status: int = 200, **more: Any
) -> HttpResponse:
    template = "library/_page_form.html" if request.htmx else "library/page_form.html"
    context = {"form": form, "names": names, **more}
    return render(request, template, context, status=status)


@require_POST
def delete_page(request: LearnerRequest, pk: uuid.UUID) -> HttpResponse:
    """Delete an own page; the message offers Undo."""
    found = own_page(request.user, pk)
    retire_page(found)
    undo = reverse("dashboard:library_restore_page", args=[pk])
    messages.success(request, f"“{found.title}” is deleted.", extra_tags=f"undo-at:{undo}")
    return see_other("dashboard:library_pages")


@require_POST
def restore(request: LearnerRequest, pk: uuid.UUID) -> HttpResponse:
    """Bring a deleted page back."""
    found = own_page(request.user, pk)
    restore_page(found)
    messages.success(request, f"“{found.title}” is back.")
    return see_other(safe_next(request, found.get_absolute_url()))
