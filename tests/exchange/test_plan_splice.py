"""Writing into a plan's text: ticks, words, places, new tasks, and what must not be lost."""

from __future__ import annotations

import pytest

from apps.exchange.markdown_plan import read_plan
from apps.exchange.plan_splice import NewTask, Place, StaleText, Wanted, splice
from tests.exchange.markdown_plans import wanted

TEXT = """# Plan

## Week 1: Trees

### Day 1

- [x] **Read** it (30 min)
  - a note
- [ ] Write it
  - [X] with a test
    more of it

Words of the day.

### Day 2

Nothing yet.

## Week 2: Nets

### Day 3
* [ ] Last
"""
READ, WRITE, TEST, LAST = 6, 8, 9, 21


def change(line: int, mark: str = " ", *, done: bool = False, **more: object) -> Wanted:
    return Wanted(line, mark, done, **more)  # type: ignore[arg-type] # what a test gives is right


def lines(text: str) -> list[str]:
    return text.splitlines()


def test_nothing_wanted_changes_nothing() -> None:
    assert splice(TEXT, []) == TEXT
    assert splice(TEXT, wanted(read_plan(TEXT))) == TEXT


def test_ticks_keep_the_files_own_mark() -> None:
    assert splice(TEXT, [change(WRITE, done=True)]) == TEXT.replace("[ ] Write", "[x] Write")
    assert splice(TEXT, [change(TEST, "X", done=True)]) == TEXT
    assert splice(TEXT, [change(TEST, "X")]) == TEXT.replace("[X]", "[ ]")


def test_a_title_keeps_the_markup_around_it() -> None:
    text = splice(TEXT, [change(WRITE, title="Write *all*")])
    assert lines(text)[WRITE] == r"- [ ] Write \*all\*"
    text = splice(TEXT, [change(READ, "x", done=True, title="Read all")])
    assert lines(text)[READ] == "- [x] Read all (30 min)"


def test_minutes_take_the_place_of_those_that_stand_there() -> None:
    text = splice(TEXT, [change(READ, "x", done=True, minutes=45), change(WRITE, minutes=20)])
    assert lines(text)[READ] == "- [x] **Read** it (45 min)"
    assert lines(text)[WRITE] == "- [ ] Write it (20 min)"


def test_notes_are_written_below_and_nested_boxes_stay() -> None:
    text = splice(TEXT, [change(WRITE, detail="new\n\n- [ ] no box")])
    assert lines(text)[WRITE : WRITE + 6] == [
        *("- [ ] Write it", "  new", "", r"  - \[ ] no box", "  - [X] with a test"),
        "    more of it",
    ]
    assert "a note" not in splice(TEXT, [change(READ, "x", done=True, detail="")])


def test_a_deleted_box_goes_and_its_nested_ones_move_up() -> None:
    text = splice(TEXT, [change(WRITE, deleted=True)])
    assert lines(text)[WRITE : WRITE + 2] == ["- [X] with a test", "  more of it"]
    assert len(read_plan(text).boxes) == 3


def test_a_moved_box_takes_its_nested_lines_along() -> None:
    text = splice(TEXT, [change(WRITE, place=Place(after=LAST))])
    assert lines(text)[-4:] == [
        *("* [ ] Last", "- [ ] Write it", "  - [X] with a test", "    more of it")
    ]
    assert "Write it" not in text[: text.index("## Week 2")]


def test_a_box_goes_into_another_and_out_of_it() -> None:
    text = splice(TEXT, [change(LAST, place=Place(after=TEST))])
    assert lines(text)[TEST : TEST + 3] == ["  - [X] with a test", "    more of it", "  * [ ] Last"]
    text = splice(TEXT, [change(TEST, "X", done=True, place=Place(after=READ))])
    assert lines(text)[READ : READ + 5] == [
        *("- [x] **Read** it (30 min)", "  - a note", "- [X] with a test", "  more of it"),
        "- [ ] Write it",
    ]


def test_the_ends_of_a_day() -> None:
    text = splice(TEXT, [change(READ, "x", done=True, place=Place(under=4))])
    assert lines(text)[6:11] == [
        *("- [ ] Write it", "  - [X] with a test", "    more of it"),
        *("- [x] **Read** it (30 min)", "  - a note"),
    ]
    text = splice(TEXT, [change(LAST, place=Place(under=4, first=True))])
    assert lines(text)[6] == "* [ ] Last"


