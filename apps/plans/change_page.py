"""The page of a change: its form, the dates before and after, then the change itself.

    class ExtendForm(BendForm):
        days = forms.IntegerField(...)
        def bend(self, sketch): return Extend(...)

    def extend(request): return change_page(request, plan, ExtendForm, heading="Extend a day")

GET shows the form; with its fields in the address, the preview too, so that Back works. POST with
`apply` changes the plan if it is still of the version that was shown; else there is a new preview.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from apps.accounts.clock import local_today
from apps.accounts.http import LearnerRequest, safe_next, see_other
from apps.plans import bending
from apps.plans.bending import Preview
from apps.plans.bends import Bend, NothingToDo
from apps.plans.layout import NoStudyTime
from apps.plans.models import Plan, Proposal
from apps.plans.revise import StalePlan
from apps.plans.sketch import Sketch
from apps.plans.views.tasks import tell_undo, whole_number

NO_TIME = "No weekday has any minutes. Set your hours first."
TOO_LITTLE = "With so few minutes the plan would not end within thirty years. Set more hours."
STALE = "The plan has changed since this was shown."
STALE_NOW = f"{STALE} Here is what it would do now."
MOST_REASON = 300


class BendForm(forms.Form):
    """What a change asks for; a subclass adds its fields and builds the bend."""

    needs_reason: ClassVar[bool] = True
    reason = forms.CharField(
        label="Why?",
        required=False,
        max_length=MOST_REASON,
        help_text="Needed for a change of several tasks. The history keeps it.",
        error_messages={"max_length": "At most 300 characters."},
    )
    prompted_by = forms.CharField(
        label="What prompted it (optional)",
        required=False,
        max_length=MOST_REASON,
        error_messages={"max_length": "At most 300 characters."},
    )

    def __init__(
        self, *args: Any, sketch: Sketch, plan: Plan, applying: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sketch = sketch
        self.plan = plan
        self.applying = applying
        if not self.wants_reason:
            self.fields["reason"].label = "Why? (optional)"
            self.fields["reason"].help_text = "The history keeps it."

    @property
    def wants_reason(self) -> bool:
        """Whether it is not applied without a reason: a change of a single task is."""
        return self.needs_reason

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"].strip()
        if self.applying and self.wants_reason and not reason:
            raise forms.ValidationError("Say in a few words why. Later you will want to know.")
        return reason

    def bend(self, sketch: Sketch) -> Bend:
        """Return the change that was asked for. Raises bends.NothingToDo. Does not query."""
        raise NotImplementedError

    @property
    def asked(self) -> list[forms.BoundField]:
        """The visible fields but reason and prompt, which follow the preview."""
        return [
            field for field in self.visible_fields() if field.name not in ("reason", "prompted_by")
        ]


def change_page(
    request: LearnerRequest,
    plan: Plan,
    form_class: type[BendForm],
    *,
    heading: str,
    lede: str = "",
    back: str = "",
    initial: dict[str, Any] | None = None,
    preview_at_once: bool = False,
    template: str = "plans/change.html",
    verb: str = "Change the plan",
    **form_kwargs: Any,
) -> HttpResponse:
    """Answer GET and POST of a change of the learner's plan. `back` is where it leads afterwards.

    Seven queries for a preview, beside session and user. The form is bound when any of its own
    fields is in the address, or `preview_at_once`.
    """
    today = local_today(request.user)
    sketch = bending.load(plan, request.user, today)
    data = request.POST if request.method == "POST" else request.GET
    applying = request.method == "POST" and "apply" in request.POST
    own = [name for name in form_class.base_fields if name not in ("reason", "prompted_by")]
    bound = request.method == "POST" or preview_at_once or any(name in data for name in own)
    form = form_class(
        data if bound else None,
        initial=initial,
        sketch=sketch,
        plan=plan,
        applying=applying,
        **form_kwargs,
    )
    shown, status = None, 200
    if bound:
        shown, status = _shown(request, plan, form, sketch, today)
        if applying and status == 200:
            answer = _applied(request, plan, form, today, back)
            if answer is not None:
                return answer
            status = 422 if form.errors else 409
        if status == 409:
            plan.refresh_from_db()
            sketch = bending.load(plan, request.user, today)
            shown, _ = _shown(request, plan, form, sketch, today)
    context = {
        "form": form,
        "preview": shown,
        "plan": plan,
        "heading": heading,
        "lede": lede,
        "back": safe_next(request, back or reverse("plans:plan")),
        "verb": verb,
        "prompts": prompts(request),
        "stale": (STALE_NOW if shown else STALE) if status == 409 else "",
    }
    return render(request, template, context, status=status)


def _shown(
    request: LearnerRequest, plan: Plan, form: BendForm, sketch: Sketch, today: dt.date
) -> tuple[Preview | None, int]:
    """The preview, and 422 where something typed does not do. What is missing of the reason does
    not keep the preview from being shown."""
    form.is_valid()
    if set(form.errors) - {"reason", "prompted_by"}:
        return None, 422
    try:
        shown = bending.preview(plan, request.user, today, form.bend(sketch), sketch)
    except NothingToDo as why:
        form.add_error(None, str(why))
        return None, 422
    except NoStudyTime:
        form.add_error(None, TOO_LITTLE if any(sketch.hours) else NO_TIME)
        return None, 422
    return shown, 422 if form.errors else 200


def _applied(
    request: LearnerRequest, plan: Plan, form: BendForm, today: dt.date, back: str
) -> HttpResponse | None:
    """The way back after the change; None when it is not made: the form says why, or the plan has
    moved on since it was shown, or another one is active by now."""
    if request.POST.get("plan", str(plan.pk)) != str(plan.pk):
        return None
    try:
        revision = bending.apply(
            plan,
            request.user,
            today,
            form.bend(form.sketch),
            version=whole_number(request.POST.get("version", "")) or 0,
            reason=form.cleaned_data["reason"],
            prompted_by=form.cleaned_data["prompted_by"],
        )
    except NothingToDo as why:  # a timer runs, which no preview knows of
        form.add_error(None, str(why))
        return None
    except (StalePlan, NoStudyTime):
        return None
    if revision is None:
        messages.info(request, "Nothing had to change.")
    tell_undo(request, revision)
    return see_other(safe_next(request, back or reverse("plans:plan")))


def prompts(request: LearnerRequest) -> list[str]:
    """Return what may have prompted a change, newest first: what assessments and reviews said.
    One query."""
    said = Proposal.objects.filter(user=request.user).order_by("-at").values_list("prompted_by")
    return list(dict.fromkeys(text for (text,) in said[:60]))[:8]
