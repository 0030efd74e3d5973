"""What a record adds to the counting, and the names under which its exceptions are found."""

import json
from dataclasses import replace
from typing import Any

import pytest

from functions.archive.sequences import Mark, found_by, marks, ranges
from functions.capture.capture import UNPARSED, Delivery, Flag, Interpretation, Kind
from functions.capture.tokens import Names
from tests.functions.builders import INDEX_KEY, make_callback_delivery, make_delivery, make_item
from tests.make import make_event

BORING = Interpretation(kind=Kind.MESSAGE)


def numbered(number: int, **changed: Any) -> Delivery:
    capture = json.dumps(make_event(sequence=str(number), sequencetype="Integer")).encode()
    return make_delivery(capture, **changed)


def marked(delivery: Delivery) -> tuple[Mark, ...]:
    return marks(delivery, delivery.items[0], Names(INDEX_KEY))


def found(delivery: Delivery, meaning: Interpretation = BORING, flags: Flag = Flag.NONE) -> list[bytes]:
    return list(found_by(delivery, meaning, flags, Names(INDEX_KEY)))


def test_a_numbered_capture_counts_in_its_own_stream_and_among_the_days_of_its_door() -> None:
    number, alive = marked(numbered(7))

    assert (alive.stream.kind, number.stream.kind) == ("days", "integer")
    assert {alive.stream.endpoint, number.stream.endpoint} == {"gateway/gateway-one"}
    assert (number.range.first, number.range.last) == (7, 7)
    assert number.stream.token == INDEX_KEY.token(
        "sequence", "gateway/gateway-one\0//gateway-one.example/wechat\0integer"
    )


def test_of_captures_that_came_together_the_first_says_that_the_way_is_alive() -> None:
    delivery = numbered(7)
    second = replace(delivery, items=(make_item(), delivery.items[0]))

    assert [one.stream.kind for one in marks(second, second.items[1], Names(INDEX_KEY))] == ["integer"]


@pytest.mark.parametrize("door", ["office", "report"])
def test_what_the_archive_itself_has_done_is_not_expected(door: str) -> None:
    assert marked(numbered(7, door=door)) == ()


def test_a_callback_has_no_number_whatever_it_says() -> None:
    body = json.dumps(make_event(sequence="7", sequencetype="Integer")).encode()

    (alive,) = marked(make_callback_delivery(body))

    assert alive.stream.kind == "days"


def test_the_numbers_of_a_segment_become_as_few_ranges_as_they_make() -> None:
    held = [marked(numbered(number)) for number in (4, 1, 2, 2, 9)]

    folded = ranges(held)

    assert [(one.range.first, one.range.last) for one in folded if one.stream.kind == "integer"] == [
        (1, 2),
        (4, 4),
        (9, 9),
    ]
    assert len([one for one in folded if one.stream.kind == "days"]) == 1


def test_every_exception_has_a_name_and_what_is_none_has_none() -> None:
    shown = ("unknown_type", "unparsed", "conflict", "late", "unauthenticated", "media_missing", "sealed", "unclean")
    every = Flag.NONE
    for flag in Flag:
        every |= flag

    assert found(make_delivery(), UNPARSED, every) == [INDEX_KEY.token("flag", name) for name in shown]
    assert found(make_delivery()) == []


def test_a_gap_before_what_was_pulled_is_found_on_its_day() -> None:
    told = {"gap": {"requested_seq": "1", "last_success": "2026-11-16T00:00:00.000Z"}}

    assert found(make_delivery(door="pull", evidence=told)) == [INDEX_KEY.token("flag", "pull_gap")]
    assert found(make_delivery(evidence=told)) == [], "no gateway says so of itself"


def test_reports_and_announcements_are_found_by_what_they_are() -> None:
    report = Interpretation(kind=Kind.REPORT, about="completeness")
    announced = Interpretation(kind=Kind.CALLBACK, event="msgaudit_notify")

    assert found(make_delivery(), report) == [INDEX_KEY.token("report", "completeness")]
    assert found(make_delivery(), announced) == [INDEX_KEY.token("event", "msgaudit_notify")]
