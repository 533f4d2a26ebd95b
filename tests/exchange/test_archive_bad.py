"""Files that are no export of this learner: one clear message, and nothing half done."""

from __future__ import annotations

import copy
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.exchange.archive_compare import FOREIGN, MIXED
from apps.exchange.archive_import import bring_in, look
from apps.exchange.archive_read import MOST_BYTES, Refused, read_archive
from apps.library.models import Area, Roadmap, Topic
from apps.plans.models import Plan, Task
from tests.conftest import TODAY
from tests.exchange.archives import counts, exported, fill, moved_out, newcomer, read
from tests.plans.conftest import now, roadmap, topic

__all__ = ["now", "roadmap", "topic"]

EMPTY: dict[str, Any] = {
    "format": "studyplan",
    "version": 1,
    "made_at": "2026-11-18T09:00:00Z",
    "learner": {"email": "a@example.com"},
}
HELD = json.dumps(EMPTY)


def refused(data: bytes) -> str:
    """Return what is said of a file that cannot be read."""
    with pytest.raises(Refused) as why:
        read_archive(data)
    return str(why.value)


def test_the_least_file_is_read() -> None:
    archive = read_archive(HELD.encode())
    assert (archive.email, archive.settings) == ("a@example.com", {})
    assert read_archive(b"\xef\xbb\xbf" + HELD.encode()) == archive


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is not whole, or is no JSON"),
        (b"\x00\x01\xff\xfe", "is not whole, or is no JSON"),
        (b"\x89PNG\r\n", "is not whole, or is no JSON"),
        (HELD[:-1].encode(), "is not whole, or is no JSON"),
        (HELD[:40].encode(), "is not whole, or is no JSON"),
        (HELD.encode("utf-16"), "is not whole, or is no JSON"),
        (HELD.replace("a@", "é@").encode("latin-1"), "is not whole, or is no JSON"),
        (b'{"format": NaN}', "is not whole, or is no JSON"),
        (b'{"x": "\\ud800"}', "is not whole, or is no JSON"),
        (b"[" * 100_000, "nested deeper"),
        (b'{"format":' * 5_000, "nested deeper"),
        (b"[]", "not an export of Studyplan"),
        (b"12", "not an export of Studyplan"),
        (b"{}", "not an export of Studyplan"),
        (b'{"format": "anki", "version": 1}', "not an export of Studyplan"),
        (HELD.replace(": 1,", ": 2,").encode(), "has version 2 of its format"),
        (HELD.replace(": 1,", ": true,").encode(), "has version True of its format"),
        (HELD.replace(": 1,", ': "1",').encode(), "has version 1 of its format"),
        (HELD.replace(": 1,", ": null,").encode(), "has version ? of its format"),
        (HELD.replace("a@", "a\\u0000@").encode(), "NUL sign"),
        (b" " * (MOST_BYTES + 1), "more than 30 MB"),
        (b"{" + b" " * 50_000_000, "more than 30 MB"),
        (json.dumps(EMPTY | {"stars": [{}] * 150_001}).encode(), "more than 150,000 records"),
    ],
)
def test_what_is_no_export_is_told(data: bytes, said: str) -> None:
    assert said in refused(data)


def test_a_backslash_before_u0000_is_text() -> None:
    text = HELD.replace("a@example.com", "\\\\u0000@example.com")
    assert read_archive(text.encode()).email == "\\u0000@example.com"


Change = Callable[[dict[str, Any]], object]


def row(name: str, **columns: Any) -> Change:
    """A change of the first row of a list."""
    return lambda archive: archive[name][0].update(columns)


@pytest.fixture
def archive(now: Any, alice: Any, roadmap: Roadmap, topic: Topic) -> dict[str, Any]:
    """Alice's export on an instance where she is not."""
    fill(alice, roadmap, topic)
    return moved_out(alice)


