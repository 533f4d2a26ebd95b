"""Any plan at all: read without loss, written back as it was, changed where it shall be."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.exchange.markdown_plan import read_plan
from apps.exchange.plan_splice import NewTask, Place, Wanted, splice
from tests.exchange.markdown_plans import Made, plans, read, wanted

ANY_TEXT = st.text(max_size=200) | st.text(
    alphabet="-*+ []xX\t\n\r#`~>1.)|<!&%:(\u200f\ufeff\x00\x0c aé", max_size=120
)
TITLES = st.text(max_size=40) | st.sampled_from(
    (
        *("**bold**", "`code`", "[a](https://b.c)", "Read (30 min)", "Run - 45 min", "done ✅"),
        *("<!-- no", "<b>x</b>", "a * b * c", "_x_", "# no", "[ ] x", "&amp;", "x\\", "1. x", "~~"),
    )
)


@given(ANY_TEXT)
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_and_written_back(text: str) -> None:
    plan = read_plan(text)
    assert splice(text, wanted(plan)) == text
    placed = sorted(index for week in plan.weeks for day in week.days for index in day.boxes)
    assert placed == list(range(len(plan.boxes)))
    for box in plan.boxes:
        assert 0 < len(box.title) <= 200
        ticked = splice(text, [Wanted(box.line, box.mark, not box.done)])
        assert [each.done for each in read_plan(ticked).boxes] == [
            each.done != (each.line == box.line) for each in plan.boxes
        ]


@given(plans())
@settings(max_examples=200, deadline=None)
def test_no_box_is_lost_and_none_is_made_up(made: Made) -> None:
    plan = read_plan(made.text)
    assert read(made.text) == made.boxes
    assert splice(made.text, wanted(plan)) == made.text
    assert [box.line for box in plan.boxes] == sorted({box.line for box in plan.boxes})
    for index, box in enumerate(plan.boxes):
        assert box.parent is None or box.parent < index


@given(plans(), st.data())
@settings(max_examples=200, deadline=None)
def test_a_tick_changes_one_sign(made: Made, data: st.DataObject) -> None:
    plan = read_plan(made.text)
    if not plan.boxes:
        return
    box = data.draw(st.sampled_from(plan.boxes))
    ticked = splice(made.text, [Wanted(box.line, box.mark, not box.done)])
    changed = [
        n for n, pair in enumerate(zip(made.text, ticked, strict=True)) if pair[0] != pair[1]
    ]
    assert len(changed) == 1
    after = read_plan(ticked)
    assert after.boxes == tuple(
        replace(each, done=now.done, mark=now.mark, day=now.day)
        for each, now in zip(plan.boxes, after.boxes, strict=True)
    )
    assert [each.done != now.done for each, now in zip(plan.boxes, after.boxes, strict=True)] == [
        each is box for each in plan.boxes
    ]
    twice = after.boxes[plan.boxes.index(box)]
    back = splice(ticked, [Wanted(twice.line, twice.mark, box.done)])
    assert back.replace("[X]", "[x]") == made.text.replace("[X]", "[x]")


@given(plans(), st.data())
@settings(max_examples=200, deadline=None)
def test_boxes_that_go_elsewhere_are_all_kept(made: Made, data: st.DataObject) -> None:
    plan = read_plan(made.text)
    lines = [box.line for box in plan.boxes]
    unders = [day.line for week in plan.weeks for day in week.days]
    unders += [week.line for week in plan.weeks]
    if not lines:
        return
    places = st.builds(Place, after=st.sampled_from(lines))
    places |= st.builds(Place, under=st.sampled_from(unders), first=st.booleans())
    places |= st.builds(
        Place,
        heading=st.sampled_from(["Day 8: More", "Week 9: Later"]),
        under=st.sampled_from([week.line for week in plan.weeks]) | st.none(),
    )
    some = data.draw(
        st.lists(st.sampled_from(plan.boxes), unique_by=lambda box: box.line, max_size=6)
    )
    changes = [
        Wanted(
            box.line,
            box.mark,
            data.draw(st.booleans()),
            deleted=data.draw(st.integers(0, 4)) == 0,
            place=data.draw(st.none() | places),
        )
        for box in some
    ]
    new = [
        NewTask(f"new {n}", place, detail=data.draw(st.sampled_from(["", "a\n\nb", "```", "<!--"])))
        for n, place in enumerate(data.draw(st.lists(places, max_size=3)))
    ]
    text = splice(made.text, changes, new)
    by_line = {change.line: change for change in changes}
    expected = [f"new {n}" for n in range(len(new))]
    done = 0
    for box in plan.boxes:
        change = by_line.get(box.line)
        if change is None or not change.deleted:
            expected.append(box.title)
            done += change.done if change else box.done
    after = read_plan(text)
    assert sorted(box.title for box in after.boxes) == sorted(expected), text
    assert after.done == done


@given(plans(), TITLES, st.integers(1, 6000) | st.none(), st.data())
@settings(max_examples=200, deadline=None)
def test_a_new_title_is_read_again(
    made: Made, title: str, minutes: int | None, data: st.DataObject
) -> None:
    plan = read_plan(made.text)
    title = " ".join("".join(sign if sign.isprintable() else " " for sign in title).split())
    if not plan.boxes or not title:
        return
    number = data.draw(st.integers(0, len(plan.boxes) - 1))
    box = plan.boxes[number]
    text = splice(made.text, [Wanted(box.line, box.mark, box.done, title, minutes)])
    after = read_plan(text)
    assert len(after.boxes) == len(plan.boxes)
    assert after.boxes[number].title == title
    assert minutes is None or after.boxes[number].minutes == minutes
    added = splice(made.text, [], [NewTask(title, Place(after=box.line), minutes=minutes)])
    assert (title, minutes) in [
        (each.title, each.minutes if minutes else None) for each in read_plan(added).boxes
    ]


@given(plans(), st.text(alphabet="ab \n-[]x`~<!>#\t1.", max_size=60), st.data())
@settings(max_examples=200, deadline=None)
def test_new_notes_make_no_box_and_lose_none(made: Made, detail: str, data: st.DataObject) -> None:
    plan = read_plan(made.text)
    if not plan.boxes:
        return
    box = data.draw(st.sampled_from(plan.boxes))
    text = splice(made.text, [Wanted(box.line, box.mark, box.done, detail=detail)])
    assert read(text) == read(made.text), text
