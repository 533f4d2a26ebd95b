"""A content folder as documents: areas.yaml, topics/AREA/topic_name.md, roadmaps/*.yaml. Pure.

Only reads. Other folders (questions, exercises, references, demo) are left alone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from apps.library.source.marks import Document, Fault, read_yaml
from apps.library.source.version import code_version

MOST_BYTES = 1_000_000
MOST_FILES = 20_000
NAME = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
FENCE = re.compile(r"---[ \t]*")


@dataclass(slots=True)
class Source:
    """One file that was read: its YAML, the Markdown after it, and a digest of the whole."""

    document: Document
    slug: str
    digest: str
    area: str = ""
    body: str = ""
    body_line: int = 1


@dataclass(slots=True)
class Folder:
    areas: Source | None = None
    topics: list[Source] = field(default_factory=list)
    roadmaps: list[Source] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def sources(self) -> Iterator[Source]:
        """Every file that was read."""
        if self.areas:
            yield self.areas
        yield from self.topics
        yield from self.roadmaps


def digest_of(*parts: str | bytes) -> str:
    """Return a digest of the parts and of the code that reads and renders them."""
    made = hashlib.sha256(code_version().encode())
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        made.update(len(raw).to_bytes(8, "big"))
        made.update(raw)
    return made.hexdigest()


def read_folder(root: Path) -> Folder:
    """Return what is in the folder, with the faults of single files (unreadable, misnamed, YAML).

    Raises NotADirectoryError where `root` is no folder.
    """
    if not root.is_dir():
        raise NotADirectoryError(root)
    return _Reading(root).read()


class _Reading:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.inside = root.resolve()
        self.folder = Folder()
        self.count = 0

    def read(self) -> Folder:
        areas = self.root / "areas.yaml"
        if areas.exists() or areas.is_symlink():
            self.folder.areas = self.yaml_file(areas)
        else:
            self.fault(areas, "is not there: a content folder starts with its areas")
        for path in self.entries(self.root / "topics"):
            if self.is_named(path, "", "a folder, named after its area") and path.is_dir():
                self.area_folder(path)
        for path in self.entries(self.root / "roadmaps"):
            if self.is_named(path, ".yaml", "lower_case_words.yaml"):
                source = self.yaml_file(path)
                if source:
                    self.folder.roadmaps.append(source)
        return self.folder

    def area_folder(self, folder: Path) -> None:
        for path in self.entries(folder):
            if self.is_named(path, ".md", "lower_case_words.md"):
                source = self.markdown_file(path)
                if source:
                    self.folder.topics.append(source)

    def entries(self, folder: Path) -> Iterator[Path]:
        """Yield what a folder holds, sorted, without hidden files and what leads out of the root."""
        if not folder.is_dir() or not self.is_inside(folder):
            return
        for path in sorted(folder.iterdir()):
            self.count += 1
            if self.count == MOST_FILES:
                self.fault(folder, f"more than {MOST_FILES} files: the rest is not read")
            if self.count >= MOST_FILES:
                return
            if not path.name.startswith(".") and self.is_inside(path):
                yield path

    def is_inside(self, path: Path) -> bool:
        if not path.is_symlink() or path.resolve().is_relative_to(self.inside):
            return True
        self.fault(path, "leads out of the content folder")
        return False

    def is_named(self, path: Path, suffix: str, rule: str) -> bool:
        name = path.name.removesuffix(suffix) if suffix else path.name.replace("-", "_")
        fits = bool(NAME.fullmatch(name)) and path.name.endswith(suffix) and len(name) <= 100
        if not fits or path.is_dir() == bool(suffix):
            self.fault(path, f"file name against the rule: {rule}")
            return False
        return True

    def yaml_file(self, path: Path) -> Source | None:
        raw = self.bytes_of(path)
        text = None if raw is None else self.text_of(path, raw)
        if raw is None or text is None:
            return None
        name = self.name_of(path)
        return Source(read_yaml(text, name), _slug(path), digest_of(name, raw))

    def markdown_file(self, path: Path) -> Source | None:
        raw = self.bytes_of(path)
        text = None if raw is None else self.text_of(path, raw)
        if raw is None or text is None:
            return None
        lines = text.split("\n")
        if not FENCE.fullmatch(lines[0]):
            self.fault(path, "front matter is missing: the first line must be ---")
            return None
        last = next((n for n, line in enumerate(lines[1:], 1) if FENCE.fullmatch(line)), None)
        if last is None:
            self.fault(path, "the front matter that opens here never closes: --- is missing")
            return None
        name = self.name_of(path)
        return Source(
            read_yaml("\n".join(lines[1:last]) + "\n", name, first_line=2),
            _slug(path),
            digest_of(name, raw),
            area=path.parent.name,
            body="\n".join(lines[last + 1 :]),
            body_line=last + 2,
        )

    def bytes_of(self, path: Path) -> bytes | None:
        try:
            if not path.is_file():
                self.fault(path, "is no file")
            elif path.stat().st_size > MOST_BYTES:
                self.fault(path, f"is larger than {MOST_BYTES:,} bytes")
            elif self.is_inside(path):
                return path.read_bytes()
        except OSError as error:
            self.fault(path, f"cannot be read: {error.strerror}")
        return None

    def text_of(self, path: Path, raw: bytes) -> str | None:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = raw[: error.start]
            line = before.count(b"\n") + 1
            column = len(before) - before.rfind(b"\n")
            self.fault(path, f"is not UTF-8 (byte 0x{raw[error.start]:02X})", line, column)
            return None
        return text.replace("\r\n", "\n")

    def name_of(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def fault(self, path: Path, message: str, line: int = 1, column: int = 1) -> None:
        self.folder.faults.append(Fault(self.name_of(path), line, column, message))


def _slug(path: Path) -> str:
    return path.stem.replace("_", "-")