WRONG: list[tuple[Change, str]] = [
    (row("tasks", minutes="20"), "“minutes” in “tasks”, entry 1"),
    (row("tasks", minutes=20.5), "“minutes” in “tasks”, entry 1"),
    (row("tasks", minutes=True), "“minutes” in “tasks”, entry 1"),
    (row("tasks", minutes=-1), "“minutes” in “tasks”, entry 1"),
    (row("tasks", minutes=10**30), "“minutes” in “tasks”, entry 1"),
    (row("tasks", minutes=30_000), "task breaks the rule “task_minutes_range”"),
    (row("tasks", status="perhaps"), "“status” in “tasks”, entry 1"),
    (row("tasks", title="x" * 201), "“title” in “tasks”, entry 1"),
    (row("tasks", title=5), "“title” in “tasks”, entry 1"),
    (row("tasks", owner="me"), "“owner” in “tasks”, entry 1"),
    (row("tasks", done_on="9999-12-31", status="done"), "“done_on” in “tasks”, entry 1"),
    (row("tasks", status="todo", done_on=str(TODAY)), "“task_open_has_no_moment”"),
    (row("tasks", id="1"), "“id” in “tasks”, entry 1"),
    (row("tasks", links=[{"url": "javascript:alert(1)"}]), "“links” in “tasks”, entry 1"),
    (row("tasks", links=[{"url": " JaVaScript:alert(1)"}]), "“links” in “tasks”, entry 1"),
    (row("tasks", links=[{"url": 5}]), "“url” in “tasks”, entry 1"),
    (row("tasks", links={}), "“links” in “tasks”, entry 1"),
    (row("tasks", topics=["studyplan/nowhere"]), "neither in this library nor described"),
    (row("tasks", topics=[str(uuid.uuid4())]), "the topics of a task is not in it"),
    (row("tasks", topics=["../x"]), "in “tasks”, entry 1"),
    (row("tasks", plan=str(uuid.uuid4())), "the plan of a task is not in it"),
    (row("evidence", topic=str(uuid.uuid4())), "the topic of a score is not in it"),
    (row("evidence", score=101), "“evidence_score_range”"),
    (row("evidence", at="2026-11-18T09:00:00"), "“at” in “evidence”, entry 1"),
    (row("evidence", at=1_763_456_000), "“at” in “evidence”, entry 1"),
    (row("evidence", day="2026-02-31"), "“day” in “evidence”, entry 1"),
    (row("plans", starts_on="9999-01-01"), "“starts_on” in “plans”, entry 1"),
    (row("breaks", last_day="2026-01-01"), "“break_days_in_order”"),
    (row("checks", said_total=86.55), "“said_total” in “checks”, entry 1"),
    (row("checks", said_total=186.5), "“check_said_total_range”"),
    (row("revisions", before=5), "“before” in “revisions”, entry 1"),
    (row("revisions", after={"x": 10**400}), "a number is too large"),
    (row("own_topics", area="studyplan/nowhere"), "neither in this library nor described"),
    (row("own_topics", slug="a/b"), "“slug” in “own_topics”, entry 1"),
    (lambda it: it.update(secrets=[]), "“secrets” is not as it should be"),
    (lambda it: it.pop("made_at"), "“made_at” is not as it should be (it is missing)"),
    (lambda it: it.update(tasks={}), "“tasks” is not as it should be"),
    (lambda it: it["settings"].update(monday=2_000), "its settings break the rule"),
    (lambda it: it["settings"].update(time_zone="Mars"), "“time_zone” in “settings”"),
    (lambda it: it["settings"].update(is_staff=True), "“is_staff” in “settings”"),
    (lambda it: it["tasks"].append(it["tasks"][0]), "names the same task twice"),
    (lambda it: it["stars"].append(it["stars"][0] | {"id": str(uuid.uuid4())}), "the same topic"),
    (lambda it: it["weeks"][1].update(number=1, plan=it["weeks"][0]["plan"]), "fit together"),
    (lambda it: it["content"]["topics"].append(it["content"]["topics"][0]), "one of the topics twice"),
]  # fmt: skip


def test_each_of_them_leaves_nothing_behind(archive: dict[str, Any]) -> None:
    bob = newcomer()
    before = counts()
    for change, said in WRONG:
        wrong = copy.deepcopy(archive)
        change(wrong)
        with pytest.raises(Refused) as why:
            bring_in(bob, read(wrong))
        assert said in str(why.value), (said, str(why.value))
        assert len(str(why.value)) < 400
    assert counts() == before
    assert not Topic.objects.exclude(slug="k-nearest-neighbours").exists()


