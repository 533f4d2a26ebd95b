"""Coverage tables: both shapes, what is broken in them, any text at all."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from apps.exchange.coverage_cells import cells_of, is_ticked, plain_title, status_of
from apps.exchange.coverage_table import MOST_LINES, MOST_ROWS, CoverageTable, read_table
from apps.mastery.readiness import Marks
from apps.mastery.rounding import half_up

HEADER = "| Topic | Know | Unsure | Dunno |\n|---|:-:|:-:|---|\n"
PLACE = {"know": 0, "unsure": 1, "dunno": 2}


def rows(text: str) -> list[tuple[str, str]]:
    return [(row.title, row.value) for row in read_table(text).rows]


def told(text: str) -> list[str]:
    return [str(each) for each in read_table(text).warnings]


def table(*counts: tuple[str, int]) -> str:
    """Return a table with so many rows of each value."""
    values = [value for value, count in counts for _ in range(count)]
    lines = []
    for number, value in enumerate(values):
        cells = ["", "", ""]
        if value:
            cells[PLACE[value]] = "[x]"
        lines.append(f"| Topic {number} | {' | '.join(cells)} |")
    return HEADER + "\n".join(lines)


def marks(found: CoverageTable) -> Marks:
    counts = [found.count(value) for value in PLACE]
    return Marks.of(*counts, total=len(found.rows))


def test_three_columns() -> None:
    text = (
        f"{HEADER}| Bootstrap | [x] | | |\n| ANOVA | | [X] | |\n| VIF | | | x |\n| PCA | [ ] | | |"
    )
    assert rows(text) == [
        *(("Bootstrap", "know"), ("ANOVA", "unsure"), ("VIF", "dunno"), ("PCA", ""))
    ]
    assert told(text) == []


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("[know]", "know"),
        ("know", "know"),
        ("[UNSURE]", "unsure"),
        ("**Unsure**", "unsure"),
        ("\\[dunno\\]", "dunno"),
        ("`[dunno]`", "dunno"),
        ("Don’t know", "dunno"),
        ("don't know", "dunno"),
        ("[unknown]", "dunno"),
        ("[ ]", ""),
        ("-", ""),
        ("", ""),
        ("perhaps", None),
        ("know unsure", None),
    ],
)
def test_a_status(said: str, value: str | None) -> None:
    assert status_of(said) == value
    text = f"Topic | Status\n--|--\nA | [know]\nKV cache | {said}\n"
    assert rows(text)[1] == ("KV cache", value or "")
    assert told(text) == (
        []
        if value is not None
        else [
            f"line 4: in “KV cache” “{said}” is not know, unsure or dunno, so the row stays unmarked"
        ]
    )


@pytest.mark.parametrize(
    "said",
    [
        *("x", "X", "[x]", "[X]", "\\[x\\]", "`x`", "**[x]**", "✓", "✅", "✔️", "☑️", "Yes", "TRUE"),
        *("- [x]", "* [X]", ":white_check_mark:", '<input type="checkbox" checked>'),
    ],
)
def test_a_mark(said: str) -> None:
    assert is_ticked(said)
    assert rows(f"{HEADER}| PCA | | {said} | |\n") == [("PCA", "unsure")]


@pytest.mark.parametrize(
    "said", ["- [ ]", "[]", "No", "false", "⬜", ".", '<input type="checkbox">']
)
def test_a_box_that_is_not_ticked(said: str) -> None:
    assert is_ticked(said) is False
    text = f"{HEADER}| PCA | {said} | [x] | {said} |\n"
    assert (rows(text), told(text)) == ([("PCA", "unsure")], [])


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (
            "| Topic | Status |\n|--|--|\n| PCA | ✅ |\n| ICA | ❓ |\n",
            "the column “Status” says “✅” and the like, so this table is left out; write know, unsure "
            "or dunno there",
        ),
        ("| Topic | Know |\n|--|--|\n| PCA | [x] |\n", "only one of the columns"),
        ("| Topic | Status |\n|--|--|\n| PCA | |\n", "no columns Know, Unsure and Dunno"),
    ],
)
def test_a_table_that_cannot_be_read_says_why(table: str, said: str) -> None:
    assert rows(table) == []
    (words,) = told(table)
    assert said in words


def test_control_signs_are_not_kept() -> None:
    (row,) = read_table(f"{HEADER}| P\x00C\x85A\x1b | [x] | | |").rows
    assert (row.title, row.value) == ("P C A", "know")
    assert row.said == "| P C A  | [x] | | |"


def test_a_line_of_tags_in_a_table_is_no_broken_row() -> None:
    text = f"{HEADER}| PCA | [x] | | |\n</details>\n"
    assert (rows(text), told(text)) == ([("PCA", "know")], [])


def test_a_column_of_a_status_need_not_be_named_so() -> None:
    text = (
        "| # | Subject matter | How it stands |\n|-|-|-|\n| 1 | PCA | [know] |\n| 2 | t-SNE | |\n"
    )
    assert rows(text) == [("PCA", "know"), ("t-SNE", "")]


@pytest.mark.parametrize(
    "header",
    [
        "| Topic | ✅ Know | 🤔 Unsure | ❌ Don't know |",
        "| **Topic** | KNOW | *unsure* | Unknown |",
        "Topic | Know | Unsure | Dunno",
    ],
)
def test_names_of_columns(header: str) -> None:
    assert rows(f"{header}\n|---|---|---|---|\n| VIF | | | [x] |") == [("VIF", "dunno")]


@pytest.mark.parametrize(
    ("header", "cells", "title"),
    [
        ("| # | Topic |", "| 1 | VIF |", "VIF"),
        ("| Nr | Name |", "| 12. | VIF |", "VIF"),
        ("| | Name |", "| | VIF |", "VIF"),
        ("| Area | Topic |", "| Statistics | VIF |", "VIF"),
        ("| Name | Note |", "| VIF | look again |", "VIF"),
        ("| Hours | Subtopics |", "| 2 | VIF |", "VIF"),
    ],
)
def test_the_title_is_the_first_column_of_text(header: str, cells: str, title: str) -> None:
    text = f"{header} Know | Unsure | Dunno |\n|-|-|-|-|-|\n{cells} | | [x] |\n"
    assert rows(text) == [(title, "dunno")]


@pytest.mark.parametrize(
    ("cell", "title"),
    [
        ("**Bayes** theorem", "Bayes theorem"),
        ("[Bootstrap](https://x.example/a)", "Bootstrap"),
        ("![icon](i.png) Bootstrap", "icon Bootstrap"),
        ("`k_means` and A* search", "k_means and A* search"),
        ("P(A\\|B)", "P(A|B)"),
        ("R&amp;D<br>notes", "R&D notes"),
        ("~~old~~ new", "old new"),
        ("2*3*4 and a_b_c", "2*3*4 and a_b_c"),
        ("C\\# and \\*args", "C# and *args"),
        ("a\x07b", "a b"),
        ("\\&deg and \\*a\\* and \\[b\\](c)", "&deg and *a* and [b](c)"),
        ("x < y and y > z", "x < y and y > z"),
    ],
)
def test_markup_in_titles(cell: str, title: str) -> None:
    assert plain_title(cells_of(f"| {cell} |")[0]) == title


def test_headings_are_sections_and_text_around_is_passed_over() -> None:
    text = f"""---
