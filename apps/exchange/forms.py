"""What a learner sends to import a coverage table: the text, then what its rows mean."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError

from apps.assessments.forms import PercentField
from apps.assessments.models import MOST_TITLE
from apps.checks.topics import TopicNames
from apps.exchange.coverage_import import Kept, Known, lowest
from apps.exchange.coverage_match import Match, TopicName
from apps.exchange.coverage_table import (
    MOST_SIGNS,
    CoverageTable,
    Row,
    Section,
    Warned,
    read_table,
)
from apps.exchange.damaged_text import mend, text_of, without_control
from apps.plans.forms import DATE
from apps.plans.pages import parse_uuid

OWN, OTHER, OUT = "own", "other", "out"
YEARS_BACK = 10
MOST_BYTES = 4 * MOST_SIGNS  # no sign takes more
TOO_LONG = f"That is more than {MOST_SIGNS:,} characters. Import one part after the other."
NO_TEXT = "Paste the table, or choose its file."
NO_ROWS = (
    "No coverage table is in this text. Its columns are divided by bars ( | ), and it has a header "
    "with a row of dashes below it. There are examples under the form."
)
NO_AREA = "In which area are its topics of your own?"
NO_CHOICE = "Choose one of the list."
RETIRED = "That topic is not in the library any more. Choose another."
NO_NAME = "Write which topic it is."
NO_MARK = "No row that is kept is marked, so there is nothing to import."


class TableForm(forms.Form):
    """The text or file of a table, and what is said about it."""

    text = forms.CharField(
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "class": "table-text"}),
    )
    file = forms.FileField(
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".md,.markdown,.txt,text/markdown,text/plain"}),
    )
    title = forms.CharField(
        required=False,
        max_length=MOST_TITLE,
        error_messages={"max_length": f"At most {MOST_TITLE} characters."},
    )
    day = forms.DateField(
        widget=DATE,
        error_messages={
            "required": "On which day was it filled in?",
            "invalid": "That is not a date of the calendar.",
        },
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.initial.setdefault("day", today)
        self.fields["felt"] = PercentField("Felt before, in %")
        self.table = CoverageTable()
        self.mended = 0

    def clean_day(self) -> dt.date:
        day: dt.date = self.cleaned_data["day"]
        if day > self.today:
            raise ValidationError("That day is still to come.")
        if day < self.today - dt.timedelta(days=366 * YEARS_BACK):
            raise ValidationError(f"That is more than {YEARS_BACK} years ago.")
        return day

    def clean_file(self) -> str:
        file: Any = self.cleaned_data["file"]
        if file is None:
            return ""
        if (file.size or 0) > MOST_BYTES:
            raise ValidationError(TOO_LONG)
        try:
            return text_of(file.read())
        except ValueError as why:
            raise ValidationError(str(why)) from None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "text" not in cleaned or "file" not in cleaned:
            return cleaned
        from_file = bool(cleaned["file"])
        text = cleaned["file"] or cleaned["text"]
        # A browser sends two signs for the end of a line, a file may hold one.
        text = cleaned["text"] = text.replace("\r\n", "\n").replace("\r", "\n")
        where = "file" if from_file else "text"
        if not text.strip():
            self.add_error("text", NO_TEXT)
        elif len(text) > MOST_SIGNS:
            self.add_error(where, TOO_LONG)
        else:
            self._read(text, where)
        return cleaned

    def _read(self, text: str, where: str) -> None:
        mended = mend(text)
        self.table, self.mended = read_table(mended.text), mended.lines
        if not self.table.rows:
            self.add_error(where, NO_ROWS)

    @property
    def shown_text(self) -> str:
        """What stands in the field of the text: a file's text too, so that it is not lost."""
        read = getattr(self, "cleaned_data", {}).get("text")
        return str(read or self["text"].value() or "")

    @property
    def warnings(self) -> Sequence[Warned]:
        """What could not be read as it stands."""
        return self.table.warnings

    @property
    def name(self) -> str:
        """What the check will be called: as was typed, else the title of the text."""
        said = without_control(self.cleaned_data["title"]).strip()
        return (said or self.table.title or "Coverage table")[:MOST_TITLE]


class Offer(NamedTuple):
    """A topic that may be chosen: the value it is chosen by, its title, and its area where that is
    not the section's."""

    key: str
    title: str
    area: str


