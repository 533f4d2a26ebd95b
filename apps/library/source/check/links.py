"""Links inside a folder: relative paths of files, as an editor or a forge follows them."""

from __future__ import annotations

import posixpath
from urllib.parse import unquote

from apps.library.render import render_page
from apps.library.render_parts import HEADING_ID
from apps.library.source.check.common import Draft, Entry
from apps.library.source.files import Source
from apps.library.source.items import Target


class DeadLink(Exception):
    """A link that leads to no item; the message says why."""


class Links:
    """What the relative addresses of a folder lead to."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.headings: dict[str, set[str]] = {}
        self.files: dict[str, Entry] = {}
        self.lists: dict[str, str] = {}
        # Of these nobody knows what is in them; that was said.
        self.unread = {
            source.name
            for kind in ("area", "question")
            for source in draft.folder.sources[kind]
            if not isinstance(source.document.data, list)
        }
        for kind, entries in draft.entries.items():
            for entry in entries:
                if not entry.where:
                    self.files.setdefault(entry.source.name, entry)
                elif kind in ("area", "question") and isinstance(entry.raw, dict):
                    self.lists[entry.source.name] = kind

    def target(self, source: Source, address: str) -> Target | None:
        """Return what an address in that file leads to; None where its file could not be read.
        Raises DeadLink."""
        path, _, anchor = address.partition("#")
        name = source.name
        if path:
            folder = posixpath.dirname(source.name)
            name = posixpath.normpath(posixpath.join(folder, unquote(path.partition("?")[0])))
        if name == ".." or name.startswith("../"):
            raise DeadLink(f"dead link: `{address}` leads out of the content folder")
        entry = self.files.get(name) or self.files.get(f"{name}/README.md")
        if entry is not None:
            return entry.kind, entry.slug, self._anchor(entry, address, anchor)
        if name in self.unread:
            return None
        kind = self.lists.get(name)
        if kind is None:
            raise DeadLink(f"dead link: `{address}` is no item of this folder")
        if anchor not in self.draft.slugs[kind]:
            raise DeadLink(f"dead link: {name} has no {kind} `{anchor}`: `{address}`")
        return kind, anchor, ""

    def _anchor(self, entry: Entry, address: str, anchor: str) -> str:
        """The id of a heading; only references have such."""
        if not anchor:
            return ""
        if entry.kind != "reference":
            if address.startswith("#"):
                raise DeadLink(f"dead link: only references have headings to go to: `{address}`")
            return ""
        if entry.source.name not in self.headings:
            contents = render_page(entry.source.body).contents
            self.headings[entry.source.name] = {heading["id"] for heading in contents}
        made = f"{HEADING_ID}{anchor}"
        if made not in self.headings[entry.source.name]:
            raise DeadLink(f"dead link: {entry.source.name} has no heading `#{anchor}`")
        return made
