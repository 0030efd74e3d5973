"""Numbers of senders: read exactly, merged in any order, and every hole between them found."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from functions.capture.sequence import LARGEST, Gap, Number, Range, gaps, merge, numbers, settle

START = datetime(2026, 11, 22, tzinfo=UTC)
CHAT = "com.tencent.wecom.chatarchive"


def at(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


def make_range(first: int, last: int | None = None, *, sent: int = 0, received: int = 0, jumped: int = 0) -> Range:
    return Range(
        first=first,
        last=first if last is None else last,
        sent_from=at(sent),
        sent_until=at(sent),
        received_from=at(received),
        received_until=at(received),
        jumped=jumped,
    )


spans = st.builds(
    lambda first, more, sent: make_range(first, first + more, sent=sent, received=sent),
    st.integers(1, 60),
    st.integers(0, 6),
    st.integers(0, 9),
)


def members(ranges: list[Range]) -> set[int]:
    return {number for one in ranges for number in range(one.first, one.last + 1)}


@settings(max_examples=60)
@given(data=st.data(), ranges=st.lists(spans, min_size=1, max_size=12))
def test_any_order_and_any_multiplicity_of_ranges_merge_to_the_same(data: st.DataObject, ranges: list[Range]) -> None:
    again = data.draw(st.lists(st.sampled_from(ranges), max_size=8))
    shuffled = data.draw(st.permutations(ranges + again))
    half = data.draw(st.integers(0, len(shuffled)))

    merged = merge(ranges)

    assert merge(shuffled) == merged
    assert merge(merge(shuffled[:half]) + merge(shuffled[half:])) == merged, "folding what is folded changes nothing"
    assert members(merged) == members(ranges)
    assert all(one.last + 1 < next_.first for one, next_ in pairwise(merged))


@settings(max_examples=60)
@given(ranges=st.lists(spans, max_size=12))
def test_the_gaps_are_exactly_the_complement(ranges: list[Range]) -> None:
    there = members(ranges)
    wanted = {number for number in range(min(there, default=1), max(there, default=0)) if number not in there}

    found = list(gaps(merge(ranges)))

    assert {number for gap in found for number in range(gap.first, gap.last + 1)} == wanted
    assert sum(gap.last - gap.first + 1 for gap in found) == len(wanted)


def test_a_gap_says_between_which_times_it_was_due() -> None:
    assert list(gaps([make_range(1, sent=5), make_range(4, sent=9)])) == [
        Gap(first=2, last=3, after=at(5), before=at(9))
    ]


def test_a_hole_that_nobody_can_fill_any_more_is_settled_and_counted() -> None:
    merged = [make_range(1, 2, received=0), make_range(5, 6, received=10), make_range(9, received=20)]

    settled = settle(merged, received_before=at(15))

    assert [(one.first, one.last, one.jumped) for one in settled] == [(1, 6, 2), (9, 9, 0)]
    assert settle(settled, received_before=at(15)) == settled
    assert merge([*settled, *merged]) == settled, "what was folded meets its own pieces again"
    assert merge([settled[0], make_range(7, 8, received=12), settled[1]])[0].jumped == 2
    overlapping = make_range(4, 7, jumped=1)
    assert merge([settled[0], overlapping])[0].jumped == 3


def capture(**changed: Any) -> bytes:
    return json.dumps({"type": CHAT, "data": {}} | changed).encode()


@pytest.mark.parametrize(
    ("event", "found"),
    [
        (capture(data={"seq": 196}), [Number("wecom", 196)]),
        (capture(data={"seq": str(LARGEST)}), [Number("wecom", LARGEST)]),
        (capture(data={"seq": LARGEST}), [Number("wecom", LARGEST)]),
        (capture(data={"seq": LARGEST + 1}), []),
        (capture(data={"seq": 0}), []),
        (capture(data={"seq": True}), []),
        (capture(data={"seq": 196.0}), []),
        (capture(data={"seq": "196.0"}), []),
        (capture(data={"seq": "١"}), []),
        (capture(data="seq"), []),
        (capture(type="cn.wechat.message", data={"seq": 1}), []),
        (capture(sequence="12", sequencetype="Integer"), [Number("integer", 12)]),
        (capture(sequence=12, sequencetype="Integer"), [Number("integer", 12)]),
        (capture(sequence="12"), []),
        (capture(sequence="abc", sequencetype="Integer"), []),
        (capture(sequence="2147483648", sequencetype="Integer"), []),
        (capture(sequence="7", sequencetype="Integer", data={"seq": 3}), [Number("wecom", 3), Number("integer", 7)]),
        (b'{"s\\u0065quence":"5","s\\u0065quencetype":"Integer"}', [Number("integer", 5)]),
        (b'["seq"]', []),
        (b'{"seq', []),
        (b"[" * 100_000 + b"seq", []),
        (b'{"data":"nothing of it"}', []),
    ],
)
def test_a_number_is_taken_exactly_or_not_at_all(event: bytes, found: list[Number]) -> None:
    assert list(numbers(event)) == found


def test_the_numbers_go_on_behind_the_largest_of_their_32_bits() -> None:
    written = [2**31 - 1, -(2**31), -1, 0]

    read = [numbers(capture(sequence=str(one), sequencetype="Integer"))[0].value for one in written]

    assert read == [2**31 - 1, 2**31, 2**32 - 1, 2**32]


@given(event=st.binary(max_size=40) | st.text(max_size=40).map(str.encode))
def test_whatever_the_bytes_are_there_is_an_answer(event: bytes) -> None:
    assert numbers(b"seq" + event) == ()
