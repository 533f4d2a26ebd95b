"""Makes .venv and installs the locked requirements into it: setup.py run | setup.py dev

Only the standard library, and no syntax newer than Python 3.0: a Python that is too old must be able to read
this far, so that it can say so in one clear line.
"""

import hashlib
import json
import os
import subprocess
import sys

NEEDED = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
KINDS = ("run", "dev")


def fail(message):
    """Ends with one clear line."""
    sys.stderr.write("studyplan: %s\n" % message)
    sys.exit(2)


def say(message):
    sys.stdout.write(message + "\n")
    sys.stdout.flush()


def require_python():
    if sys.version_info[:2] < NEEDED:
        found = "%d.%d.%d" % tuple(sys.version_info[:3])
        fail(
            "Python %d.%d or newer is needed, this is %s (%s); name another with PYTHON=/path/to/python."
            % (NEEDED + (found, sys.executable))
        )


def require_venv():
    try:
        import ensurepip  # noqa: F401 - only whether it is there
        import venv  # noqa: F401 - the same
    except ImportError:
        fail(
            "this Python (%s) cannot make virtual environments; on Debian: apt-get install python3-venv"
            % sys.executable
        )


def environment_dir(root):
    return os.path.join(root, ".venv")


def python_of(root):
    return os.path.join(environment_dir(root), "bin", "python")


def version_of(python):
    """The version of a Python as (major, minor, patch), or None when it does not run or has no pip."""
    code = "import sys, pip; print('%d %d %d' % sys.version_info[:3])"
    try:
        out = subprocess.check_output([python, "-c", code], stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return None
    return tuple(int(part) for part in out.split())


def cheap_version(root):
    """The version in pyvenv.cfg, when its Python is there: what a stamp is compared with, without starting it."""
    if not os.path.exists(python_of(root)):
        return None
    try:
        with open(os.path.join(environment_dir(root), "pyvenv.cfg")) as handle:
            for line in handle:
                key, _, value = line.partition("=")
                if key.strip() in ("version", "version_info"):
                    return tuple(int(part) for part in value.strip().split(".")[:3])
    except (OSError, ValueError):
        pass
    return None


def requirements_of(root, kind):
    return os.path.join(root, "requirements", kind + ".txt")


def stamp_path(root, kind):
    return os.path.join(environment_dir(root), "studyplan-%s.json" % kind)


def stamp_of(root, kind, version):
    with open(requirements_of(root, kind), "rb") as handle:
        digest = hashlib.sha256(handle.read()).hexdigest()
    return {"requirements": digest, "python": list(version)}


def is_current(root, kind):
    """Whether .venv already holds what requirements/KIND.txt locks."""
    version = cheap_version(root)
    if version is None or version[:2] < NEEDED:
        return False
    if os.environ.get("PYTHON") and version[:2] != sys.version_info[:2]:
        return False
    try:
        with open(stamp_path(root, kind)) as handle:
            return json.load(handle) == stamp_of(root, kind, version)
    except (OSError, ValueError):
        return False


def make_environment(root):
    """A .venv that works; one that is there and works is kept."""
    version = version_of(python_of(root))
    wanted = bool(os.environ.get("PYTHON"))
    if version and version[:2] >= NEEDED and not (wanted and version[:2] != sys.version_info[:2]):
        return
    say("Making the virtual environment .venv (Python %d.%d.%d) ..." % tuple(sys.version_info[:3]))
    command = [sys.executable, "-m", "venv", "--clear", environment_dir(root)]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if result.returncode:
        lines = result.stdout.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
        fail("could not make .venv: %s (on Debian: apt-get install python3-venv)" % lines[-1])


def install(root, kind):
    for other in KINDS:
        try:
            os.remove(stamp_path(root, other))
        except OSError:
            pass
    say("Installing requirements/%s.txt (every file checked against its hash) ..." % kind)
    command = [
        python_of(root),
        "-m",
        "pip",
        "install",
        "--require-hashes",
        "--no-input",
        "--disable-pip-version-check",
        "-r",
        requirements_of(root, kind),
    ]
    if subprocess.call(command):
        fail("pip could not install requirements/%s.txt: see above." % kind)
    version = cheap_version(root)
    # dev.txt holds all of run.txt, at the same versions.
    for done in KINDS if kind == "dev" else (kind,):
        with open(stamp_path(root, done), "w") as handle:
            json.dump(stamp_of(root, done, version), handle)


def locked(root):
    """Two set-ups at once would spoil each other's .venv: the second waits."""
    import fcntl

    handle = open(os.path.join(root, ".venv.lock"), "w")
    fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def require_port():
    """A port that is taken is said before the long work, not after it."""
    sys.path.insert(0, ROOT)
    from scripts import common

    try:
        common.check_port(*common.address())
    except common.Problem as problem:
        fail(problem)


def main(arguments, root=ROOT):
    if not arguments or arguments[0] not in KINDS or arguments[1:] not in ([], ["--port"]):
        fail("say `setup.py run`, `setup.py run --port` or `setup.py dev`.")
    kind = arguments[0]
    if is_current(root, kind):
        return
    require_python()
    require_venv()
    if arguments[1:]:
        require_port()
    lock = locked(root)
    try:
        if not is_current(root, kind):
            make_environment(root)
            install(root, kind)
    finally:
        lock.close()


if __name__ == "__main__":
    main(sys.argv[1:])
