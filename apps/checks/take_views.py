"""Taking a knowledge check, question by question."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.clock import local_day, local_today
from apps.accounts.http import LearnerRequest, see_other
from apps.checks import take as taking
from apps.checks.access import own_check
from apps.checks.card import card_context, last_of
from apps.checks.forms import AskForm
from apps.checks.models import Answer, Check
from apps.checks.preview import load_preview
from apps.checks.topics import Choice, TopicNames
from apps.checks.turn import load_turn
from apps.library.writing.base import Foreign
from apps.mastery.grading import GradeForm
from apps.plans.access import own_task
from apps.plans.models import Task
from apps.plans.placing import QUESTIONS_KEY

EMPTY = "There is nothing to ask yet: no topic of today, and none that is due."
ANOTHER_OPEN = "Another check is open. Finish it first, then this one can be opened again."
RAN_ON = "Its timer runs since long, so the task is not ticked: tick it on Today."
ELSEWHERE = "Already graded {} in another tab; your {} was not saved."
GONE = "This check was finished or deleted meanwhile, so this grade is not saved. Your text is still here."


# Start -------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: LearnerRequest) -> HttpResponse:
    """What would be asked; posting it starts the check, or leads to the one that is open."""
    if request.method == "POST":
        return _start(request)
    today = local_today(request.user)
    task, chosen, names, unknown = _wanted(request)
    topics = [choice.id for choice in chosen] or (_topics_of(task) if task else None)
    waiting = taking.open_check(request.user)
    context = {
        "open": waiting,
        "is_begun": waiting is not None and waiting.answers.exclude(score=None).exists(),
        "preview": load_preview(request.user, today, topics, only=_only(task, chosen)),
        "is_today": topics is None,
        "task": task,
        "ticks": taking.planned_check(request.user, today) if topics is None and not task else task,
        "chosen": chosen,
        "unknown": unknown,
        "names": names,
        "id": uuid.uuid4(),
    }
    return render(request, "checks/start.html", context)


def _start(request: LearnerRequest) -> HttpResponse:
    user, now = request.user, timezone.now()
    task, chosen, _, unknown = _wanted(request)
    if unknown:
        raise Http404("There is no such topic.")
    try:
        check = taking.start(
            user,
            day=local_day(user, now),
            at=now,
            check_id=uuid.UUID(request.POST["id"]) if request.POST.get("id") else uuid.uuid4(),
            task=task,
            topics=[choice.id for choice in chosen] or (_topics_of(task) if task else None),
            only=_only(task, chosen),
        )
    except taking.NothingToAsk:
        messages.warning(request, EMPTY)
        return see_other("checks:start")
    except (ValueError, Check.DoesNotExist):
        raise Http404("There is no such check.") from None
    return see_other(reverse("checks:take", args=[check.pk]))


def _wanted(
    request: LearnerRequest,
) -> tuple[Task | None, list[Choice], TopicNames | None, list[str]]:
    """The task and the topics a check is wanted for, and names that are no topic."""
    data = request.POST if request.method == "POST" else request.GET
    task = None
    if data.get("task"):
        try:
            task = own_task(request.user, uuid.UUID(data["task"]))
        except ValueError:
            raise Http404("That is not a task.") from None
    typed = [name for name in data.getlist("topic") if name.strip()]
    if not typed and "choose" not in data:
        return task, [], None, []
    names = TopicNames(request.user)
    chosen, unknown = names.named(typed)
    return task, chosen, names, unknown


def _only(task: Task | None, chosen: list[Choice]) -> bool:
    """Whether nothing else is asked: topics were chosen, or the task is on its own ones alone."""
    return bool(chosen) or (task is not None and task.key == QUESTIONS_KEY)


def _topics_of(task: Task) -> list[uuid.UUID] | None:
    """The topics of a task; None without any, so that today's are asked. One query."""
    live = task.topics.live().values_list("pk", flat=True)
    return list(live) or None


# Questions ---------------------------------------------------------------------------------------


@require_safe
def take(request: LearnerRequest, check_id: uuid.UUID) -> HttpResponse:
    """The question that is asked now; without one, that all are answered."""
    check = own_check(request.user, check_id)
    if check.kind != Check.Kind.TAKEN or check.finished_at or check.deleted_at:
        return redirect("checks:detail", check.pk)
    asked = check.answers.filter(score=None).select_related("topic__area", "question").first()
    context = card_context(check, asked, last_of(check, taking.last_answer(check)))
    return render(request, "checks/take.html", context)


@require_POST
def answer(request: LearnerRequest, check_id: uuid.UUID, answer_id: uuid.UUID) -> HttpResponse:
    """Grade an answer; the next question comes back."""
    form = GradeForm(request.POST)
    now = timezone.now()
    try:
        if not form.is_valid():
            return _refused(request, check_id, answer_id, form)
        said = form.cleaned_data
        turn = taking.grade(
            request.user,
            check_id,
            answer_id,
            taking.Graded(
                said["score"], said["unknown"], said["text"], said["note"], said["seconds"]
            ),
            at=now,
            day=local_day(request.user, now),
        )
    except Answer.DoesNotExist:
        raise Http404("That is no question of this check.") from None
    except taking.NotOpen:
        return _refused(request, check_id, answer_id, form, status=409, notice=GONE)
    check = turn.answer.check_taken
    notice = ""
    if turn.answer.score != said["score"]:
        notice = ELSEWHERE.format(turn.answer.score, said["score"])
    if notice and (check.finished_at or not request.htmx):
        messages.warning(request, notice)
    if check.finished_at:
        return see_other(reverse("checks:detail", args=[check.pk]))
    if not request.htmx:
        return see_other(reverse("checks:take", args=[check.pk]))
    last = last_of(check, turn.answer)
    context = card_context(check, turn.next, last, answered=turn.others + 1) | {"notice": notice}
    return render(request, "grading/_asking.html", context)


