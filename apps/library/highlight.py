"""Code as HTML with a class for what each piece is. Pure.

Few classes, so that pages stay small: what is a plain name, a sign or a space has none.
"""

from __future__ import annotations

import builtins
import functools
import html
import keyword
import re
from collections.abc import Iterator

from pygments.lexer import Lexer, inherit
from pygments.lexers import get_lexer_by_name
from pygments.lexers.python import PythonLexer
from pygments.regexopt import regex_opt
from pygments.token import (
    Comment,
    Generic,
    Keyword,
    Name,
    Number,
    Operator,
    String,
    Whitespace,
    _TokenType,
)

MOST_CHARACTERS = 6_000  # of one block; a longer one is shown plain
LONG_GAP = re.compile(r"\s{300}")  # the lexer of Python reads on to its end from each place in it
CLASSES: dict[_TokenType, str] = {
    Keyword: "hl-k",
    Keyword.Constant: "hl-kc",
    Operator.Word: "hl-k",
    Name.Builtin: "hl-nb",
    Name.Exception: "hl-nb",
    Name.Function: "hl-nf",
    Name.Class: "hl-nf",
    Name.Decorator: "hl-nd",
    Name.Tag: "hl-k",
    Name.Attribute: "hl-nd",
    Name.Variable: "hl-nb",
    String: "hl-s",
    String.Interpol: "hl-si",
    String.Escape: "hl-si",
    Number: "hl-m",
    Comment: "hl-c",
    Generic.Prompt: "hl-c",
    Generic.Output: "hl-go",
    Generic.Deleted: "hl-gd",
    Generic.Inserted: "hl-gi",
    Generic.Heading: "hl-k",
    Generic.Subheading: "hl-c",
}
NAMES = frozenset(CLASSES.values())
# Lexers that stay within a second on 6,000 hostile characters; others take minutes.
LANGUAGES = {
    "bash": "bash",
    "console": "bash",
    "css": "css",
    "diff": "diff",
    "docker": "docker",
    "dockerfile": "docker",
    "go": "go",
    "javascript": "javascript",
    "js": "javascript",
    "json": "json",
    "py": "python",
    "pycon": "pycon",
    "python": "python",
    "python3": "python",
    "r": "r",
    "rust": "rust",
    "sh": "bash",
    "shell": "bash",
    "sql": "sql",
    "toml": "toml",
    "yaml": "yaml",
    "yml": "yaml",
}


WORDS = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "self", "cls"}
MARKED = regex_opt([word for word in WORDS if not word.startswith("__")])
PLAIN_NAME = rf"(?!(?:{MARKED}|__\w+__)\b)[A-Za-z_]\w*(?![\w\"'])"
SIGNS = r"[()\[\]{},:;=+*/%<>&|^~-]+|\.(?!\d)"


class FastPythonLexer(PythonLexer):  # type: ignore[misc] # it has no types
    """The same classes in a quarter of the time: what has none - names, signs, the spaces after
    them - is taken in one piece, and it, numbers and simple strings are taken before all the
    rules for what they might be are tried."""

    tokens = {
        "root": [
            (rf"(?:{PLAIN_NAME}|{SIGNS})(?:[ \t]+|{PLAIN_NAME}|{SIGNS})*", Name),
            (r"(?<=\S)[ \t]+", Whitespace),
            # But not to what has rules of its own at the beginning of a line.
            (r"\n[ \t]*(?!(?:match|case)\b)(?=[A-Za-z_]\w*[^\w\"'])", Whitespace),
            (r"\d+(?:\.\d+)?(?![\w.])", Number),
            (r'"[^"\\%{}\n]*"(?!")', String),
            inherit,
        ]
    }


def highlight(code: str, language: str) -> str:
    """Return the code escaped, with `<span class="hl-...">` around what has a class."""
    name = LANGUAGES.get(language)
    if name is None or len(code) > MOST_CHARACTERS or LONG_GAP.search(code):
        return html.escape(code)
    # Some lexers need the end of the last line, or take long to miss it.
    tokens = [pair for pair in _lexer(name).get_tokens(f"{code}\n") if pair[1]]
    if "".join(text for _, text in tokens) != f"{code}\n":
        return html.escape(code)
    return "".join(_spans(tokens))


@functools.cache
def _lexer(name: str) -> Lexer:
    if name == "python":
        return FastPythonLexer(stripnl=False, ensurenl=False)
    return get_lexer_by_name(name, stripnl=False, ensurenl=False)


@functools.cache
def _class_of(token: _TokenType) -> str:
    while token not in CLASSES and token.parent is not None:
        token = token.parent
    return CLASSES.get(token, "")


def _spans(tokens: list[tuple[_TokenType, str]]) -> Iterator[str]:
    now, held = "", ""
    for token, text in tokens:
        name = _class_of(token)
        # A space between two pieces of one kind belongs to them.
        if name == now or (text.isspace() and "\n" not in text):
            held += text
            continue
        yield _wrapped(held, now)
        now, held = name, text
    yield _wrapped(held.removesuffix("\n"), now)


def _wrapped(text: str, name: str) -> str:
    escaped = html.escape(text)
    return f'<span class="{name}">{escaped}</span>' if name and text else escaped