def test_a_day_without_boxes_gets_its_first() -> None:
    text = splice(TEXT, [], [NewTask("New", Place(under=14)), NewTask("More", Place(under=14))])
    assert lines(text)[14:20] == [*("### Day 2", "", "- [ ] New", "- [ ] More", "", "Nothing yet.")]


def test_new_tasks_look_like_their_neighbours() -> None:
    task = NewTask("New", Place(after=LAST), done=True, minutes=30, detail="a\nb")
    assert lines(splice(TEXT, [], [task]))[-4:] == [
        *("* [ ] Last", "* [x] New (30 min)", "  a", "  b")
    ]
    nested = splice(TEXT.replace("\n", "\r\n"), [], [NewTask("New", Place(after=TEST))])
    assert "    more of it\r\n  - [ ] New\r\n\r\nWords" in nested
    numbered = splice("1. [ ] a\n2. [ ] b", [], [NewTask("c", Place(after=1))])
    assert numbered == "1. [ ] a\n2. [ ] b\n3. [ ] c"


def test_several_at_one_place_keep_their_order() -> None:
    text = splice(
        TEXT,
        [change(READ, "x", done=True, place=Place(after=LAST))],
        [NewTask("one", Place(after=LAST)), NewTask("two", Place(after=LAST))],
    )
    assert [box.title for box in read_plan(text).boxes][2:] == ["Last", "Read it", "one", "two"]


def test_a_new_day_of_a_week() -> None:
    place = Place(under=2, heading="Day 9: More")
    text = splice(TEXT, [], [NewTask("one", place), NewTask("two", place)])
    assert lines(text)[16:23] == [
        *("Nothing yet.", "", "### Day 9: More", "", "- [ ] one", "- [ ] two", "")
    ]
    week = read_plan(text).weeks[0]
    assert [day.title for day in week.days] == ["Day 1", "Day 2", "Day 9: More"]
    assert len(week.days[2].boxes) == 2


@pytest.mark.parametrize("heading", ["Day 9: More", "Catching up"])
def test_a_new_day_among_bold_ones(heading: str) -> None:
    text = "## Week 1\n\n**Day 1**\n- [ ] a\n\nNotes.\n\n---\n\n## Week 2\n\n- [ ] b\n"
    added = splice(text, [], [NewTask("new", Place(under=0, heading=heading))])
    week = read_plan(added).weeks[0]
    assert [(day.title, len(day.boxes)) for day in week.days] == [("Day 1", 1), (heading, 1)]


def test_a_new_week_at_the_end() -> None:
    place = Place(heading="Week 3: Later", day="Day 1: New")
    text = splice(TEXT, [change(LAST, place=place)], [NewTask("one", place)])
    week = read_plan(text).weeks[-1]
    assert (week.label, week.title, [day.title for day in week.days]) == (
        *("Week 3", "Later"),
        ["Day 1: New"],
    )
    assert [box.title for box in read_plan(text).boxes][-2:] == ["Last", "one"]


def test_two_that_wait_for_each_other_are_both_kept() -> None:
    text = splice(
        TEXT,
        [
            change(READ, "x", done=True, place=Place(after=WRITE)),
            change(WRITE, place=Place(after=READ)),
        ],
    )
    assert sorted(box.title for box in read_plan(text).boxes) == sorted(
        box.title for box in read_plan(TEXT).boxes
    )
    assert splice(TEXT, [change(WRITE, place=Place(after=TEST))]) == TEXT


@pytest.mark.parametrize(
    ("changes", "tasks"),
    [
        ([change(0)], []),
        ([change(999)], []),
        ([change(READ, " ")], []),
        ([change(WRITE), change(WRITE)], []),
        ([change(WRITE, place=Place(after=0))], []),
        ([change(WRITE, place=Place(under=1))], []),
        ([change(WRITE, place=Place(under=1, heading="Day 9"))], []),
        ([], [NewTask("new", Place())]),
    ],
)
def test_what_does_not_fit_the_text_is_refused(changes: list[Wanted], tasks: list[NewTask]) -> None:
    with pytest.raises(StaleText, match=r"^(Line \d+ of the file|A task) .*\.$"):
        splice(TEXT, changes, tasks)


def test_a_place_behind_what_never_closes_is_outside_of_it() -> None:
    text = "# Week 1\n- [ ] a\n\n```\n- [ ] no"
    for place in (Place(under=0, heading="Day 2"), Place(heading="Week 2")):
        titles = [box.title for box in read_plan(splice(text, [], [NewTask("b", place)])).boxes]
        assert titles == ["a", "b"]
