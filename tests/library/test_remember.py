"""A formula is read once in a load, and what was remembered does not stay."""

from __future__ import annotations

import pytest

from apps.library.remember import remembered, remembering


def test_it_is_worked_out_once_inside_and_each_time_outside() -> None:
    asked: list[tuple[str, bool]] = []

    @remembered
    def shout(text: str, *, twice: bool = False) -> str:
        asked.append((text, twice))
        if not text:
            raise ValueError("nothing")
        return text.upper() * (1 + twice)

    assert [shout("a"), shout("a")] == ["A", "A"]
    assert len(asked) == 2
    for _ in range(2):
        asked.clear()
        with remembering():
            assert [shout("a"), shout("a", twice=True), shout("a")] == ["A", "AA", "A"]
            for _ in range(2):
                with pytest.raises(ValueError, match="nothing"):
                    shout("")
        assert asked == [("a", False), ("a", True), ("", False), ("", False)]
