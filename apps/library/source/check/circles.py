"""Circles in a graph of names, each group of them once. Pure, linear in the graph's size."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

Graph = Mapping[str, Collection[str]]
MOST_SHOWN = 8  # names of one circle
LAST_SHOWN = 2  # of them, those at its end


@dataclass(frozen=True, slots=True)
class Circle:
    """Names that all lead to one another, `size` of them.

    `path` is a shortest way from the first in the alphabet back to it, which is not named again.
    Without the names of `closing` there is no circle left among them; `path[0]` is one.
    """

    path: tuple[str, ...]
    size: int
    closing: tuple[str, ...]

    def __str__(self) -> str:
        names = list(self.path)
        if len(names) > MOST_SHOWN:
            between = len(names) - MOST_SHOWN
            cut = MOST_SHOWN - LAST_SHOWN
            names = [*names[:cut], f"({between:,} more)", *names[-LAST_SHOWN:]]
        words = " -> ".join([*names, self.path[0]])
        if self.size > len(self.path):
            words += f" (of {self.size:,} topics that all need one another)"
        return words


def circles(graph: Graph) -> list[Circle]:
    """Return a circle for each group of names that lead to one another, sorted.

    Every name that another leads to is a key; that a name leads to itself is no circle.
    """
    found = []
    for group in _groups(graph):
        if len(group) > 1:
            names = set(group)
            inside = {name: [to for to in graph[name] if to in names] for name in group}
            first = min(group)
            found.append(Circle(_shortest(inside, first), len(group), _closing(inside, first)))
    return sorted(found, key=lambda circle: circle.path)


def _groups(graph: Graph) -> Iterator[list[str]]:
    """The strongly connected components, after Tarjan; without recursion."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    held: dict[str, None] = {}  # in the order they were reached
    for root in graph:
        walk = [] if root in number else [(root, iter(graph[root]))]
        while walk:
            name, rest = walk[-1]
            if name not in number:
                number[name] = lowest[name] = len(number)
                held[name] = None
            for to in rest:
                if to not in number:
                    walk.append((to, iter(graph[to])))
                    break
                if to in held:
                    lowest[name] = min(lowest[name], number[to])
            else:
                walk.pop()
                if walk:
                    before = walk[-1][0]
                    lowest[before] = min(lowest[before], lowest[name])
                if lowest[name] == number[name]:
                    group = []
                    while name in held:
                        group.append(held.popitem()[0])
                    yield group


def _shortest(inside: Graph, first: str) -> tuple[str, ...]:
    """A shortest way from a name back to it."""
    came_from: dict[str, str] = {}
    waiting = deque([first])
    while first not in came_from:
        name = waiting.popleft()
        for to in inside[name]:
            if to not in came_from and to != name:
                came_from[to] = name
                waiting.append(to)
    path = [came_from[first]]
    while path[-1] != first:
        path.append(came_from[path[-1]])
    return tuple(reversed(path))


def _closing(inside: Graph, first: str) -> tuple[str, ...]:
    """The names that a walk in depth comes back to while it is still on its way from them."""
    found: dict[str, None] = {}
    on_the_way = {first}
    seen = {first}
    walk = [(first, iter(inside[first]))]
    while walk:
        name, rest = walk[-1]
        for to in rest:
            if to in on_the_way and to != name:
                found[to] = None
            elif to not in seen:
                seen.add(to)
                on_the_way.add(to)
                walk.append((to, iter(inside[to])))
                break
        else:
            walk.pop()
            on_the_way.discard(name)
    return tuple(found)
