"""Circles of prerequisites: each group of topics that need one another is told once, quickly."""

from __future__ import annotations

import random
import time
from graphlib import CycleError, TopologicalSorter

import pytest

from apps.library.load import load_content
from apps.library.models import Topic
from apps.library.source import read_content
from apps.library.source.check.circles import Circle, Graph, circles
from tests.library.conftest import Folder
from tests.library.test_load import run


def faults(folder: Folder) -> list[str]:
    return [str(fault) for fault in read_content(folder.root).faults]


def has_circle(graph: Graph, without: set[str]) -> bool:
    """What the standard library says, of the graph without some names and loops."""
    rest = {
        name: {to for to in others if to not in without and to != name}
        for name, others in graph.items()
        if name not in without
    }
    try:
        TopologicalSorter(rest).prepare()
    except CycleError:
        return True
    return False


def test_a_group_is_told_once_with_its_shortest_circle() -> None:
    graph = {"a": "b", "b": "cd", "c": "a", "d": "e", "e": "a", "f": "af", "g": ""}
    assert circles(graph) == [Circle(("a", "b", "c"), 5, ("a",))]
    assert str(circles(graph)[0]) == "a -> b -> c -> a (of 5 topics that all need one another)"


@pytest.mark.parametrize("seed", range(60))
def test_what_is_found_is_what_there_is(seed: int) -> None:
    chance = random.Random(seed)
    names = [f"n{number}" for number in range(chance.randint(1, 14))]
    graph = {
        name: chance.sample(names, chance.randint(0, min(3, len(names))))
        for name in chance.sample(names, len(names))
    }
    found = circles(graph)
    assert bool(found) == has_circle(graph, set())
    assert not has_circle(graph, {name for circle in found for name in circle.closing})
    for circle in found:
        assert circle.path[0] in circle.closing
        for name, to in zip(circle.path, (*circle.path[1:], circle.path[0]), strict=True):
            assert to in graph[name]
    paths = [name for circle in found for name in circle.path]
    assert len(paths) == len(set(paths))


def test_many_circles_take_linear_time() -> None:
    many = 20_000
    graph = {f"{side}{n}": [f"{other}{n}"] for n in range(many) for side, other in ("ab", "ba")}
    long = {f"n{n}": [f"n{(n + 1) % many}"] for n in range(many)}
    whole = {f"n{n}": [f"n{n * 7 % many}", f"n{(n + 1) % many}"] for n in range(many)}
    start = time.process_time()
    assert len(circles(graph)) == many
    assert [len(circle.path) for circle in circles(long)] == [many]
    assert len(circles(whole)) == 1
    assert time.process_time() - start < 5


def test_a_long_circle_is_told_in_one_short_line(folder: Folder) -> None:
    for number in range(300):
        folder.topic("nlp", f"n{number:03}", needs=f"n{(number + 1) % 300:03}")
    assert faults(folder) == [
        "topics/nlp/n000.md:7:17: prerequisite cycle: n000 -> n001 -> n002 -> n003 -> n004 -> "
        "n005 -> (292 more) -> n298 -> n299 -> n000"
    ]


@pytest.mark.django_db
def test_of_a_circle_as_little_as_possible_is_left_out(folder: Folder) -> None:
    for name, needs in (("a", "b"), ("b", "a, c"), ("c", "b"), ("d", "c")):
        folder.topic("nlp", name, needs=needs)
    code, _, err = run("load_content", str(folder.root), "--as", "theirs")
    where = f"{folder.root}/topics/nlp"
    assert (code, err.splitlines()) == (
        0,
        [
            f"{where}/a.md:7:17: prerequisite cycle: a -> b -> a (of 3 topics that all need one "
            "another)",
            f"{where}/b.md:2:1: left out, as it closes a circle of prerequisites",
        ],
    )
    there = set(Topic.objects.values_list("slug", flat=True))
    assert there & {"a", "b", "c", "d"} == {"c", "d"}
    assert [topic.slug for topic in Topic.objects.get(slug="d").prerequisites.all()] == ["c"]
    assert not Topic.objects.get(slug="c").prerequisites.exists()
    folder.topic("nlp", "b")
    load_content(folder.root, "theirs")
    assert Topic.objects.get(slug="a").prerequisites.get().slug == "b"
