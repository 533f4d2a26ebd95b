"""What is shipped beside the code: container files, locks, hooks. No container engine is needed to check them."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
SECRET_NAMES = re.compile(r"SECRET|PASSWORD|TOKEN|KEY", re.IGNORECASE)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def dockerfile() -> list[tuple[str, str]]:
    """The instructions, as (name, rest), continued lines joined."""
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines]


def last_stage(dockerfile: list[tuple[str, str]]) -> list[tuple[str, str]]:
    begin = max(number for number, (name, _) in enumerate(dockerfile) if name == "FROM")
    return dockerfile[begin:]


def test_services(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {"secrets", "db", "web"}
    assert compose["services"]["db"]["image"] == "postgres:17"


@pytest.mark.parametrize("name", ["db", "web"])
def test_services_that_stay_have_health_checks(compose: dict[str, Any], name: str) -> None:
    assert compose["services"][name]["healthcheck"]["test"][0] == "CMD"


def test_web_waits_for_a_healthy_database(compose: dict[str, Any]) -> None:
    depends = compose["services"]["web"]["depends_on"]
    assert depends["db"]["condition"] == "service_healthy"
    assert depends["secrets"]["condition"] == "service_completed_successfully"


def test_data_and_secrets_are_on_named_volumes(compose: dict[str, Any]) -> None:
    mounts = [
        mount.split(":")[:2]
        for service in compose["services"].values()
        for mount in service["volumes"]
    ]
    assert ["database", "/var/lib/postgresql/data"] in mounts
    assert ["secrets", "/secrets"] in mounts
    assert {source for source, _ in mounts} == set(compose["volumes"])


def test_the_database_is_not_reachable_from_outside(compose: dict[str, Any]) -> None:
    assert "ports" not in compose["services"]["db"]
    assert compose["services"]["web"]["ports"] == ["${HOST:-127.0.0.1}:${PORT:-8000}:8000"]


def test_no_literal_secrets(compose: dict[str, Any], dockerfile: list[tuple[str, str]]) -> None:
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if SECRET_NAMES.search(name):
                assert str(value).startswith(("${", "/secrets/")), name
        assert not re.search(r"://[^/@]*:[^@]*@", str(service)), "a password in an address"
    for name, rest in dockerfile:
        if name in ("ENV", "ARG"):
            assert not SECRET_NAMES.search(rest)
        for value in re.findall(r"SECRET_KEY=(\S+)", rest):
            assert value.startswith('"$('), "made for the one step that needs it"


def test_every_variable_has_a_default(compose: dict[str, Any]) -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    assert re.findall(r"\$\{[A-Z_]+\}", text) == []


def test_image_is_not_root_and_asks_healthz(dockerfile: list[tuple[str, str]]) -> None:
    stage = last_stage(dockerfile)
    users = [rest for name, rest in stage if name == "USER"]
    assert users == ["studyplan"]
    after = stage[[name for name, _ in stage].index("USER") :]
    assert not [rest for name, rest in after if name == "RUN"]
    checks = [rest for name, rest in stage if name == "HEALTHCHECK"]
    assert "scripts.health" in checks[0]
    assert "/healthz" in (ROOT / "scripts/health.py").read_text()


def test_image_takes_locked_packages_and_has_its_static_files(
    dockerfile: list[tuple[str, str]],
) -> None:
    runs = [rest for name, rest in dockerfile if name == "RUN"]
    assert any("--require-hashes -r /tmp/run.txt" in rest for rest in runs)
    assert any("collectstatic" in rest for rest in runs)
    assert {rest.split()[0] for name, rest in dockerfile if name == "FROM"} == {"python:3.11-slim"}


def test_everything_that_is_copied_is_sent(dockerfile: list[tuple[str, str]]) -> None:
    sent = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    for name, rest in dockerfile:
        if name == "COPY" and not rest.startswith("--from"):
            source = rest.split()[0]
            assert source.split("/")[0] in sent
            assert (ROOT / source).exists()
    assert not sent & {".git", "var", ".venv", ".env"}


def fake_container(tmp_path: Path, *, fails: str = "nothing") -> dict[str, str]:
    """An environment whose `python` notes what it is asked, and answers as the real one where it must."""
    folder = tmp_path / "bin"
    folder.mkdir()
    log = tmp_path / "calls"
    (folder / "python").write_text(
        "#!/bin/sh\n"
        f'if [ "$1" = -c ]; then exec {sys.executable} "$@"; fi\n'
        f'echo "$@ key-file=$SECRET_KEY_FILE" >>{log}\n'
        f'case "$*" in *{fails}*) exit 1;; esac\n'
    )
    (folder / "python").chmod(0o755)
    (tmp_path / "secrets").mkdir()
    return {
        "PATH": f"{folder}:/usr/bin:/bin",
        "SECRETS_DIR": str(tmp_path / "secrets"),
        "LOG": str(log),
    }


def enter(environment: dict[str, str]) -> tuple[int, list[str]]:
    done = subprocess.run(
        [ROOT / "scripts/entrypoint.sh", "python", "-m", "server"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    log = Path(environment["LOG"])
    calls = [line.split(" key-file=")[0] for line in log.read_text().splitlines()]
    log.unlink()
    return done.returncode, calls


def test_entrypoint_migrates_and_loads_before_the_server(tmp_path: Path) -> None:
    code, calls = enter(fake_container(tmp_path))
    assert code == 0
    assert [call.split()[1] for call in calls] == [
        "migrate",
        "load_content",
        "server",
    ]
    # The demo learner has a known address: never in a container.
    assert not any("demo" in call for call in calls)


def test_entrypoint_does_not_serve_an_old_database(tmp_path: Path) -> None:
    environment = fake_container(tmp_path, fails="migrate")
    code, calls = enter(environment)
    assert code != 0
    assert len(calls) == 1


def test_secrets_are_made_once_and_private(tmp_path: Path) -> None:
    environment = fake_container(tmp_path)
    enter(environment)
    folder = tmp_path / "secrets"
    before = {path.name: path.read_text() for path in folder.iterdir()}
    assert set(before) == {"secret-key", "database-password", "pgpass"}
    assert before["pgpass"] == f"db:5432:*:studyplan:{before['database-password']}\n"
    assert before["secret-key"] != before["database-password"]
    assert min(len(text) for text in before.values()) > 40
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    subprocess.run([ROOT / "scripts/secrets.sh"], env=environment, check=True)
    assert {path.name: path.read_text() for path in folder.iterdir()} == before


def test_a_given_secret_key_makes_no_file(tmp_path: Path) -> None:
    environment = fake_container(tmp_path) | {"SECRET_KEY": "given"}
    assert enter(environment)[0] == 0
    assert list((tmp_path / "secrets").iterdir()) == []


@pytest.mark.parametrize("kind", ["run", "dev"])
def test_locks_hold_versions_and_hashes_only(kind: str) -> None:
    text = (ROOT / f"requirements/{kind}.txt").read_text()
    assert "://" not in text
    assert not re.search(r"(^|\s)(-i|-f|--[a-z-]*(url|links|host))\b", text, re.MULTILINE)
    assert not re.search(r"(^|\s)/[a-z]+/", text, re.MULTILINE)
    packages = re.findall(r"^[a-z0-9][^\s=]*==[^\s]+.*\\\n    --hash=sha256:", text, re.MULTILINE)
    assert len(packages) == len(re.findall(r"^[a-z0-9]", text, re.MULTILINE))


def versions(kind: str) -> set[str]:
    text = (ROOT / f"requirements/{kind}.txt").read_text()
    return set(re.findall(r"^[a-z0-9][^\s=]*==[^\s]+", text, re.MULTILINE))


def test_development_has_the_same_versions_as_production() -> None:
    assert versions("run") < versions("dev")


def test_there_is_no_second_lock_file() -> None:
    assert not (ROOT / "uv.lock").exists()


def test_project_file() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["name"] == "studyplan"
    assert project["project"]["requires-python"] == ">=3.11"
    assert project["tool"]["mypy"]["strict"] is True
    assert project["tool"]["pytest"]["ini_options"]["filterwarnings"][0] == "error"


def test_hooks_are_local() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    assert [repo["repo"] for repo in hooks["repos"]] == ["local"]


def test_scripts_can_be_started() -> None:
    for path in [ROOT / ".ci/run", *(ROOT / "scripts").glob("*.sh")]:
        assert os.access(path, os.X_OK), path
        subprocess.run(["bash", "-n", path], check=True)


def test_what_runs_leave_behind_is_ignored() -> None:
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    for name in ("/var/", "/.venv/", "__pycache__/", ".env"):
        assert name in ignored
