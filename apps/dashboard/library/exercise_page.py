"""What the page of an exercise says beside its code."""

from __future__ import annotations

import re

PACKAGES = {
    "numpy": "NumPy",
    "pandas": "pandas",
    "scipy": "SciPy",
    "sklearn": "scikit-learn",
    "torch": "PyTorch",
}
IMPORT = re.compile(r"^\s*(?:import|from)\s+(\w+)", re.MULTILINE)


def needs(*programs: str) -> str:
    """Return what must be installed to run these programs: "Needs Python and NumPy."."""
    imported = {name for program in programs for name in IMPORT.findall(program)}
    names = ["Python", *(words for name, words in PACKAGES.items() if name in imported)]
    *first, last = names
    return f"Needs {', '.join(first)} and {last}." if first else f"Needs {last} alone."
