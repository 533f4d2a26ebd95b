"""A content folder as documents. Pure: only reads, and knows nothing of what fits together.

A folder has areas.yaml, topics/AREA/topic_name.md, questions/*.yaml, exercises/*.yaml,
projects/*.yaml, references/*.md, roadmaps/*.yaml; all of them may be missing. Where none is there
it is read as a loose folder: every Markdown file below an area's folder is a topic.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from apps.library.source.marks import CONTROL, Document, Fault, Node, read_yaml

MOST_BYTES = 1_000_000
MOST_FILES = 20_000
MOST_DEPTH = 12
NAME = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
FENCE = re.compile(r"---[ \t]*")
NUMBER = re.compile(r"^[0-9]+[_-]+(?=.)")
NO_SLUG = re.compile(r"[^a-z0-9]+")
# What a text must not hold; YAML says so itself.
FOLDERS = {
    "questions": ("question", ".yaml"),
    "exercises": ("exercise", ".yaml"),
    "projects": ("project", ".yaml"),
    "references": ("reference", ".md"),
    "roadmaps": ("roadmap", ".yaml"),
}
KINDS = ("area", "topic", *(kind for kind, _ in FOLDERS.values()))
LEFT_ALONE = {"demo"}
RULES = {".yaml": "lower_case_words.yaml", ".md": "lower_case_words.md"}


@dataclass(slots=True)
class Source:
    """One file that was read: its YAML and the Markdown after it. `is_whole` is False where it
    could not be read; then nothing is known but its name."""

    document: Document
    slug: str
    area: str = ""
    area_title: str = ""
    body: str = ""
    body_line: int = 1
    is_whole: bool = True

    @property
    def name(self) -> str:
        """The file's name inside the folder."""
        return self.document.file


