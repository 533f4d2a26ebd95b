"""Markdown becomes clean HTML, whatever was written."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.library.render import render_curated, render_note
from apps.library.tex import TexError, to_mathml


def squeezed(text: str) -> str:
    return re.sub(r"\s*\n\s*", "", text)


NESTED = "<ul><li>a<ul><li>b<ul><li>c</li></ul></li><li>d</li></ul></li><li>e</li></ul>"


@pytest.mark.parametrize(
    "text",
    [
        "- a\n  - b\n    - c\n  - d\n- e",
        "- a\n   - b\n      - c\n   - d\n- e",
        "- a\n    - b\n        - c\n    - d\n- e",
        "* a\n  * b\n    * c\n  * d\n* e",
        "+ a\n  + b\n    + c\n  + d\n+ e",
        "- a\r\n  - b\r\n    - c\r\n  - d\r\n- e",
    ],
)
def test_lists_nest_by_two_spaces_and_by_more(text: str) -> None:
    assert squeezed(render_curated(text)) == NESTED


CURATED = [
    ("# A\n\n## B", "<h2>A</h2><h3>B</h3>"),
    ("## A\n### B", "<h2>A</h2><h3>B</h3>"),
    ("###### A\n# B", "<h6>A</h6><h2>B</h2>"),
    ("#tag is no heading", "<p>#tag is no heading</p>"),
    ("1. a\n   - b\n2. c", "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>"),
    ("words\n- a\n- b", "<p>words</p><ul><li>a</li><li>b</li></ul>"),
    ("words\n2019. was", "<p>words2019. was</p>"),
    ("- a\n\n  more\n- b", "<ul><li><p>a</p><p>more</p></li><li><p>b</p></li></ul>"),
    (
        "- a\n  ```text\n  x\n    y\n  ```",
        '<ul><li><p>a</p><pre><code class="language-text">xy</code></pre></li></ul>',
    ),
    ("    indented", "<p>indented</p>"),
    ("a  \nb", "<p>a<br>b</p>"),
    ("a\n***\nb", "<p>a</p><hr><p>b</p>"),
    (
        "| a |\n|:-:|\n| `x|y` |",
        '<table><thead><tr><th align="center">a</th></tr></thead><tbody><tr><td align="center"><code>x|y</code></td></tr></tbody></table>',
    ),
    ("*a* __b__ a_b_c", "<p><em>a</em> <strong>b</strong> a_b_c</p>"),
    (r"\*a\* \# \\ \$x\$", r"<p>*a* # \ $x$</p>"),
    ("`<b>` ``a`b``", "<p><code>&lt;b&gt;</code> <code>a`b</code></p>"),
    ("costs $5 and $10", "<p>costs $5 and $10</p>"),
    ("AT&T &copy; <x> 1 < 2", "<p>AT&amp;T © &lt;x&gt; 1 &lt; 2</p>"),
    ("", ""),
    (" \n ", ""),
]


@pytest.mark.parametrize(("text", "expected"), CURATED)
def test_curated_texts(text: str, expected: str) -> None:
    assert squeezed(render_curated(text)) == expected


OUTSIDE = 'rel="noopener noreferrer"'
LINKS = [
    ("[a](https://x.org/b)", f'<p><a href="https://x.org/b" {OUTSIDE}>a</a></p>'),
    ("[a](//x.org)", f'<p><a href="//x.org" {OUTSIDE}>a</a></p>'),
    ("[a](/library/)", '<p><a href="/library/">a</a></p>'),
    ("[a](#b)", '<p><a href="#b">a</a></p>'),
    ("<https://x.org>", f'<p><a href="https://x.org" {OUTSIDE}>https://x.org</a></p>'),
    ('[a](https://x.org "t")', f'<p><a href="https://x.org" {OUTSIDE} title="t">a</a></p>'),
    ("[a](https://x.org/(b))", f'<p><a href="https://x.org/(b)" {OUTSIDE}>a</a></p>'),
    ("[a](javascript:alert(1))", "<p>a</p>"),
    ("[a](  JaVaScRiPt:alert(1))", "<p>a</p>"),
    ("[a](java\tscript:alert(1))", "<p>[a](java  script:alert(1))</p>"),
    ("[a](data:text/html,x)", "<p>a</p>"),
    ("[a](vbscript:x)", "<p>a</p>"),
    ("[a](&#106;avascript:alert(1))", None),
    ("![cat](https://x.org/c.png)", f'<p><a href="https://x.org/c.png" {OUTSIDE}>cat</a></p>'),
    (
        "![](https://x.org/c.png)",
        f'<p><a href="https://x.org/c.png" {OUTSIDE}>https://x.org/c.png</a></p>',
    ),
    ("![cat](javascript:x)", "<p>cat</p>"),
    ("![cat](data:image/png;base64,x)", "<p>cat</p>"),
    (
        "[![a](https://x.org/i)](https://x.org/l)",
        f'<p><a href="https://x.org/l" {OUTSIDE}>a</a></p>',
    ),
    ('[a](https://x.org/`"><b>`)', None),
]


@pytest.mark.parametrize(("text", "expected"), LINKS)
def test_links_and_images(text: str, expected: str | None) -> None:
    made = render_curated(text)
    if expected is not None:
        assert made == expected
    assert "<img" not in made
    assert not re.search(r'href="\s*(javascript|data|vbscript)', made, re.IGNORECASE)


RAW = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<div onclick='x'>\n\n**b**\n\n</div>",
    "<style>*{}</style>",
    "<!-- comment -->",
    "<?php x ?>",
    "<iframe src='https://x.org'></iframe>",
    "<math><mi href='javascript:x'>a</mi></math>",
    r"$\text{<script>alert(1)</script>}$",
    r"$\href{javascript:alert(1)}{x}$",
    r"$\style{color:red}{x}$",
    "`<script>`",
    "```\n<script>\n```",
    '```"onclick="x\ny\n```',
    "a\x02s0\x03b `code`",
    "a\x02klzzwxh:0\x03b",
    "a\x0260\x03script\x0262\x03",
    "[<script>](https://x.org)",
    '[a](https://x.org "<script>")',
    "| <script> |\n|---|\n| <b> |",
]


@pytest.mark.parametrize("render", [render_curated, render_note])
@pytest.mark.parametrize("text", RAW)
def test_no_raw_html_survives(text: str, render: object) -> None:
    made = render(text)  # type: ignore[operator] # one of two functions
    tags = re.findall(r"<(/?[a-zA-Z!?][^>]*)>", made)
    assert not [tag for tag in tags if re.match(r"/?(script|img|div|style|iframe|!|\?|b\b)", tag)]
    assert not [tag for tag in tags if re.search(r"\s(on\w+|style|src|srcset)=", tag)]
    assert "javascript:" not in "".join(tags)


def test_formulas_become_mathml() -> None:
    made = render_curated(r"The sum $\sum_{i=1}^n x_i$ and" "\n\n" r"$$\frac{a}{b}$$")
    assert made.count("<math ") == 2
    assert 'display="inline"' in made
    assert 'display="block"' in made
    assert "<mfrac>" in made
    assert "$" not in made


def test_formulas_keep_their_signs_from_markdown() -> None:
    made = render_curated("$a_1 * b_2 * c_1$ and $x < y$ and | $|z|$ |")
    assert "<em>" not in made
    assert "<mo>&lt;</mo>" in made


def test_formulas_in_tables_keep_their_bars() -> None:
    made = render_note("| a | b |\n|---|---|\n| $|x|$ | 1 |")
    assert made.count("<td") == 2
    assert "<math" in made


@pytest.mark.parametrize(
    "tex",
    [
        *("", "{", "}", r"\foo", "a_", "x^2^3", r"\frac{a}", r"\left( a \right", "50% of", "a & b"),
        *(r"\newcommand{\a}{\b}\a", "{" * 500 + "}" * 500, "x" * 5_000),
    ],
)
def test_broken_tex_is_refused_and_shown_as_its_source(tex: str) -> None:
    with pytest.raises(TexError):
        to_mathml(tex)
    if tex and len(tex) < 100:
        assert "<math" not in render_curated(f"see ${tex}$ there")
        assert "<code>$" in render_curated(f"see ${tex}$ there")


def test_notes_keep_their_line_breaks() -> None:
    made = render_note("one\n**two**\nthree\n\n- a\n  b")
    assert made.count("<br>") == 3
    assert not re.search(r"<br>\s*</", made)


@pytest.mark.parametrize("text", ["שלום\nעולם", "مرحبا", "😀 emoji", "Ünïcödé"])
def test_notes_find_their_own_direction(text: str) -> None:
    made = render_note(text)
    assert made.startswith('<p dir="auto">')
    for line in text.split("\n"):
        assert line in made


def test_notes_escape_what_is_too_long_to_read_as_markdown() -> None:
    made = render_note("<script>*a*\n" * 40_000)
    assert "<script>" not in made
    assert "&lt;script&gt;*a*<br>" in made


SIZE = 100_000
LARGE = {
    "prose": "Some words of a **note** with `code`, $x^2$ and [a link](https://x.org).\n\n- a\n\n",
    "one line": "words and words ",
    "list": "- a\n",
    "brackets": "[",
    "unclosed links": "[a](",
    "stars": "*_",
    "unpaired": "**a ",
    "ticks": "` `` ``` ",
    "dollars": "$a $",
    "backslashes": "\\",
    "quotes": ">",
    "lines": "a\n",
    "headings": "# a\n",
    "underlines": "a\n=\n",
    "angles": "<a ",
    "images": "![",
    "titles": '[a](b "',
    "table": "a|b\n",
}


@pytest.mark.parametrize("name", LARGE)
def test_a_large_note_takes_under_a_second(name: str) -> None:
    text = (LARGE[name] * SIZE)[:SIZE]
    start = time.process_time()
    render_note(text)
    # What nobody writes may take a little longer on a slow machine, but not a minute.
    assert time.process_time() - start < (1 if name in ("prose", "one line") else 3)


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("ab \n-*_`$[]()<>!#|\\{}^&:\"'=+1.\x02\x03~é"), max_size=80))
def test_any_text_gives_clean_html(text: str) -> None:
    for made in (render_curated(text), render_note(text)):
        assert "\x02" not in made
        assert "\x03" not in made
        assert "<img" not in made
        assert "klzzwxh" not in made
