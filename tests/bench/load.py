"""One browser at a time: requests over fresh connections, page after page, and how long each took."""

from __future__ import annotations

import gzip
import socket
import time
from collections import defaultdict
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from tests.bench.outline import ASSESSED, TODAY

CSRF = "b" * 32
WRITE_HEADER = "x-write-seconds"


class Learner(NamedTuple):
    """A session, a task that is open and planned for today, an open check with the question that
    comes next, and a finished assessment."""

    session: str
    task: str
    check: str
    answer: str
    assessment: str


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        zipped = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if zipped else self.body).decode()


class Wrong(Exception):
    """A page did not answer as it must."""


def ask(port: int, learner: Learner, path: str, form: str | None = None) -> Answer:
    """Send one request as a browser would, over a connection of its own; `form` makes it a POST.

    The time runs from before the connection is made to the last byte of the body.
    """
    head = [
        f"{'GET' if form is None else 'POST'} {path} HTTP/1.1",
        f"Host: localhost:{port}",
        "Connection: close",
        "Accept: text/html",
        "Accept-Encoding: gzip",
        f"Cookie: sessionid={learner.session}; csrftoken={CSRF}",
    ]
    if form is not None:
        head += [
            "HX-Request: true",
            f"X-CSRFToken: {CSRF}",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(form)}",
        ]
    raw = ("\r\n".join(head) + "\r\n\r\n" + (form or "")).encode()
    begin = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(raw)
        status, headers, body = _read(connection)
        seconds = time.perf_counter() - begin
    return Answer(status, headers, body, seconds)


def _read(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            raise Wrong("The server closed the connection without an answer.")
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    status = int(first.split()[1])
    length = 0 if status == 204 else int(headers["content-length"])
    while len(body) < length:
        piece = connection.recv(65536)
        if not piece:
            raise Wrong("The answer was cut short.")
        body += piece
    return status, headers, body


PAGES = {
    "floor": "/bench/floor/",
    "today": "/today/",
    "week": f"/week/{TODAY}/",
    "plan": "/plan/",
    "readiness": "/readiness/",
    "reviews": "/reviews/",
    "result": "/assessments/{}/",
    "pace": "/plan/adjust/",
    "change": "/plan/reflow/",
}
# What must stand on a page; at least so often.
MARKS = {
    "today": ("data-task", 8),
    "week": ("data-task", 25),
    "plan": ("plan-week", 12),
    "result": ("Why is Topic", ASSESSED),
    "pace": ("How it stands", 1),
}


def pages_of(learner: Learner) -> dict[str, str]:
    """Return the address of every page for one learner, by its name."""
    return {name: path.format(learner.assessment) for name, path in PAGES.items()}


def answer_next(port: int, learner: Learner) -> Answer:
    """Answer the question of the open check that comes next."""
    path = f"/checks/{learner.check}/answers/{learner.answer}/"
    return ask(port, learner, path, "score=75&seconds=30")


def take_back(port: int, learner: Learner) -> Answer:
    """Take that answer back, so that it is the next question again."""
    return ask(port, learner, f"/checks/{learner.check}/undo/", f"answer={learner.answer}")


def check_pages(port: int, learner: Learner) -> dict[str, int]:
    """Return the size of every page in bytes, unzipped; raises Wrong for one that is not right."""
    sizes = {}
    for name, path in pages_of(learner).items():
        answer = ask(port, learner, path)
        if answer.status != 200:
            raise Wrong(f"{path} answers {answer.status}.")
        mark, least = MARKS.get(name, ("<main", 1))
        if answer.text.count(mark) < least:
            raise Wrong(f"{path} holds less than {least} of {mark}.")
        sizes[name] = len(answer.text.encode())
    for name, act, is_next in (("answer", answer_next, False), ("undo", take_back, True)):
        answer = act(port, learner)
        if answer.status != 200:
            raise Wrong(f"{name} answers {answer.status}.")
        if (f"answers/{learner.answer}/" in answer.text) is not is_next:
            raise Wrong(f"{name} does not bring the question that comes next.")
        sizes[name] = len(answer.text.encode())
    return sizes


def measure(port: int, learners: Sequence[Learner], rounds: int) -> dict[str, float]:
    """Return the median seconds of every page, of a tick, of an answer, and of the write within its
    request.

    Every round asks for each page once, by the next learner; what was ticked is unticked, what was
    answered is taken back. Every
    learner has been there once before it counts: what a disk takes to find a page is not measured.
    """
    took: dict[str, list[float]] = defaultdict(list)
    for number in range(-len(learners), rounds):
        learner = learners[number % len(learners)]
        tick = f"/tasks/{learner.task}/tick/"
        asked = {name: ask(port, learner, path) for name, path in pages_of(learner).items()}
        asked["post"] = ask(port, learner, "/bench/write/", f"name=Learner+{number}")
        asked["tick"] = ask(port, learner, tick, "page=today&done=1")
        ask(port, learner, tick, "page=today&done=0")
        asked["answer"] = answer_next(port, learner)
        asked["undo"] = take_back(port, learner)
        for name, answer in asked.items():
            if answer.status not in (200, 204):
                raise Wrong(f"{name} answers {answer.status}.")
            if number >= 0:
                took[name].append(answer.seconds)
        if number >= 0:
            took["write"].append(float(asked["post"].headers[WRITE_HEADER]))
    return {name: median(values) for name, values in took.items()}


def measure_against(
    ports: dict[str, int], learners: dict[str, Sequence[Learner]], rounds: int
) -> dict[str, float]:
    """Return the median seconds of Today of several servers, asked in turn."""
    took: dict[str, list[float]] = defaultdict(list)
    for number in range(-max(map(len, learners.values())), rounds):
        for name, port in ports.items():
            learner = learners[name][number % len(learners[name])]
            seconds = ask(port, learner, PAGES["today"]).seconds
            if number >= 0:
                took[name].append(seconds)
    return {name: median(values) for name, values in took.items()}