@dataclass(slots=True)
class Folder:
    """The files of each kind, in the order of their names. `areas` are slugs and titles of the
    folders that stand for areas where no areas.yaml says what they are."""

    sources: dict[str, list[Source]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    faults: list[Fault] = field(default_factory=list)
    areas: dict[str, str] | None = None

    def every(self) -> Iterator[Source]:
        """Every file that was read."""
        for kind in KINDS:
            yield from self.sources[kind]


def digest_of(*parts: str) -> str:
    """Return a digest of the parts."""
    made = hashlib.sha256()
    for part in parts:
        raw = part.encode()
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
            self.folder.sources["area"].append(self.yaml_file(areas))
        else:
            self.folder.areas = {}
        known = [name for name in ("topics", *FOLDERS) if (self.root / name).is_dir()]
        if known:
            self.known_folders()
        else:
            self.loose_folder()
        if not any(self.folder.every()) and not self.folder.faults:
            self.fault(self.root, "no content here")
        return self.folder

    def known_folders(self) -> None:
        for path in self.entries(self.root):
            if path.name == "topics" and path.is_dir():
                for area in self.entries(path):
                    if self.is_named(area, "", "a folder, named after its area"):
                        self.area_folder(area)
            elif path.name in FOLDERS and path.is_dir():
                kind, suffix = FOLDERS[path.name]
                for file in self.entries(path):
                    if self.is_named(file, suffix, RULES[suffix]):
                        self.file(kind, file)
            elif path.name not in {*LEFT_ALONE, "areas.yaml"}:
                self.stray(path)

    def area_folder(self, folder: Path) -> None:
        for path in self.entries(folder):
            if self.is_named(path, ".md", RULES[".md"]):
                self.file("topic", path, folder.name.replace("_", "-"))

    def stray(self, path: Path) -> None:
        """A fault for what looks like content in a place where it is not read."""
        if path.is_dir():
            inside = self.names(path)
            looks = any(child.suffix in (".md", ".yaml", ".yml") for child in inside)
        else:
            looks = path.suffix in (".md", ".yaml", ".yml") and path.stem == path.stem.lower()
        if looks:
            folders = ", ".join(f"{name}/" for name in ("topics", *FOLDERS))
            self.fault(path, f"is not read: content stands in areas.yaml, {folders}")

    def loose_folder(self) -> None:
        for path in self.entries(self.root):
            if path.is_dir() and not path.is_symlink() and self.gives_slug(path):
                self.loose_area(path, slug_of(path), path.name, 1)
            elif path.suffix == ".md" and path.stem == path.stem.lower():
                self.fault(path, "a topic stands in the folder of its area")

    def loose_area(self, folder: Path, area: str, area_name: str, depth: int) -> None:
        if depth > MOST_DEPTH:
            self.fault(folder, f"folders are nested more than {MOST_DEPTH} deep")
            return
        for path in self.entries(folder, readme=True):
            if path.is_dir():
                if not path.is_symlink():
                    self.loose_area(path, area, area_name, depth + 1)
            elif path.name == "README.md" and self.gives_slug(folder):
                self.file("topic", path, area, slug_of(folder), area_name)
            elif (
                path.suffix == ".md"
                and path.name != "README.md"
                and self.is_named(path, ".md", RULES[".md"])
            ):
                self.file("topic", path, area, area_name=area_name)

    def gives_slug(self, folder: Path) -> bool:
        if 0 < len(slug_of(folder)) <= 100:
            return True
        self.fault(folder, "file name against the rule: lower-case letters and digits")
        return False

    def file(
        self, kind: str, path: Path, area: str = "", slug: str = "", area_name: str = ""
    ) -> None:
        made = self.markdown_file(path) if path.suffix == ".md" else self.yaml_file(path)
        made.slug = slug or made.slug
        made.area = area
        if area and self.folder.areas is not None:
            self.folder.areas.setdefault(area, title_of(area_name or area))
        self.folder.sources[kind].append(made)

    def entries(self, folder: Path, *, readme: bool = False) -> Iterator[Path]:
        """Yield what a folder holds, sorted, without hidden files, what leads out of the root and
        (unless asked for) README.md."""
        if not folder.is_dir() or not self.is_inside(folder):
            return
        for path in self.names(folder):
            self.count += 1
            if self.count == MOST_FILES:
                self.fault(folder, f"more than {MOST_FILES} files: the rest is not read")
            if self.count >= MOST_FILES:
                return
            if path.name.startswith(".") or (path.name == "README.md" and not readme):
                continue
            if not path.name.isprintable():
                self.fault(folder, "a file name in here cannot be read: it is not UTF-8")
                continue
            if self.is_inside(path):
                yield path

    def names(self, folder: Path) -> list[Path]:
        try:
            return sorted(folder.iterdir())
        except OSError as error:
            self.fault(folder, f"cannot be read: {error.strerror}")
            return []

    def is_inside(self, path: Path) -> bool:
        try:
            if not path.is_symlink() or path.resolve().is_relative_to(self.inside):
                return True
            self.fault(path, "leads out of the content folder")
        except (OSError, RuntimeError):  # a link to itself
            self.fault(path, "is a link that leads nowhere")
        return False

    def is_named(self, path: Path, suffix: str, rule: str) -> bool:
        name = path.name.removesuffix(suffix) if suffix else path.name.replace("-", "_")
        fits = bool(NAME.fullmatch(name)) and path.name.endswith(suffix) and len(name) <= 100
        if not fits or path.is_dir() == bool(suffix):
            self.fault(path, f"file name against the rule: {rule}")
            return False
        return True

    def yaml_file(self, path: Path) -> Source:
        text = self.text_of(path)
        if text is None:
            return self.unread(path)
        return Source(read_yaml(text, self.name_of(path)), slug_of(path))

    def markdown_file(self, path: Path) -> Source:
        text = self.text_of(path)
        lines = (text or "").split("\n")
        last = next((n for n, line in enumerate(lines[1:], 1) if FENCE.fullmatch(line)), None)
        if text is None:
            return self.unread(path)
        if not FENCE.fullmatch(lines[0]):
            self.fault(path, "front matter is missing: the first line must be ---")
            return self.unread(path)
        if last is None:
            self.fault(path, "the front matter that opens here never closes: --- is missing")
            return self.unread(path)
        for number, line in enumerate(lines[last + 1 :], last + 2):
            if found := CONTROL.search(line):
                sign = f"U+{ord(found.group()):04X}"
                message = f"a character that a text must not hold ({sign})"
                self.fault(path, message, number, found.start() + 1)
                return self.unread(path)
        return Source(
            read_yaml("\n".join(lines[1:last]) + "\n", self.name_of(path), first_line=2),
            slug_of(path),
            body="\n".join(lines[last + 1 :]),
            body_line=last + 2,
        )

    def unread(self, path: Path) -> Source:
        """A file of which only the name is known; what is wrong with it was said."""
        document = Document(self.name_of(path), None, Node(1, 1), [])
        return Source(document, slug_of(path), is_whole=False)

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

    def text_of(self, path: Path) -> str | None:
        raw = self.bytes_of(path)
        if raw is None:
            return None
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raw = error.object  # what follows the byte order mark
            before = raw[: error.start].decode()
            self.fault(path, f"is not UTF-8 (byte 0x{raw[error.start]:02X})", *end_of(before))
            return None
        text = text.replace("\r\n", "\n")
        if "\r" in text:
            message = "a carriage return (U+000D) without a line feed"
            self.fault(path, message, *end_of(text[: text.index("\r")]))
            return None
        return text

    def name_of(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def fault(self, path: Path, message: str, line: int = 1, column: int = 1) -> None:
        self.folder.faults.append(Fault(self.name_of(path), line, column, message))


def end_of(text: str) -> tuple[int, int]:
    """Return line and column of the character that follows a text."""
    return text.count("\n") + 1, len(text) - text.rfind("\n")


def slug_of(path: Path) -> str:
    """Return the slug that follows from a name; of a folder a leading number is dropped."""
    if path.suffix in (".md", ".yaml"):
        return path.stem.replace("_", "-")
    return NO_SLUG.sub("-", NUMBER.sub("", path.name).lower()).strip("-")


def title_of(name: str) -> str:
    """Return a folder's name as a title."""
    return NUMBER.sub("", name).replace("_", " ").replace("-", " ").strip().title()