@dataclass
class RowChoice:
    """One row on the page: what it may mean, what was chosen, and what is wrong with that."""

    row: Row
    choice: str
    other: str = ""
    error: str = ""
    same_as: Row | None = None
    exact: Offer | None = None
    near: list[Offer] = field(default_factory=list)


@dataclass
class SectionChoice:
    """One section on the page: its rows, and the area of the topics that are made."""

    number: int
    section: Section
    area: str
    rows: list[RowChoice]
    is_matched: bool
    error: str = ""
    wants_area: bool = False


class Confirmation:
    """What the rows of a table mean, as offered or as the learner sent it."""

    def __init__(
        self,
        table: CoverageTable,
        known: Known,
        names: TopicNames,
        data: Mapping[str, str] | None = None,
    ) -> None:
        self.known, self.names = known, names
        self.data = {} if data is None else data
        self.key = parse_uuid(self.data.get("id", "")) or uuid.uuid4()
        self.error = ""
        self.areas = [(str(area.id), area.title) for area in known.areas]
        self._areas = {str(area.id): area.id for area in known.areas}
        self.kept: list[Kept] = []
        self.sections = [
            self._section(number, *read) for number, read in enumerate(known.read(table))
        ]
        self._check()

    def _section(
        self, number: int, section: Section, area: int | None, matches: list[Match]
    ) -> SectionChoice:
        pairs = zip(section.rows, matches, strict=True)
        rows = [self._row(row, match, area) for row, match in pairs]
        chosen = self.data.get(f"area-{number}", str(area or ""))
        return SectionChoice(number, section, chosen, rows, area is not None)

    def _row(self, row: Row, match: Match, area: int | None) -> RowChoice:
        default = str(match.exact.id) if match.exact else OWN
        choice = self.data.get(f"row-{row.line}", default)
        other = self.data.get(f"other-{row.line}", "").strip()
        exact = self._offer(match.exact, area) if match.exact else None
        near = [self._offer(topic, area) for topic in match.near]
        return RowChoice(row, choice, other, exact=exact, near=near)

    def _offer(self, topic: TopicName, area: int | None) -> Offer:
        where = "" if topic.area == area else self.known.title_of.get(topic.area, "")
        return Offer(str(topic.id), topic.title, where)

    def _check(self) -> None:
        """Find out what each row is, note what is wrong, and which rows are one."""
        first: dict[object, Row] = {}
        for section in self.sections:
            area = self._area(section)
            for row in section.rows:
                kept = self._kept(section, row, area)
                if kept is None:
                    continue
                self.kept.append(kept)
                before = first.setdefault(kept.target, row.row)
                row.same_as = before if before is not row.row else None
        if not any(kept.row.value for kept in self.kept):
            self.error = NO_MARK

    def _area(self, section: SectionChoice) -> int:
        """The chosen area, 0 without one."""
        area = self._areas.get(section.area, 0)
        if section.area and not area:
            section.error = NO_CHOICE
            return 0
        return area

    def _kept(self, section: SectionChoice, row: RowChoice, area: int) -> Kept | None:
        if row.choice == OUT:
            return None
        if row.choice == OWN:
            section.wants_area = True
            if not area:
                section.error = section.error or NO_AREA
                return Kept(row.row, None, -1 - section.number)
            return Kept(row.row, None, area)
        topic = self._topic(row)
        return Kept(row.row, topic.id, topic.area) if topic else None

    def _topic(self, row: RowChoice) -> TopicName | None:
        """The chosen topic; raises LookupError for one the learner does not see."""
        if row.choice == OTHER:
            if not row.other:
                row.error = NO_NAME
                return None
            try:
                return self.known.topics[self.names.find(row.other).id]
            except ValidationError as error:
                row.error = " ".join(error.messages)
                return None
        pk = parse_uuid(row.choice)
        if pk is None:
            row.error = NO_CHOICE
            return None
        if pk not in self.known.topics and pk in self.known.retired:
            row.error = RETIRED
            return None
        return self.known.topics[pk]

    @property
    def is_valid(self) -> bool:
        wrong = any(s.error or any(row.error for row in s.rows) for s in self.sections)
        return not (wrong or self.error)

    @property
    def merged(self) -> int:
        """How many rows are one with another."""
        return len(self.kept) - len(lowest(self.kept))

    @property
    def values(self) -> list[str]:
        """The values of the rows as they would be imported now."""
        return [kept.row.value for kept in lowest(self.kept).values()]

    @property
    def own(self) -> int:
        """How many topics would be made."""
        return sum(kept.topic is None for kept in lowest(self.kept).values())
