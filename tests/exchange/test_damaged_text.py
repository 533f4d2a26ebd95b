"""Texts that were read in a wrong encoding are mended, and right ones stay as they are."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from apps.exchange.damaged_text import CONTROL, ONLY_MATHS, mend, text_of


@pytest.mark.parametrize(
    ("damaged", "right"),
    [
        ("| Priors ‚Üí posteriors | [x] |", "| Priors → posteriors | [x] |"),
        ("| Poisson‚Äôs law ‚Äì rare events |", "| Poisson’s law – rare events |"),
        ("| Poissonâ€™s law |", "| Poisson’s law |"),
        ("| plain | [x] |", "| plain | [x] |"),
        ("| naïve – “quoted” × ≥ Ω |", "| naïve – “quoted” × ≥ Ω |"),
        ("| caf√© |", "| café |"),
        ("| –ê–Ω–∞–ª–∏–∑ |", "| Анализ |"),
    ],
)
def test_damaged_letters_are_mended_line_by_line(damaged: str, right: str) -> None:
    assert mend(f"fine ü\n{damaged}").text == f"fine ü\n{right}"
    assert mend(damaged).lines == (damaged != right)


@pytest.mark.parametrize(
    "line",
    [
        *("| Gaussian integral √π | [x] |", "| Entropy ¬∞ |", "| √∞ ≈ ∆µ |", "| sin√πx |"),
        *("| l’école |", "| Paris–Évry |", "| voici\xa0:\xa0écrire |", "| «ému |"),
        *("| a À€ b |", "| a Ã€â‚¬ b |", "| Poissonâ€™s À€ |"),  # mended, they would hold a NUL
    ],
)
def test_a_line_that_is_right_or_cannot_be_mended_stays(line: str) -> None:
    assert mend(line) == (line, 0)
    assert mend(f"| Poisson‚Äôs |\n{line}\n| caf√©").text.split("\n")[1] == line


def test_what_the_whole_text_tells_of_a_line() -> None:
    text = "√ó ‚úÖ\nR¬≤ at 90¬∞, ma√±ana\n√π"
    assert mend(text) == ("× ✅\nR² at 90°, mañana\n√π", 2)
    assert mend(text.split("\n")[1]).lines == 0


# What is in learners' files: letters of Europe, signs, arrows, formulas, pictures.
SIGNS = st.one_of(
    st.characters(min_codepoint=0x20, max_codepoint=0x7E),
    st.characters(min_codepoint=0xC0, max_codepoint=0x17F),
    st.characters(min_codepoint=0x391, max_codepoint=0x3C9),
    st.characters(min_codepoint=0x2010, max_codepoint=0x22FF),
    st.characters(min_codepoint=0x1F300, max_codepoint=0x1F6FF),
)


@given(st.text(SIGNS))
def test_what_was_read_as_the_macs_encoding_is_mended(line: str) -> None:
    damaged = line.encode().decode("mac_roman")
    assume(line.isascii() or not ONLY_MATHS.fullmatch(damaged))
    assert mend(f"‚úÖ\n{damaged}").text == f"✅\n{line}"


@given(st.text() | st.text("√πé‚ÄôÃ€âŽÀ¬\xa0\n"))
def test_mending_never_fails_and_keeps_the_lines(text: str) -> None:
    mended = mend(text).text
    assert mended.count("\n") == text.count("\n")
    assert set(CONTROL.findall(mended)) <= set(CONTROL.findall(text))


def test_bytes_of_a_file() -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert text_of("| naïve |".encode(encoding)) == "| naïve |"
    with pytest.raises(ValueError, match="not written in UTF-8"):
        text_of("| naïve |".encode("latin-1"))
    for data in (b"\x89PNG\x00\xff", b"a\x00b"):
        with pytest.raises(ValueError, match="no text file"):
            text_of(data)
