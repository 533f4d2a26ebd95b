"""The bytes of a Markdown file as text, mended where they were damaged. Pure."""

from __future__ import annotations

import re

from apps.exchange.damaged_text import NO_TEXT, mend

MOST_BYTES = 2_000_000
CODE_PAGES = {
    "cp1252": "Windows (Western Europe)",
    "mac_roman": "Mac Roman",
    "cp1251": "Windows (Cyrillic)",
    "cp1250": "Windows (Central Europe)",
    "cp1253": "Windows (Greek)",
    "cp1255": "Windows (Hebrew)",
    "cp1256": "Windows (Arabic)",
}
LATIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿŒœŠšŽžĀ-ſ]")
ODD = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")


class UnreadableFile(ValueError):
    """A file that cannot be read, in one sentence for the learner."""


def decode_plan(data: bytes) -> tuple[str, str]:
    """Return the text of a file and, in words, what was mended in it; empty where nothing was.
    Line ends stay. Raises UnreadableFile for what is too large or no text."""
    if len(data) > MOST_BYTES:
        size = len(data) / 1_000_000
        raise UnreadableFile(
            f"This file has {size:.1f} MB, and a plan can have at most {MOST_BYTES / 1e6:.0f} MB. "
            "Divide it, or leave out what is no plan."
        )
    text, said = _decoded(data)
    if "\x00" in text or len(ODD.findall(text[:20_000])) > len(text[:20_000]) // 50:
        raise UnreadableFile(NO_TEXT)
    mended, more = mend_pasted(text)
    return mended, " ".join(filter(None, (*said, more)))


def mend_pasted(text: str) -> tuple[str, str]:
    """Return a text with its damaged lines put right, and in words how many those were."""
    alone = "\n" not in text  # old line ends: the lines are told apart all the same
    found = mend(text.replace("\r", "\n") if alone else text)
    mended = found.text.replace("\n", "\r") if alone else found.text
    if not found.lines:
        return mended, ""
    lines = "1 line was" if found.lines == 1 else f"{found.lines} lines were"
    return mended, f"{lines} read in a wrong encoding before and put right."


def _decoded(data: bytes) -> tuple[str, list[str]]:
    """The text, and what was done to read it."""
    if data[:3] == b"\xef\xbb\xbf" or data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        marked = data[:3] == b"\xef\xbb\xbf"
        wide = None if marked else _without_mark(data)
        if wide is not None:
            return wide, ["The file was written in UTF-16 and is kept in UTF-8."]
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return _code_page(data)
        return text, ["A byte order mark at its start was left out."] if marked else []
    try:
        text = data.decode("utf-16")
    except UnicodeDecodeError:
        raise UnreadableFile(NO_TEXT) from None
    return text, ["The file was written in UTF-16 and is kept in UTF-8."]


def _without_mark(data: bytes) -> str | None:
    """The text of a file in UTF-16 that has no mark: every second byte of it is mostly zero."""
    head = data[:4_000]
    if len(head) < 4 or len(data) % 2 or b"\x00" not in head:
        return None
    for encoding, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if zeros.count(0) > len(zeros) * 0.6:
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                return None
    return None


def _code_page(data: bytes) -> tuple[str, list[str]]:
    """The text of a file in one of the older encodings, by which makes the likeliest words."""
    if b"\x00" in data:
        raise UnreadableFile(NO_TEXT)
    best: tuple[float, str, str] | None = None
    for encoding in CODE_PAGES:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        score = _strangeness(text)
        if best is None or score < best[0]:
            best = (score, encoding, text)
    if best is None:
        text = data.decode("cp1252", errors="replace")
        if text.count("\ufffd") > len(text) // 100:
            raise UnreadableFile(NO_TEXT)
        return text, ["The file was written in an older encoding; some signs could not be read."]
    return best[2], [f"The file was written in {CODE_PAGES[best[1]]} and is kept in UTF-8."]


WORD = re.compile(r"\w+")
LIKELY = set("’‘“”–—…•·×÷±²³µ°§©®™€£¡¿«»½¼¾≥≤≈→√∑∂∞π")


def _strangeness(text: str) -> float:
    """How unlikely a text's signs beyond ASCII are where they stand: capitals inside words, two
    scripts in one word, signs that nobody writes."""
    wrong = 0.0
    for line in text.splitlines()[:5_000]:
        if line.isascii():
            continue
        for word in WORD.findall(line):
            if word.isascii():
                continue
            foreign = [sign for sign in word if not sign.isascii()]
            latin = sum(1 for sign in word if LATIN.match(sign))
            wrong += 3 if 0 < latin < len(word) else 0
            wrong += 0.05 * len(foreign) if latin < len(word) else 0
            wrong += 2 if latin == len(word) and len(foreign) > max(2, len(word) // 2) else 0
            inside = word[1:]
            if not word.isupper() and any(sign.isupper() and not sign.isascii() for sign in inside):
                wrong += 2
        for sign in line:
            if not sign.isascii() and not sign.isalpha():
                wrong += 0 if sign in LIKELY else 1
                wrong += 1 if sign in "\x81\x8d\x8f\x90\x9d\xad" else 0
    return wrong
