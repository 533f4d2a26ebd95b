"""The review queue: its page, one topic at a time, skipping, taking back."""

from __future__ import annotations

import uuid
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBadRequest, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.clock import local_day, local_today
from apps.accounts.http import LearnerRequest, safe_next, see_other
from apps.checks.models import Answer
from apps.checks.reviews import (
    ONE_DAY,
    Asked,
    Gone,
    Reviewed,
    ask_topic,
    asked_by,
    find_answer,
    put_off,
    reviewed,
    store_review,
    take_back,
)
from apps.checks.reviews_page import MOST_EXTRA, ReviewsPage
from apps.checks.take import Graded
from apps.checks.today_card import load_card
from apps.library.asking import ask_of
from apps.library.models import Question, Topic
from apps.mastery.due import load_queue
from apps.mastery.grading import GRADES, GradeForm, Last
from apps.mastery.queue import Queue

LIST = "list"  # the page that a skip came from
GONE = "This answer was taken back or deleted meanwhile. Grade it again if it should count."


class Sent(NamedTuple):
    """What a card sends along with a grade: the id its answer will have, the question it asked, and
    how many extra reviews today were asked for."""

    answer: uuid.UUID
    question: uuid.UUID | None
    extra: int


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404("That is not an id.") from None


def _optional(data: QueryDict, name: str) -> uuid.UUID | None:
    text = data.get(name, "")
    return _uuid(text) if text else None


def _extra(data: QueryDict) -> int:
    """How many extra reviews are asked for; 0 for what makes no sense."""
    text = data.get("extra", "")
    return min(int(text), MOST_EXTRA) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _next_address(**values: object) -> str:
    known = {name: value for name, value in values.items() if value}
    return reverse("checks:next_review") + (f"?{urlencode(known)}" if known else "")


@require_safe
def reviews(request: LearnerRequest) -> HttpResponse:
    """The queue: today's share, what waits, how it goes on."""
    page = ReviewsPage(request.user, local_today(request.user))
    return render(request, "checks/reviews.html", {"page": page, "queue": page.queue})


@require_safe
def reviews_card(request: LearnerRequest) -> HttpResponse:
    """What Today says of checks and reviews, for Today to load; without htmx the whole page."""
    if not request.htmx:
        return redirect("checks:reviews")
    card = load_card(request.user, local_today(request.user))
    return render(request, "checks/_reviews_card.html", {"card": card, "queue": card.queue})


@require_safe
def next_review(request: LearnerRequest) -> HttpResponse:
    """The next topic of today's share, or the one that is asked for."""
    last, topic = _optional(request.GET, "last"), _optional(request.GET, "topic")
    try:
        answer = None if last is None else find_answer(request.user, last)
        done = None if answer is None else reviewed(answer)
        return _show_next(request, _extra(request.GET), last=done, topic=topic)
    except (Answer.DoesNotExist, Topic.DoesNotExist):
        raise Http404("That is not this learner's.") from None


@require_POST
def answer_review(request: LearnerRequest, topic_id: uuid.UUID) -> HttpResponse:
    """Store the grade of one topic; the answer is the next one."""
    post = request.POST
    sent = Sent(_uuid(post.get("answer", "")), _optional(post, "question"), _extra(post))
    form = GradeForm(post)
    try:
        if not form.is_valid():
            asked = asked_by(request.user, topic_id, sent.question)
            return _show(request, asked, sent, form, status=422)
        at = timezone.now()
        said = form.cleaned_data
        done = store_review(
            request.user,
            topic_id,
            Graded(said["score"], said["unknown"], said["text"], said["note"], said["seconds"]),
            answer_id=sent.answer,
            question_id=sent.question,
            at=at,
            day=local_day(request.user, at),
        )
    except Gone:
        asked = asked_by(request.user, topic_id, sent.question)
        sent = sent._replace(answer=uuid.uuid4())
        return _show(request, asked, sent, form, status=409, notice=GONE)
    except (Topic.DoesNotExist, Question.DoesNotExist, Answer.DoesNotExist):
        raise Http404("That is not this learner's.") from None
    if not request.htmx:
        return see_other(_next_address(last=done.id, extra=sent.extra))
    return _show_next(request, sent.extra, last=done)


@require_POST
def skip_review(request: LearnerRequest, topic_id: uuid.UUID) -> HttpResponse:
    """Put a topic off until tomorrow (skip=1) or take that back (skip=0)."""
    wanted = request.POST.get("skip", request.GET.get("skip"))
    try:
        if wanted not in ("0", "1"):
            asked_by(request.user, topic_id, None)
            return HttpResponseBadRequest("skip is 1 or 0")
        today, extra = local_today(request.user), _extra(request.POST)
        answer = _optional(request.POST, "last")
        last = None if answer is None else find_answer(request.user, answer)
        before = load_queue(request.user, today, extra)
        topic = put_off(request.user, topic_id, today, skip=wanted == "1")
    except (Answer.DoesNotExist, Topic.DoesNotExist):
        raise Http404("That is not this learner's.") from None
    undo = f"{reverse('checks:skip_review', args=[topic_id])}?skip=0"
    if wanted == "1":
        after = load_queue(request.user, today, extra)
        back = (
            f"“{topic.title}” {_comes_back(after, topic_id)}{_replaced(before, after, topic_id)}."
        )
        messages.success(request, back, extra_tags=f"undo-at:{undo}")
    else:
        messages.success(request, f"“{topic.title}” is back in the queue.")
    if request.htmx and request.POST.get("page") == LIST:
        page = ReviewsPage(request.user, today)
        return render(
            request, "checks/_reviews.html", {"page": page, "queue": page.queue, "swapped": True}
        )
    if request.htmx:
        return _show_next(request, extra, last=None if last is None else reviewed(last))
    return see_other(safe_next(request, reverse("checks:reviews")))


