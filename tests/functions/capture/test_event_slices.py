"""Where each event's own bytes lie in a request body."""

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from functions.capture.event import MOST_EVENTS, Slice, read_batch, read_single
from functions.errors import Rejected
from tests.functions.strategies import json_values

BLANKS = st.text(" \t\r\n", max_size=4).map(str.encode)


def written(value: Any) -> st.SearchStrategy[bytes]:
    """One value as some sender may write it."""
    return st.builds(
        lambda ascii_only, blank, indent: json.dumps(
            value, ensure_ascii=ascii_only, separators=("," + blank, blank + ":" + blank), indent=indent
        ).encode(),
        st.booleans(),
        st.text(" \t\r\n", max_size=2),
        st.none() | st.integers(0, 2),
    )


ELEMENTS = json_values.flatmap(written)
BATCHES = st.lists(st.tuples(BLANKS, ELEMENTS, BLANKS), min_size=1, max_size=6)


def cut(body: bytes, one: Slice) -> bytes:
    return body[one.offset : one.offset + one.length]


@given(BATCHES, BLANKS, BLANKS)
def test_each_slice_is_exactly_its_events_bytes(  # G1
    batch: list[tuple[bytes, bytes, bytes]], before: bytes, after: bytes
) -> None:
    body = before + b"[" + b",".join(b"".join(element) for element in batch) + b"]" + after

    slices = read_batch(body)

    assert [cut(body, one) for one in slices] == [element for _, element, _ in batch]
    assert [one.value for one in slices] == [json.loads(element) for _, element, _ in batch]


@given(BATCHES, BLANKS, BLANKS)
def test_what_lies_between_the_slices_is_only_the_arrays_own(
    batch: list[tuple[bytes, bytes, bytes]], before: bytes, after: bytes
) -> None:
    body = before + b"[" + b",".join(b"".join(element) for element in batch) + b"]" + after
    between, position = b"", 0
    for one in read_batch(body):
        between += body[position : one.offset]
        position = one.offset + one.length

    assert (between + body[position:]).translate(None, b" \t\r\n") == b"[" + b"," * (len(batch) - 1) + b"]"


@given(ELEMENTS, BLANKS, BLANKS)
def test_a_single_events_slice_is_the_body_without_its_blank_ends(element: bytes, before: bytes, after: bytes) -> None:
    one = read_single(before + element + after)

    assert cut(before + element + after, one) == element
    assert one.value == json.loads(element)


@given(st.binary(max_size=60) | st.text('[]{},:"\\0123456789.eE+-truefalsn \n\ufeffＮ', max_size=60).map(str.encode))
def test_any_body_is_read_or_refused_with_a_reason(body: bytes) -> None:
    for read in (read_single, read_batch):
        try:
            read(body)
        except Rejected as refused:
            assert refused.faults  # noqa: PT017 - the law is about both ways out


@given(st.text('[]{},:"0123456789.eE+-truefalsn \n', max_size=40))
def test_what_the_standard_parser_refuses_is_refused_here(text: str) -> None:
    def no_constant(name: str) -> float:
        raise ValueError(name)

    try:
        expected = json.loads(text, parse_constant=no_constant)
    except ValueError:
        with pytest.raises(Rejected):
            read_single(text.encode())
    else:
        assert read_single(text.encode()).value == expected


REFUSED = {
    "nothing": b"",
    "blanks": b" \n",
    "a broken value": b'{"id": ',
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": -Infinity}',
    "a comment": b"{} // x",
    "single quotes": b"{'a': 1}",
    "a raw newline in a string": b'{"a": "x\ny"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "UTF-16 without a mark": '{"a": 1}'.encode("utf-16-le"),
    "UTF-32": '{"a": 1}'.encode("utf-32-be"),
    "GBK": '{"a": "你好"}'.encode("gbk"),
    "a lone continuation byte": b'{"a": "\x80"}',
    "an encoded surrogate": b'{"a": "\xed\xa0\x80"}',
    "an overlong slash": b'{"a": "\xc0\xaf"}',
    "nesting beyond reason": b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a number of 5,000 digits": b'{"a": ' + b"9" * 5000 + b"}",
    "a leading zero": b'{"a": 01}',
    "a zero byte": b'{"a": 1}\x00',
    "a no-break space": "{}\xa0".encode(),
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_a_body_that_is_not_json_is_refused_alone_and_in_a_batch(body: bytes) -> None:
    with pytest.raises(Rejected) as single:
        read_single(body)
    with pytest.raises(Rejected) as batch:
        read_batch(b"[" + body + b"]")

    assert [fault.pointer for fault in (*single.value.faults, *batch.value.faults)] == ["", ""]


@pytest.mark.parametrize("body", [b"{} {}", b"{}{}", b"{},", b"1 2", b"{}]", b"[] []"])
def test_two_values_are_no_single_event(body: bytes) -> None:
    with pytest.raises(Rejected):
        read_single(body)


@pytest.mark.parametrize(
    "body", [b"{}", b"[{}", b"[{},]", b"[,{}]", b"[{} {}]", b"[{}]]", b"[{}] x", b"[{}][]", b'"[]"', b"[", b"]"]
)
def test_a_body_that_is_no_array_is_no_batch(body: bytes) -> None:
    with pytest.raises(Rejected):
        read_batch(body)


@pytest.mark.parametrize("body", [b"[]", b" [ \n ] "])
def test_an_empty_batch_is_refused_with_the_mend(body: bytes) -> None:
    with pytest.raises(Rejected, match="empty") as refused:
        read_batch(body)

    assert refused.value.faults[0].detail == "send at least one event"


def test_a_batch_of_as_many_events_as_are_allowed_is_read() -> None:
    assert len(read_batch(b"[" + b",".join([b"{}"] * MOST_EVENTS) + b"]")) == MOST_EVENTS


def test_the_first_event_too_many_is_pointed_at() -> None:
    with pytest.raises(Rejected, match="more than 1000") as refused:
        read_batch(b"[" + b",".join([b"{}"] * (MOST_EVENTS + 1)) + b"]")

    assert [fault.pointer for fault in refused.value.faults] == ["/1000"]


def test_a_batch_far_too_large_is_refused_before_it_is_read_to_its_end() -> None:
    body = b"[" + b"0," * 2_000_000 + b"0"  # not even closed

    with pytest.raises(Rejected, match="more than 1000"):
        read_batch(body)


def test_of_two_attributes_of_one_name_the_last_counts_and_both_are_kept() -> None:
    body = b'[{"id": "first", "id": "last"}]'

    (one,) = read_batch(body)

    assert one.value == {"id": "last"}
    assert cut(body, one) == b'{"id": "first", "id": "last"}'
