"""Runs programs one after the other in this process: what a test hands over on stdin as JSON.

[[name, code of `solution` or "", code], ...] in, [[name, error or ""], ...] out.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import traceback
import types
import warnings


def run(solution: str, code: str) -> str:
    """Return the last line of what went wrong, or nothing."""
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            if solution:
                module = types.ModuleType("solution")
                sys.modules["solution"] = module
                exec(compile(solution, "solution.py", "exec"), module.__dict__)  # noqa: S102 - our own content, in a process of its own
            main = types.ModuleType("__main__")
            sys.modules["__main__"] = main
            exec(compile(code, "program.py", "exec"), main.__dict__)  # noqa: S102 - the same
    except SystemExit as end:
        return "" if not end.code else f"ended with {end.code}"
    except BaseException:  # noqa: BLE001 - whatever it is, it is told
        lines = traceback.format_exc().strip().split("\n")
        place = next((line for line in reversed(lines) if "program.py" in line), "")
        return f"{place.strip()}: {lines[-1]}"
    return ""


if __name__ == "__main__":
    made = [[name, run(solution, code)] for name, solution, code in json.load(sys.stdin)]
    sys.stdout.write(json.dumps(made))
