"""Renews requirements/run.txt and dev.txt from the .in files: lock.py [--upgrade | --upgrade-package NAME ...]

The files name versions and hashes, and nothing of the machine they were made on.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPTIONS = [
    "--quiet",
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-header",
]


def main(arguments: list[str]) -> int:
    # run.txt first: dev.in holds itself to it.
    for kind in ("run", "dev"):
        command = [sys.executable, "-m", "uv", "pip", "compile", *OPTIONS, *arguments]
        command += [f"{kind}.in", f"--output-file={kind}.txt"]
        code = subprocess.call(command, cwd=ROOT / "requirements")
        if code:
            return code
        print(f"requirements/{kind}.txt is up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