def test_two_plans_may_not_be_mixed(archive: dict[str, Any]) -> None:
    plans = [plan["id"] for plan in archive["plans"]]
    for task in archive["tasks"]:
        task["plan"] = plans[0]
    with pytest.raises(Refused, match="does not fit together"):
        bring_in(newcomer(), read(archive))
    assert not Plan.objects.exists()


def test_deep_json_in_a_column_is_told(archive: dict[str, Any]) -> None:
    deep: Any = []
    for _ in range(60):
        deep = [deep]
    archive["assessments"][0]["asked_for"] = {"areas": deep}
    with pytest.raises(Refused, match="nested too deep"):
        read(archive)


def test_html_in_a_revision_is_cleaned(archive: dict[str, Any]) -> None:
    move = next(each for each in archive["revisions"] if each["kind"] == "move")
    key = next(iter(move["before"]))
    move["before"][key]["detail_html"] = "<p>ok</p><script>alert(1)</script><img src=x onerror=y>"
    made = read(archive)
    row = next(each for each in made.rows["revisions"] if each["kind"] == "move")
    assert row["before"][key]["detail_html"] == "<p>ok</p>"


def test_somebody_elses_ids_are_refused_as_a_whole(
    now: Any, alice: Any, charlie: Any, roadmap: Roadmap, topic: Topic
) -> None:
    fill(alice, roadmap, topic)
    theirs = exported(alice)
    before = counts()
    with pytest.raises(Refused) as why:
        bring_in(charlie, read(theirs))
    assert str(why.value) == FOREIGN
    assert counts() == before


@pytest.mark.parametrize("name", ["tasks", "evidence", "own_topics", "breaks", "days", "answers"])
def test_one_foreign_id_is_enough(
    now: Any, alice: Any, roadmap: Roadmap, topic: Topic, name: str
) -> None:
    """It is said that there is one, not which."""
    fill(alice, roadmap, topic)
    taken = exported(alice)[name][0]["id"]
    bob = newcomer()
    fill(bob, roadmap, topic)
    mine = json.dumps(exported(bob)).replace(exported(bob)[name][0]["id"], taken)
    before = counts()
    with pytest.raises(Refused) as why:
        bring_in(bob, read_archive(mine.encode()))
    assert str(why.value) == FOREIGN
    assert taken not in str(why.value)
    assert counts() == before


@pytest.mark.parametrize("form", ["{}", "day:{}", "week:{}", "break:{}", "proposal:{}"])
def test_a_foreign_id_within_a_revision_is_refused(
    now: Any, alice: Any, charlie: Any, roadmap: Roadmap, topic: Topic, form: str
) -> None:
    """Undoing it would change another learner's rows."""
    fill(alice, roadmap, topic)
    rows = exported(alice)
    kind = form.partition(":")[0] + "s"
    taken = rows[kind if kind in rows else "tasks"][0]["id"]
    archive = with_rows({form.format(taken): {}})
    with pytest.raises(Refused, match="belong to another learner"):
        look(charlie, read(archive))
    bare = taken.replace("-", "")
    written = (bare, taken.upper(), f"urn:uuid:{taken}", f"{{{taken}}}", "-" * 60 + taken)
    for key in (*written, "urn:" * 20 + taken):
        with pytest.raises(Refused, match="entry 1 in “revisions”"):
            read(with_rows({form.format(key): {}}))


@pytest.mark.parametrize(
    "wrong",
    [
        "x", [1], {"threshold": "lots"}, {"threshold": 500}, {"branches": [5]}, {"areas": 5},
        {"applied": True}, {"applied": {"day": "never"}},
        {"branches": [{"tasks": [{"title": "x"}]}]},
        {"branches": [{"tasks": [{"title": "x", "minutes": 0}]}]},
    ],
)  # fmt: skip
def test_a_checkpoint_that_no_page_could_show_is_refused(wrong: Any) -> None:
    archive = empty_plan()
    week = {"id": str(uuid.uuid4()), "plan": archive["plans"][0]["id"], "number": 1, "title": "W"}
    assert read(archive | {"weeks": [week | {"checkpoint": {"title": "Gaps?"}}]})
    with pytest.raises(Refused, match="it is no rule of a checkpoint"):
        read(archive | {"weeks": [week | {"checkpoint": wrong}]})


