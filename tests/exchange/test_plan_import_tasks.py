"""What a box becomes: its kind, minutes and topics; and how a form carries a text."""

from __future__ import annotations

import base64
import json
import uuid
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.exchange.coverage_match import TopicName
from apps.exchange.markdown_plan import read_plan
from apps.exchange.plan_import_kept import Carried, packed, storable, unpacked
from apps.exchange.plan_import_tasks import Source, drafted, kind_of, labels_of
from apps.exchange.plan_import_topics import TopicFinder


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Read: ZeRO paper (Sections 1-4)", "read"),
        ("Re-read the ZeRO paper", "read"),
        ("Read about coding interviews", "read"),
        ("Code a decision tree after reading", "code"),
        ("Implemented K-Means from scratch", "code"),
        ("Watched the AUC-ROC video", "watch"),
        ("Derive: backprop gradients", "derive"),
        ("Prove the lemma", "derive"),
        ("Calculate: memory of ZeRO-3", "calculate"),
        ("Design a feature store", "design"),
        ("Start Project 1: image classification", "project"),
        ("Create personal gradient cheat sheet", "write"),
        ("Summarise chapter 3", "write"),
        ("Knowledge check on trees", "check"),
        ("Gap re-assessment", "read"),
        ("Gap assessment of statistics", "assess"),
        ("Mock interview with a friend", "mock"),
        ("Apply to five companies", "apply"),
        ("Update résumé and LinkedIn", "apply"),
        ("Set up development environment", "setup"),
        ("Install PyTorch", "setup"),
        ("Improve my approval rating", "read"),
        ("Encoder and decoder", "read"),
        ("🎉", "read"),
    ],
)
def test_the_word_that_comes_first_says_the_kind(title: str, kind: str) -> None:
    assert kind_of(title) == kind


@pytest.mark.parametrize(
    ("title", "priority"),
    [
        ("Write a blog post (optional)", "optional"),
        ("Optional: kernels", "optional"),
        ("Bonus: a second data set", "optional"),
        ("Pick three: k-NN, k-means, (Optional: trees)", "must"),
        ("Optionality in finance", "must"),
    ],
)
def test_optional_is_what_says_so(title: str, priority: str) -> None:
    (task,) = drafted(read_plan(f"# P\n\n## Week 1\n\n- [ ] {title}\n"))
    assert task.priority == priority


@pytest.mark.parametrize(
    ("head", "boxes", "minutes"),
    [
        ("Day 1", ["A", "B"], [(30, "assumed"), (30, "assumed")]),
        ("Day 1", ["A (45 min)", "B"], [(45, "stated"), (30, "assumed")]),
        ("Day 1 (2 hours)", ["A", "B", "C"], [(40, "share")] * 3),
        (
            "Day 1 (2 hours)",
            ["A (80 min)", "B", "C"],
            [(80, "stated"), (20, "share"), (20, "share")],
        ),
        ("Day 1 (1 hour)", ["A (90 min)", "B"], [(90, "stated"), (5, "share")]),
        ("Day 1 (100 min)", ["A", "B", "C"], [(35, "share"), (35, "share"), (30, "share")]),
        ("Day 1 (45 min each)", ["A", "B (20 min)"], [(45, "share"), (20, "stated")]),
    ],
)
def test_minutes_are_stated_shared_or_assumed(
    head: str, boxes: list[str], minutes: list[tuple[int, str]]
) -> None:
    lines = "\n".join(f"- [ ] {box}" for box in boxes)
    tasks = drafted(read_plan(f"# P\n\n## Week 1\n\n### {head}\n{lines}\n"))
    assert [(task.minutes, task.source) for task in tasks] == [
        (each, Source(source)) for each, source in minutes
    ]


def test_a_session_shares_its_own_minutes_and_the_day_the_rest() -> None:
    text = (
        "# P\n\n## Week 1\n\n**Day 1 (3 hours)**\n- [ ] Before\n\n**Study** (1 hour):\n- [ ] A (20 min)\n"
        "- [ ] B\n\n**Knowledge Check** (15 min):\n- [ ] C\n- [ ] D\n\n"
        "**Problems** (2 × 30 min each):\n- [ ] E\n\n**To finish**:\n- [ ] F\n- [ ] G\n"
    )
    found = {task.box.title: task.minutes for task in drafted(read_plan(text))}
    assert found == {"Before": 15, "A": 20, "B": 40, "C": 10, "D": 5, "E": 60, "F": 15, "G": 15}


def test_what_a_week_states_is_shared_where_it_has_no_days() -> None:
    text = "# P\n\n## Week 1 (6 hours)\n- [ ] A\n- [ ] B\n\n## Week 2 (6 hours)\n- [ ] C\n\n### Day 2\n- [ ] D\n"
    found = {task.box.title: task.minutes for task in drafted(read_plan(text))}
    assert found == {"A": 180, "B": 180, "C": 30, "D": 30}


def test_sections_beside_the_weeks_are_numbered() -> None:
    text = "# P\n\n## Week 3\n\n- [ ] A\n\n## Week 3\n\n- [ ] B\n\n## Projects\n\n- [ ] C\n"
    said = read_plan(text)
    assert labels_of(said.weeks) == ["Week 3", "Week 3", "Section 1"]


def finder(*titles: str) -> TopicFinder:
    names = [
        TopicName(uuid.uuid5(uuid.NAMESPACE_URL, title), title, title.lower().replace(" ", "-"), 1)
        for title in titles
    ]
    return TopicFinder(names, {"old-name": "kv-cache"})


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("Read about the KV cache in vLLM", ["KV cache"]),
        ("KV caches, attention", ["KV cache"]),
        ("Old name, explained", ["KV cache"]),
        ("Gradient boosting and AdaBoost", ["Gradient boosting", "AdaBoost"]),
        ("Boosting a gradient", []),
        ("Stochastic gradient boosting", ["Stochastic gradient boosting"]),
        ("RAG", []),
        ("KV-CACHE kv cache", ["KV cache"]),
        ("", []),
    ],
)
def test_a_title_names_topics_by_all_their_words(title: str, named: list[str]) -> None:
    there = finder(
        "KV cache", "Gradient boosting", "AdaBoost", "RAG", "Stochastic gradient boosting"
    )
    assert [there.topics[pk].title for pk in there.find(title)] == named


def test_what_two_topics_are_called_names_neither() -> None:
    topics = [TopicName(uuid.uuid4(), "Batch size", f"batch-size-{n}", n) for n in (1, 2)]
    assert TopicFinder(topics, {}).find("Choose the batch size") == []


@given(st.text(max_size=300), st.text(max_size=20))
def test_a_text_comes_back_from_a_form_as_it_was(text: str, name: str) -> None:
    carried = Carried(storable(text), storable(name), "2 lines")
    assert unpacked(packed(carried)) == carried


def _packed(value: object) -> str:
    return base64.b64encode(zlib.compress(json.dumps(value).encode())).decode()


@pytest.mark.parametrize(
    "said",
    [
        "",
        "nonsense",
        "bm9uc2Vuc2U=",
        _packed("text"),
        _packed(["text"]),
        _packed(["a", "b", 3]),
        _packed(["a\x00b", "", ""]),
        _packed(["a" * 20_000_000, "", ""]),
        packed(Carried("text"))[:-8],
        base64.b64encode(zlib.compress(b"[" * 100_000)).decode(),
    ],
)
def test_what_was_not_packed_is_nothing(said: str) -> None:
    assert unpacked(said) is None
