"""A learner's data: taken away as JSON and CSV, and an export brought in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.clock import local_today
from apps.accounts.http import LearnerRequest, see_other
from apps.exchange.archive_csv import TABLES, table_bytes
from apps.exchange.archive_forms import RestoreForm
from apps.exchange.archive_import import Report, bring_in, look
from apps.exchange.archive_read import Refused
from apps.exchange.archive_write import export_learner
from apps.plans.models import Plan


@require_safe
def data(request: LearnerRequest) -> HttpResponse:
    """What can be taken away, and the way to bring an export in. One query."""
    plans = Plan.objects.owned_by(request.user).only("pk", "title", "starts_on", "state")
    return render(request, "exchange/export.html", {"plans": plans, "tables": TABLES})


@require_safe
def export_json(request: LearnerRequest) -> HttpResponse:
    """Everything the learner has, as one file."""
    day = local_today(request.user).isoformat()
    return _file(
        export_learner(request.user, timezone.now()), "application/json", f"studyplan-{day}.json"
    )


@require_safe
def export_csv(request: LearnerRequest, table: str) -> HttpResponse:
    """One of the tables as a file for a spreadsheet."""
    return _file(table_bytes(request.user, table), "text/csv; charset=utf-8", f"{table}.csv")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: LearnerRequest) -> HttpResponse:
    """The file, then what it would bring in, then (`confirm`) bringing it in. Sent twice it adds
    nothing."""
    if request.method != "POST":
        return render(request, "exchange/restore.html", {"form": RestoreForm()})
    form = RestoreForm(request.POST, request.FILES)
    if not form.is_valid() or form.archive is None:
        return _ask(request, form)
    try:
        if "confirm" not in request.POST:
            report = look(request.user, form.archive)
            return render(request, "exchange/restore_look.html", {"form": form, "report": report})
        with_settings = form.cleaned_data["settings"]
        report = bring_in(request.user, form.archive, with_settings=with_settings)
    except Refused as why:
        form.add_error("file", str(why))
        return _ask(request, form)
    messages.success(request, _done(report, with_settings=with_settings))
    return see_other("exchange:data")


def _ask(request: LearnerRequest, form: RestoreForm) -> HttpResponse:
    return render(request, "exchange/restore.html", {"form": form}, status=422)


def _done(report: Report, *, with_settings: bool) -> str:
    said = [f"{_records(report.new)} brought in." if report.new else "Nothing in it was new."]
    if report.same:
        said.append(f"{_records(report.same)} here already.")
    if report.kept:
        said.append(f"{_records(report.kept, past=False)} here and kept as you have it.")
    if with_settings and report.other_settings:
        said.append("The settings were taken over.")
    return " ".join(said)


def _records(count: int, *, past: bool = True) -> str:
    verb = ("was", "were") if past else ("differs", "differ")
    return f"{count:,} record{'s' if count != 1 else ''} {verb[count != 1]}"