def empty_plan() -> dict[str, Any]:
    """An export with a plan that has one revision."""
    plan = {
        "id": str(uuid.uuid4()),
        "title": "P",
        "starts_on": str(TODAY),
        "created_at": EMPTY["made_at"],
    }
    revision = {
        "id": str(uuid.uuid4()), "plan": plan["id"], "kind": "edit", "what": "x", "version": 1,
        "at": EMPTY["made_at"], "day": str(TODAY),
    }  # fmt: skip
    return EMPTY | {"plans": [plan], "revisions": [revision]}


def with_rows(before: dict[str, Any], after: dict[str, Any] | None = None) -> dict[str, Any]:
    """An export with a plan whose one change keeps these rows."""
    archive = empty_plan()
    archive["revisions"][0] |= {"before": before, "after": before if after is None else after}
    return archive


def test_columns_with_a_default_may_be_missing(alice: Any) -> None:
    bring_in(alice, read(empty_plan()))
    plan = Plan.objects.get()
    assert (plan.state, plan.version, plan.target_on) == ("active", 1, None)


def test_a_curated_id_may_not_be_taken_for_ones_own(alice: Any, topic: Topic) -> None:
    own = {"id": str(topic.pk), "slug": "x", "title": "X", "area": "studyplan/classical-ml"}
    before = Topic.objects.values().get()
    with pytest.raises(Refused) as why:
        bring_in(alice, read(EMPTY | {"own_topics": [own]}))
    assert str(why.value) == FOREIGN
    assert Topic.objects.values().get() == before


def test_what_nothing_refers_to_is_not_made(alice: Any, topic: Topic) -> None:
    area = {"collection": "studyplan", "slug": "fake", "title": "Fake"}
    said = {"collection": "studyplan", "slug": "fake", "title": "Fake", "area": "studyplan/fake"}
    changed = {
        "collection": "studyplan", "slug": topic.slug, "title": "Changed",
        "area": "studyplan/classical-ml",
    }  # fmt: skip
    star = {"id": str(uuid.uuid4()), "topic": f"studyplan/{topic.slug}", "at": EMPTY["made_at"]}
    content = {"areas": [area], "topics": [said, changed]}
    bring_in(alice, read(EMPTY | {"content": content, "stars": [star]}))
    assert Area.objects.count() == Topic.objects.count() == 1
    assert Topic.objects.get().title == topic.title


def test_own_rows_that_moved_between_plans_are_refused(
    now: Any, alice: Any, roadmap: Roadmap, topic: Topic
) -> None:
    fill(alice, roadmap, topic)
    plan = Plan.objects.get(deleted_at=None)
    archive = json.loads(json.dumps(exported(alice)).replace(str(plan.pk), str(uuid.uuid4())))
    before = list(Task.objects.order_by("pk").values())
    with pytest.raises(Refused) as why:
        bring_in(alice, read(archive))
    assert str(why.value) == MIXED
    assert list(Task.objects.order_by("pk").values()) == before


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    ["tasks", "plans", "content", "settings", "learner", "made_at", "revisions"]
)


def said_of(data: bytes) -> str:
    """Return what is said of a file, "" when it is read."""
    try:
        read_archive(data)
    except Refused as why:
        return str(why)
    return ""


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(NAMES, JSON | st.lists(st.dictionaries(NAMES, JSON)), max_size=4))
def test_whatever_stands_in_it_there_is_an_answer(wrong: dict[str, Any]) -> None:
    said = said_of(json.dumps(EMPTY | wrong).encode())
    assert not said or 20 < len(said) < 400


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200) | st.integers(0, len(HELD) - 1).map(lambda end: HELD[:end].encode()))
def test_no_bytes_are_too_strange(data: bytes) -> None:
    assert said_of(data)