def _refused(
    request: LearnerRequest,
    check_id: uuid.UUID,
    answer_id: uuid.UUID,
    form: GradeForm,
    status: int = 422,
    **more: Any,
) -> HttpResponse:
    """The same question again, with what was typed and why it was not taken."""
    turn = load_turn(request.user, check_id, answer_id)
    asked = turn.answer
    context = card_context(asked.check_taken, asked, None, form=form, answered=turn.others) | more
    template = "grading/_asking.html" if request.htmx else "checks/take.html"
    return render(request, template, context, status=status)


@require_POST
def undo(request: LearnerRequest, check_id: uuid.UUID) -> HttpResponse:
    """Take the last grade back, also of a finished check; its question is asked again."""
    check = own_check(request.user, check_id)
    try:
        named = request.POST.get("answer")
        taking.undo_last(request.user, check, uuid.UUID(named) if named else None)
    except ValueError:
        raise Http404("That is no answer of this check.") from None
    except taking.AnotherIsOpen:
        messages.warning(request, ANOTHER_OPEN)
        return see_other(reverse("checks:detail", args=[check.pk]))
    except taking.NotOpen:
        return see_other(reverse("checks:detail", args=[check.pk]))
    if not request.htmx:
        return see_other(reverse("checks:take", args=[check.pk]))
    asked = check.answers.filter(score=None).select_related("topic__area", "question").first()
    context = card_context(check, asked, last_of(check, taking.last_answer(check)))
    return render(request, "grading/_asking.html", context)


# A question of one's own, and the end ------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: LearnerRequest, check_id: uuid.UUID) -> HttpResponse:
    """The form for a question of the learner's own; posting it adds the question once."""
    check = own_check(request.user, check_id)
    if check.kind != Check.Kind.TAKEN or check.finished_at or check.deleted_at:
        return _leave(request, check)
    names = TopicNames(request.user)
    if request.method != "POST":
        asked = check.answers.filter(score=None).first()
        near = names.by_slugs([str(asked.topic_id)]) if asked else []
        first = {"id": uuid.uuid4(), "topic": near[0].value if near else ""}
        return _show_ask(request, check, AskForm(initial=first, names=names))
    form = AskForm(request.POST, names=names)
    if not form.is_valid():
        return _show_ask(request, check, form, status=422)
    try:
        added = taking.ask_own(request.user, check, form.question(request.user))
    except taking.NotOpen:
        return _leave(request, check)
    except taking.Full:
        form.add_error(None, f"A check has at most {taking.MOST_QUESTIONS} questions.")
        return _show_ask(request, check, form, status=422)
    except Foreign:
        raise Http404("That question belongs to somebody else.") from None
    return _added(request, check, added)


def _show_ask(
    request: LearnerRequest, check: Check, form: AskForm, status: int = 200
) -> HttpResponse:
    template = "checks/_ask_form.html" if request.htmx else "checks/ask.html"
    return render(request, template, {"check": check, "form": form}, status=status)


def _added(request: LearnerRequest, check: Check, added: Answer) -> HttpResponse:
    """Say that it will come; when it is the only one left, ask it."""
    if not request.htmx:
        messages.success(request, f"Your question is added, as number {added.position + 1}.")
        return see_other(reverse("checks:take", args=[check.pk]))
    check.refresh_from_db()
    asked = check.answers.filter(score=None).select_related("topic__area", "question").first()
    context = card_context(check, asked, last_of(check, taking.last_answer(check)))
    if asked is None or asked.pk == added.pk:
        answer = render(request, "grading/_asking.html", context)
        answer["HX-Retarget"], answer["HX-Reswap"] = "#asking", "outerHTML"
        return answer
    return render(request, "checks/_added.html", context | {"added": added})


def _leave(request: LearnerRequest, check: Check) -> HttpResponse:
    """A check that is no longer open has nothing to add to."""
    messages.warning(request, "This check is no longer open, so nothing can be added.")
    return see_other(reverse("checks:detail", args=[check.pk]))


@require_POST
def finish(request: LearnerRequest, check_id: uuid.UUID) -> HttpResponse:
    """Finish the check; what was not answered was not asked."""
    check, now = own_check(request.user, check_id), timezone.now()
    try:
        done = taking.finish(request.user, check, at=now, day=local_day(request.user, now))
    except taking.NothingAnswered:
        messages.warning(request, "Nothing is answered yet, so there is nothing to finish.")
        return see_other(reverse("checks:take", args=[check.pk]))
    except taking.NotOpen:
        return see_other(reverse("checks:detail", args=[check.pk]))
    if done.timer_ran_on:
        messages.warning(request, RAN_ON)
    return see_other(reverse("checks:detail", args=[check.pk]))