Front: matter
---
# Statistics gaps

Some words | with a bar.

## Regression ##

{HEADER}| VIF | [x] | | |

Words in between.

{HEADER}| Leverage | | [x] | |

C#
--

- a list
{HEADER}| LINQ | | | [x] |

#### Empty

| Week | Focus |
|--|--|
| 1 | Tests |
"""
    found = read_table(text)
    assert found.title == "Statistics gaps"
    assert [(each.title, each.above, len(each.rows)) for each in found.sections] == [
        ("Regression", ("Statistics gaps",), 2),
        ("C#", ("Statistics gaps",), 1),
    ]
    (told_,) = found.warnings
    assert "no columns Know, Unsure and Dunno" in told_.words
    assert text.split("\n")[told_.line - 1] == "| Week | Focus |"


def test_lines_are_those_of_the_text_whatever_ends_them() -> None:
    text = f"# A\n\n{HEADER}| PCA | [x] | | |\n\n| ICA | | | [x] |\n"
    for end in ("\n", "\r\n", "\r"):
        found = read_table("\ufeff" + text.replace("\n", end))
        assert [row.line for row in found.rows] == [5, 7]
        assert [row.said for row in found.rows] == ["| PCA | [x] | | |", "| ICA | | | [x] |"]


@pytest.mark.parametrize(
    ("broken", "said", "kept"),
    [
        ("| PCA | [x] | [x] | |", "two columns are marked", [("PCA", "")]),
        ("| PCA | [x] |", "in “PCA” are 2 cells, the header has 4", [("PCA", "know")]),
        ("| PCA |", "in “PCA” is 1 cell, the header has 4", [("PCA", "")]),
        ("| P(A|B) | [x] | | |", "in “P(A” are 5 cells", [("P(A", "")]),
        ("| PCA | maybe | | |", "“maybe” is not counted; only [x] marks", [("PCA", "")]),
        ("| | [x] | | |", "no title", []),
        ("| ** | [x] | | |", "", [("**", "know")]),
        ("words without a bar", "has no columns", []),
        ("| Total | 8 | 25 | 8 |", "adds up others", []),
        (f"| {'long ' * 60}| [x] | | |", "longer than 200 characters", None),
    ],
)
def test_a_broken_row_is_told_and_the_rest_is_kept(
    broken: str, said: str, kept: list[tuple[str, str]] | None
) -> None:
    text = f"{HEADER}| Before | [x] | | |\n{broken}\n| After | | | [x] |\n"
    found = rows(text)
    assert (found[0], found[-1]) == (("Before", "know"), ("After", "dunno"))
    if kept is None:
        assert len(found[1][0]) <= 200
    else:
        assert found[1:-1] == kept
    assert [each for each in told(text) if said and said in each] == told(text)
    assert all(each.startswith("line 4: ") for each in told(text))


def test_cells_that_are_empty_beyond_the_header_are_no_fault() -> None:
    assert told(f"{HEADER}| PCA | [x] | | | | |\n") == []


def test_rows_twice_are_told() -> None:
    text = f"{HEADER}| PCA | [x] | | |\n| pca  | | [x] | |\n\n# Else\n{HEADER}| PCA | | | [x] |"
    assert len(rows(text)) == 3
    assert told(text) == ["line 4: “pca” stands on line 3 too"]


def test_a_missing_line_of_dashes_and_rows_without_a_header() -> None:
    head = "| Topic | Know | Unsure | Dunno |"
    assert rows(f"{head}\n| PCA | [x] | | |") == [("PCA", "know")]
    assert told(f"{head}\n| PCA | [x] | | |") == [
        "line 1: the line of dashes below the header is missing"
    ]
    for loose in ("| PCA | [x] | | |\n| ICA | | | [x] |", "| PCA | [know] |\n| ICA | [dunno] |"):
        assert rows(loose) == []
        assert "no header that names their columns" in told(loose)[0]


def test_a_table_right_below_another() -> None:
    text = f"| Week | Focus |\n|--|--|\n| 1 | Tests |\n\n{HEADER}| PCA | [x] | | |\n\n"
    text += "| Topic | Status |\n|--|--|\n| ICA | [dunno] |\n"
    assert rows(text) == [("PCA", "know"), ("ICA", "dunno")]


def test_blocks_of_code() -> None:
    inside = f"# no heading\n{HEADER}| PCA | [x] | | |"
    assert rows(f"```python\n{inside}\n```\n") == []
    assert rows(f"~~~~\n{inside}\n~~~\n~~~~\n{HEADER}| ICA | [x] | | |") == [("ICA", "know")]
    assert rows(f"```markdown\n{inside}\n```") == [("PCA", "know")]
    assert told("```\nwords") == ["line 1: a block of code begins here and does not end"]


def test_the_figures_of_a_learners_own_tables() -> None:
    found = marks(read_table(table(("know", 8), ("unsure", 25), ("dunno", 8), ("", 2))))
    assert found == Marks(8, 25, 8, 43)
    assert half_up(found.high_of_all or 0, 1) == half_up(Fraction("18.6"), 1)
    assert half_up(found.high_of_marked or 0, 1) == half_up(Fraction("19.5"), 1)
    found = marks(read_table(table(("unsure", 14), ("dunno", 62))))
    assert found == Marks(0, 14, 62, 76)
    assert found.high_of_all == 0


def test_no_more_rows_than_can_be_confirmed() -> None:
    found = read_table(table(("know", MOST_ROWS + 5)))
    assert len(found.rows) == MOST_ROWS
    assert "only the first 2,000 rows" in str(found.warnings[0])
    found = read_table("\n" * MOST_LINES + table(("know", 1)))
    assert found.rows == []
    assert "only the first 20,000 lines" in str(found.warnings[0])


WORDS = st.text("abcdefghäßλ中 -'&()/", min_size=1, max_size=20).filter(str.strip)
VALUES = st.sampled_from(["", "know", "unsure", "dunno"])
ROWS = st.lists(st.tuples(WORDS, VALUES), min_size=1, max_size=12)


def escaped(title: str) -> str:
    return title.replace("&", "\\&")


@given(ROWS, st.booleans(), st.booleans())
def test_a_table_that_is_written_reads_the_same(
    said: list[tuple[str, str]], by_status: bool, bars: bool
) -> None:
    edge = "|" if bars else ""
    if by_status:
        lines = [f"{edge} Topic | Status {edge}", f"{edge} --- | --- {edge}"]
        lines += [f"{edge} {escaped(t)} | {f'[{v}]' if v else '[ ]'} {edge}" for t, v in said]
        if not any(value for _, value in said):
            return  # a column without a single status is not known for one
    else:
        lines = [*HEADER.strip().split("\n")]
        for title, value in said:
            cells = [f"[{'x' if value == each else ' '}]" for each in PLACE]
            lines.append(f"{edge} {escaped(title)} | {' | '.join(cells)} {edge}")
    found = rows("\n".join(lines))
    assert found == [(" ".join(title.split()), value) for title, value in said]


PIECES = st.sampled_from(
    [
        *(
            "|",
            "\\|",
            "[x]",
            "[know]",
            "-",
            "---",
            "|--|--|",
            "\n",
            "\n\n",
            "#",
            "# ",
            "```",
            "~~~",
        ),
        *("Know", "Dunno", "Status", "Topic", " ", "\r", "[", "](", "*", "_", "<", "&#0;", "\x00"),
        *(HEADER, "| Topic | Status |\n|--|--|\n", "\u2028", "=", "\ufeff", "x"),
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=60).map("".join)))
@example("|\n|")
@example("\n-\n")
@settings(max_examples=300)
def test_any_text_is_read(text: str) -> None:
    found = read_table(text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for row in found.rows:
        assert row.title == row.title.strip() != ""
        assert row.value in ("", "know", "unsure", "dunno")
        assert 1 <= row.line <= len(lines)
    assert [each.line for each in found.warnings] == sorted(each.line for each in found.warnings)
    assert all(section.rows for section in found.sections)