def _comes_back(queue: Queue, topic: uuid.UUID) -> str:
    """When a topic that was skipped has its turn by the plan."""
    planned = zip(queue.forecast, queue.reviews, strict=True)
    day = next((each.day for each, topics in planned if topic in topics), None)
    if day is None:
        return "does not come back before tomorrow"
    tomorrow = day == queue.day + ONE_DAY
    return "comes back tomorrow" if tomorrow else f"comes back on {day:%A}, {day.day} {day:%B}"


def _replaced(before: Queue, after: Queue, topic: uuid.UUID) -> str:
    """What to say when another topic is reviewed today instead of one that was skipped."""
    was_today = any(each.topic == topic for each in before.today)
    is_full = len(after.today) == len(before.today)
    return "; another takes its place" if was_today and is_full else ""


@require_POST
def undo_review(request: LearnerRequest) -> HttpResponse:
    """Take an answer back; its topic is asked again."""
    try:
        answer = take_back(request.user, _uuid(request.POST.get("answer", "")))
    except Answer.DoesNotExist:
        raise Http404("That is not this learner's.") from None
    if answer is None:
        messages.info(request, "That answer was taken back already.")
    else:
        messages.success(request, f"Your answer on “{answer.topic.title}” is taken back.")
    extra = _extra(request.GET)
    if request.htmx:
        return _show_next(request, extra, taken_back=answer)
    topic = None if answer is None else answer.topic_id
    return see_other(safe_next(request, _next_address(topic=topic, extra=extra)))


def _show_next(
    request: LearnerRequest,
    extra: int,
    *,
    last: Reviewed | None = None,
    topic: uuid.UUID | None = None,
    taken_back: Answer | None = None,
) -> HttpResponse:
    """Show the next topic: the one asked for, else the first of today's share, else that all is
    done."""
    queue = load_queue(request.user, local_today(request.user), extra)
    if taken_back is not None:
        asked = Asked(taken_back.topic, taken_back.question, taken_back.text, taken_back.note)
    elif topic is not None or queue.today:
        asked = ask_topic(request.user, topic or queue.today[0].topic)
    else:
        context = {"queue": queue, "last": _last(last, extra), **_done_words(queue)}
        return render(request, _template(request), context)
    question = asked.question.pk if asked.question else None
    sent = Sent(uuid.uuid4(), question, extra)
    form = GradeForm(initial={"text": asked.text, "note": asked.note})
    return _show(request, asked, sent, form, queue=queue, last=last)


def _show(
    request: LearnerRequest,
    asked: Asked,
    sent: Sent,
    form: GradeForm,
    *,
    queue: Queue | None = None,
    last: Reviewed | None = None,
    status: int = 200,
    notice: str = "",
) -> HttpResponse:
    if queue is None:
        queue = load_queue(request.user, local_today(request.user), sent.extra)
    place = queue.done_today + 1
    context = {
        "ask": ask_of(asked.topic, asked.question),
        "form": form,
        "grades": GRADES,
        "action": reverse("checks:answer_review", args=[asked.topic.pk]),
        "hidden": {
            "answer": sent.answer,
            "question": sent.question or "",
            "extra": sent.extra or "",
        },
        "place": place,
        "of": max(queue.done_today + len(queue.today), place),
        "tags": _tags(queue, asked.topic),
        "last": _last(last, sent.extra),
        "notice": notice,
        "leave": reverse("checks:reviews"),
        "extra": "checks/_review_skip.html",
        "topic": asked.topic,
        "more": sent.extra,
    }
    return render(request, _template(request), context, status=status)


def _template(request: LearnerRequest) -> str:
    return "grading/_asking.html" if request.htmx else "checks/review.html"


def _last(done: Reviewed | None, extra: int) -> Last | None:
    if done is None:
        return None
    return Last(
        done.topic.title,
        done.score,
        done.is_unknown,
        done.model_answer if done.is_unknown else "",
        reverse("checks:undo_review") + (f"?extra={extra}" if extra else ""),
        "answer",
        str(done.id),
    )


def _tags(queue: Queue, topic: Topic) -> list[str]:
    """What is said of the topic beside its place: for how long it is due."""
    found: Any = next((each for each in queue.today if each.topic == topic.pk), None)
    if found is None:
        return []
    days = (queue.day - found.due).days
    if found.is_early:
        return ["before the interview"]
    late = "due today" if not days else f"{days} day{'' if days == 1 else 's'} overdue"
    return [late]


def _done_words(queue: Queue) -> dict[str, Any]:
    """What the card says when nothing is left of today's share."""
    if queue.done_today:
        title = "Today’s reviews are done."
    elif queue.break_until:
        title = "You have a break."
    else:
        title = "Nothing is due today."
    return {
        "done_title": title,
        "leave": reverse("checks:reviews"),
        "leave_label": "See the queue",
        "extra": "checks/_reviews_more.html",
    }
