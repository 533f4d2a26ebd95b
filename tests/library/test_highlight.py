"""Code has classes, few of them, and their colours can be read."""

from __future__ import annotations

import html
import math
import re
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pygments.lexers.python import PythonLexer

from apps.library import highlight as highlight_module
from apps.library.highlight import LANGUAGES, MOST_CHARACTERS, NAMES, highlight
from apps.library.render import render_code, render_curated, render_note, render_page
from apps.library.search_text import plain_text
from apps.library.source.version import MODULES
from tests.test_imports import imported

CSS = Path(__file__).parents[2] / "static/css"
TAG = re.compile(r"</?span[^>]*>")


def test_code_is_highlighted_in_curated_texts_and_notes() -> None:
    text = "```python\ndef f(x):\n    return x + 1  # one\n```"
    for made in (render_curated(text), render_note(text)):
        assert '<span class="hl-k">def </span><span class="hl-nf">f</span>(x):' in made
        assert '<span class="hl-c"># one</span>' in made
        assert '<pre><code class="language-python">' in made
    assert render_code("x = None\n\n") == (
        '<pre><code class="language-python">x = <span class="hl-kc">None</span>\n</code></pre>'
    )


@pytest.mark.parametrize(
    ("language", "code", "expected"),
    [
        ("sql", "SELECT 1", '<span class="hl-k">SELECT </span><span class="hl-m">1</span>'),
        ("bash", "# a\nls", '<span class="hl-c"># a\n</span>ls'),
        ("diff", "+a\n-b", '<span class="hl-gi">+a</span>\n<span class="hl-gd">-b</span>'),
        ("text", "def f():", "def f():"),
        ("nonsense", "<b>", "&lt;b&gt;"),
        ("", "a & b", "a &amp; b"),
    ],
)
def test_languages(language: str, code: str, expected: str) -> None:
    assert highlight(code, language) == expected


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@settings(max_examples=30, deadline=None)
@given(code=st.text(st.sampled_from("ab \n\t\"'#`${}()[]<>&;:=+-*/\\0.1é@~|"), max_size=60))
def test_nothing_is_lost(language: str, code: str) -> None:
    made = highlight(code, language)
    assert html.unescape(TAG.sub("", made)) == code
    assert set(re.findall(r'class="([^"]*)"', made)) <= NAMES


PIECES = (
    *(
        "x",
        "self",
        "def ",
        "class A",
        "f(",
        ")",
        ":",
        "\n",
        "\n    ",
        " ",
        "= ",
        "1",
        "2.5",
        ".5",
        "0x1F",
    ),
    *('"a"', "r'b'", "f'{x!r:>3}'", '"""d"""', "# c", "@dec", "None", "match x", "case 1", "print"),
    *(
        "__init__",
        "->",
        "lambda ",
        "import a.b as c",
        "from . import d",
        "-",
        ".",
        "[",
        "]",
        "not in ",
    ),
    *("1_000", "1e5", "x2", "async ", "\\\n", "if", "type T", "é", "...", "b''", "@ y", "!="),
)


@settings(max_examples=300, deadline=None)
@example(code='def f(x):\n    """d"""\n    match x:\n        case 1:\n            return r"a"')
@example(code='a.print = x.if_ + 1.5 * self.n["b"]\n    u"c" + ""\n\t"%d {}" % 2.real')
@given(code=st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_the_fast_lexer_shows_what_the_slow_one_does(code: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        fast = highlight(code, "python")
        slow = PythonLexer(stripnl=False, ensurenl=False)
        patch.setattr(highlight_module, "_lexer", lambda _name: slow)
        assert fast == highlight(code, "python")


HOSTILE = (
    '"""' + "\\" * 5,
    '"',
    "'",
    "f'{",
    "/*",
    "<!--",
    "${",
    "`",
    "(",
    "\\",
    "{{",
    "'''a",
    "$(",
)


@pytest.mark.parametrize("language", sorted(set(LANGUAGES.values())))
def test_hostile_code_is_answered(language: str) -> None:
    start = time.process_time()
    for sign in HOSTILE:
        render_note(f"```{language}\n{(sign * 8_000)[:8_000]}\n```")
    assert time.process_time() - start < 4


def test_only_our_classes_survive() -> None:
    made = render_curated('```html\n<span class="evil">x</span>\n```')
    assert set(re.findall(r'<span class="([^"]*)"', made)) <= NAMES
    assert "evil" in html.unescape(TAG.sub("", made))


def test_headings_have_ids_that_are_their_own() -> None:
    page = render_page("# A `b`\n\n## $x_1$ & ü\n\n## !\n\n## !\n\n##### deep\n")
    assert page.contents == [
        {"id": "h-a-b", "title": "A b", "level": 2},
        {"id": "h-x-1-ü", "title": "x_1 & ü", "level": 3},
        {"id": "h-part", "title": "!", "level": 3},
        {"id": "h-part-2", "title": "!", "level": 3},
    ]
    assert page.html.count(" id=") == 4
    assert " id=" not in render_curated("## A")


def test_relative_links_are_resolved() -> None:
    known = {"../a.md": "/library/a/", "../b.md#x": "/library/b/#h-x"}
    text = "[a](../a.md) [b](../b.md#x) [gone](c.md) [web](https://x.org) [own](/today/)"
    made = render_curated(text, known.get)
    assert made == (
        '<p><a href="/library/a/">a</a> <a href="/library/b/#h-x">b</a> gone '
        '<a href="https://x.org" rel="noopener noreferrer">web</a> <a href="/today/">own</a></p>'
    )


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("ab 1.-+'\"()/,:;?=%é’–\xa0\u2028<&*"), max_size=30))
def test_plain_lines_are_what_markdown_makes_of_them(text: str) -> None:
    slow = render_page(text).html
    assert render_curated(text) == slow


