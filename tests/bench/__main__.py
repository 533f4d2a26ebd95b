"""Builds, serves, measures: python -m tests.bench [sqlite] [postgres]

The last line is one JSON object. Exit status 1 when a budget is exceeded by more than a fifth.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

from scripts import serve
from scripts.common import ROOT, VAR, Problem, fail, say
from tests.bench import figures, load
from tests.bench.load import Learner

HOST = "127.0.0.1"
POSTGRES = os.environ.get("BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432")
LEARNERS = int(os.environ.get("BENCH_LEARNERS", "10000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "200"))
FEW = 10

Urls = dict[str, str]


def sqlite_urls() -> Urls:
    folder = VAR / "bench"
    return {
        "many": f"sqlite:///{folder / 'db.sqlite3'}",
        "few": f"sqlite:///{folder / 'small.sqlite3'}",
    }


def postgres_urls() -> Urls | None:
    """Return the two databases, made if need be; None where no PostgreSQL answers."""
    names = {"many": "studyplan_bench", "few": "studyplan_bench_small"}
    try:
        with psycopg.connect(f"{POSTGRES}/postgres", connect_timeout=3, autocommit=True) as server:
            there = {name for (name,) in server.execute("SELECT datname FROM pg_database")}
            for name in names.values():
                if name not in there:
                    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.OperationalError as error:
        say(f"No PostgreSQL is measured: {' '.join(str(error).split())}")
        return None
    return {which: f"{POSTGRES}/{name}" for which, name in names.items()}


def environment(url: str) -> dict[str, str]:
    """Return the environment of a server for that database, as `make run` has it."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DEBUG", "HTTPS")}
    return kept | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.bench.settings"}


def build(url: str, learners: int) -> list[Learner]:
    """Build the database unless it is there; return learners who are signed in."""
    command = [sys.executable, "-m", "tests.bench.build", str(learners)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(url), stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise Problem("the database of the benchmark could not be built; the reason stands above.")
    return [Learner(**each) for each in json.loads(done.stdout.splitlines()[-1])]


def collect_static(url: str) -> None:
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"]
    subprocess.run(command, cwd=ROOT, env=environment(url), check=True)


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Two runs at once would sign each other's learners out, and measure each other."""
    (VAR / "bench").mkdir(parents=True, exist_ok=True)
    with (VAR / "bench" / "lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Problem("another `make bench` is running here; wait for it to end.") from None
        yield


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def served(url: str) -> Iterator[tuple[int, int]]:
    """The server of `make run` on a free port; gives port and process id."""
    port = free_port()
    os.environ.update(environment(url), HOST=HOST, PORT=str(port))
    server = serve.start()
    try:
        if not serve.wait_until_ready(server, HOST, port):
            raise Problem("the server did not start; what it said stands above.")
        yield port, server.pid
    finally:
        serve.stop(server)


def memory_mb(parent: int) -> float:
    """Return the memory of a process and its children in MB, what they share counted once."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
    total = 0
    for process in (parent, *children):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total * 1024 / 1e6


def bench(name: str, urls: Urls) -> dict[str, float]:
    """Measure one kind of database, print its table and return its figures."""
    learners = {"many": build(urls["many"], LEARNERS), "few": build(urls["few"], FEW)}
    collect_static(urls["many"])
    with served(urls["many"]) as (many, process), served(urls["few"]) as (few, _):
        sizes = load.check_pages(many, learners["many"][0])
        load.check_pages(few, learners["few"][0])
        medians = load.measure(many, learners["many"], ROUNDS)
        today = load.measure_against({"many": many, "few": few}, learners, ROUNDS)
        found = figures.ratios(medians, today, memory_mb(process))
    say(figures.table(name, found, LEARNERS))
    told = [f"{page} {seconds * 1000:.2f} ms" for page, seconds in medians.items()]
    say(f"  medians: {', '.join(told)}")
    say(f"  sizes: {', '.join(f'{page} {size / 1000:.1f} kB' for page, size in sizes.items())}")
    return found


def main(chosen: list[str]) -> int:
    os.chdir(ROOT)
    postgres = postgres_urls() if not chosen or "postgres" in chosen else None
    result: dict[str, dict[str, float] | None] = {
        "sqlite": bench("sqlite", sqlite_urls()) if not chosen or "sqlite" in chosen else None,
        "postgres": bench("postgres", postgres) if postgres else None,
    }
    print(json.dumps(result), flush=True)
    return 0 if all(figures.is_kept(found) for found in result.values() if found) else 1


if __name__ == "__main__":
    try:
        with alone():
            sys.exit(main(sys.argv[1:]))
    except (Problem, load.Wrong) as problem:
        fail(problem)