def rules() -> list[tuple[str, str, str]]:
    """(selector, light colour, dark colour) of each rule of code.css."""
    text = (CSS / "components/code.css").read_text(encoding="utf-8")
    return re.findall(
        r"([^{}\n]+) \{ color: light-dark\((oklch\([^)]*\)), (oklch\([^)]*\))\)", text
    )


def luminance(colour: str) -> float:
    """The relative luminance of `oklch(L% C H)`, cut to what a screen can show."""
    light, chroma, hue = (float(part.strip("%")) for part in colour[6:-1].split())
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    light /= 100
    lms = [
        (light + 0.3963377774 * a + 0.2158037573 * b) ** 3,
        (light - 0.1055613458 * a - 0.0638541728 * b) ** 3,
        (light - 0.0894841775 * a - 1.2914855480 * b) ** 3,
    ]
    red = 4.0767416621 * lms[0] - 3.3077115913 * lms[1] + 0.2309699292 * lms[2]
    green = -1.2684380046 * lms[0] + 2.6097574011 * lms[1] - 0.3413193965 * lms[2]
    blue = -0.0041960863 * lms[0] - 0.7034186147 * lms[1] + 1.7076147010 * lms[2]
    return sum(
        weight * min(max(part, 0.0), 1.0)
        for weight, part in zip((0.2126, 0.7152, 0.0722), (red, green, blue), strict=True)
    )


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_every_class_has_a_colour_that_can_be_read() -> None:
    tokens = (CSS / "tokens.css").read_text(encoding="utf-8")
    paper = re.search(r"--sunken: light-dark\((oklch\([^)]*\)), (oklch\([^)]*\))\)", tokens)
    assert paper
    coloured: set[str] = set()
    for selectors, light, dark in rules():
        coloured |= {name.strip().removeprefix(".") for name in selectors.split(",")}
        assert contrast(light, paper[1]) >= 4.5, selectors
        assert contrast(dark, paper[2]) >= 4.5, selectors
    assert coloured == NAMES


FORMULAS = [
    (r"$d = \frac{a+b}{n}$", "d = (a+b)/n"),
    (r"$x_i^2$ and $x_{ij}$", "x_i^2 and x_ij"),
    (r"$\hat{\rho} \approx 0.6$", "ρ̂ ≈ 0.6"),
    (r"$\sqrt{n}$, $X^{n+1}$", "√n, X^(n+1)"),
    (r"$1 < 2$ & `a<b`", "1 < 2 & a<b"),
    (r"$\text{a  b}$", "a b"),
]


@pytest.mark.parametrize(("text", "expected"), FORMULAS)
def test_formulas_can_be_searched_as_one_would_type_them(text: str, expected: str) -> None:
    assert plain_text(render_curated(text)) == expected


def test_what_reads_and_renders_is_part_of_the_digests() -> None:
    """Else a change of that code would leave old pages in the database."""
    app = Path(highlight_module.__file__).parent
    covered = {path for name in MODULES for path in app.glob(name)}
    assert app / "source/check/topics.py" in covered
    for path in covered:
        for name in imported(path):
            if name.startswith("apps.library."):
                module = app / (name.removeprefix("apps.library.").replace(".", "/") + ".py")
                assert module in covered or not module.exists(), f"{path.name} uses {name}"


HOSTILE = (
    "a",
    "a ",
    "a\n",
    "\n",
    "\r",
    "`",
    "&",
    "@",
    "%",
    "<!--",
    "{",
    "(",
    "[",
    "'",
    '"',
    "0.",
    "$(",
)
HOSTILE = (*HOSTILE, "a.", "*a ", "!a ", "- ", ": |\n", "/*", "\\\n", "RUN \\\n", "@@ ", "r#", "--")


@pytest.mark.parametrize("language", sorted(set(LANGUAGES)))
def test_no_text_takes_long(language: str) -> None:
    for unit in HOSTILE:
        code = (unit * MOST_CHARACTERS)[:MOST_CHARACTERS]
        begin = time.process_time()
        highlight(code, language)
        assert time.process_time() - begin < 2, unit


@pytest.mark.parametrize("unit", ["\n ", "\n\x0c", "\x0c\n", "\n\u3000"])
def test_a_long_gap_is_not_read_again_from_each_of_its_places(unit: str) -> None:
    code = f"x{unit * 2_900}x"
    begin = time.process_time()
    assert highlight(code, "python") == code
    assert time.process_time() - begin < 0.5


def test_a_text_full_of_code_is_coloured_at_its_beginning() -> None:
    block = "```python\ndef f(): return 1\n" + "x = 1\n" * 900 + "```\n"
    made = render_note(block * 20)
    assert made.count("<pre>") == 20
    assert 0 < made.count('class="hl-k"') < 20 * 2
