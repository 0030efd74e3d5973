"""The directory at a segment's end."""

import json
import struct
from typing import Any

import pytest
from backports import zstd
from hypothesis import given, strategies as st

from functions.canonical import canonical
from functions.errors import Tampered
from functions.segment.directory import TAIL_BYTES, Directory, Entry, read, tail, write
from tests.functions.strategies import json_values

TOKENS = st.sampled_from([bytes([at]) * 16 for at in range(6)])
MILLISECONDS = st.integers(-62_135_596_800_000, 253_402_300_799_999)
ROOT = b"r" * 32
LINE: list[Any] = [100, 40, 0, 0, 1, 0, "00" * 8, "00" * 8, [0]]


@st.composite
def entry_lists(draw: st.DrawFn) -> tuple[Entry, ...]:
    """Frames one after another without gaps."""
    offset, entries = draw(st.integers(0, 2**40)), []
    for length in draw(st.lists(st.integers(1, 2**32 - 1), min_size=1, max_size=8)):
        entry = Entry(
            offset=offset,
            length=length,
            sent_at_ms=draw(MILLISECONDS),
            received_at_ms=draw(MILLISECONDS),
            kind=draw(st.integers(0, 255)),
            flags=draw(st.integers(0, 65_535)),
            digest=draw(st.binary(min_size=8, max_size=8)),
            event_digest=draw(st.binary(min_size=8, max_size=8)),
            tokens=tuple(draw(st.lists(TOKENS, max_size=4))),
        )
        entries.append(entry)
        offset += length
    return tuple(entries)


def compressed(document: Any) -> bytes:
    return zstd.compress(json.dumps(document).encode())


def document(**changed: Any) -> dict[str, Any]:
    whole = {"root": ROOT.hex(), "tokens": ["ab" * 16], "records": [LINE]} | changed
    return {name: value for name, value in whole.items() if value is not ...}


def line(at: int, value: Any) -> dict[str, Any]:
    return document(records=[[*LINE[:at], value, *LINE[at + 1 :]]])


@given(entry_lists())
def test_a_directory_is_read_as_it_was_written(entries: tuple[Entry, ...]) -> None:
    assert read(write(ROOT, entries)) == Directory(ROOT, entries)


@given(entry_lists())
def test_a_directory_is_canonical_json_and_names_each_token_once(entries: tuple[Entry, ...]) -> None:
    plain = zstd.decompress(write(ROOT, entries))
    tokens = json.loads(plain)["tokens"]

    assert canonical(json.loads(plain)) == plain
    assert tokens == list(dict.fromkeys(token.hex() for entry in entries for token in entry.tokens))


def test_a_good_document_is_read() -> None:
    assert read(compressed(document())).entries[0].tokens == (bytes.fromhex("ab" * 16),)


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        "text",
        None,
        document(root=...),
        document(root="zz"),
        document(root="ab"),
        document(root=5),
        document(tokens=...),
        document(tokens=["ab"]),
        document(tokens=[5]),
        document(tokens=None),
        document(records=...),
        document(records=[]),
        document(records=None),
        document(records={}),
        document(records=["ninechars"]),
        document(records=[LINE[:8]]),
        document(records=[[*LINE, 0]]),
        document(records=[LINE, LINE]),
        document(records=[LINE, [139, *LINE[1:]]]),
        document(records=[LINE, [141, *LINE[1:]]]),
    ],
    ids=str,
)
def test_a_document_that_is_no_directory_is_refused(wrong: Any) -> None:  # G3
    with pytest.raises(Tampered):
        read(compressed(wrong))


@pytest.mark.parametrize("at", range(9))
@pytest.mark.parametrize(
    "value", [None, "x", -(2**63) - 1, 2**64, 1.5, [], {}, [-1], [1], [0.0], ["0"], "zz" * 8, "00" * 9]
)
def test_a_column_that_holds_something_else_is_refused(at: int, value: Any) -> None:
    if at == 8 and value in ([], {}):
        return  # a record without tokens is one

    with pytest.raises(Tampered):
        read(compressed(line(at, value)))


@pytest.mark.parametrize(
    ("at", "value"),
    [(0, -1), (1, -1), (1, 0), (1, 2**32), (4, 256), (4, -1), (5, 65_536), (5, -1), (2, 2**62), (3, -(2**62))],
)
def test_a_number_that_no_index_row_could_hold_is_refused(at: int, value: int) -> None:
    with pytest.raises(Tampered):
        read(compressed(line(at, value)))


@given(json_values | st.fixed_dictionaries({"root": json_values, "tokens": json_values, "records": json_values}))
def test_any_json_is_a_directory_or_is_refused(value: Any) -> None:
    try:
        read(compressed(value))
    except Tampered:
        return
    raise AssertionError("no value drawn here is a directory")


@given(st.lists(st.lists(json_values, min_size=9, max_size=9), min_size=1, max_size=3))
def test_any_lines_are_refused_in_one_way(lines: list[Any]) -> None:
    with pytest.raises(Tampered):
        read(compressed(document(records=lines)))


@given(entry_lists(), st.data())
def test_any_changed_byte_of_a_compressed_directory_never_goes_unnoticed(
    entries: tuple[Entry, ...], data: st.DataObject
) -> None:
    whole = bytearray(write(ROOT, entries))
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))

    try:
        found = read(bytes(whole))
    except Tampered:
        return
    # zstd has no checksum here: what can be read is covered by the trailer and the root
    assert isinstance(found, Directory)


def test_nesting_beyond_reason_is_refused() -> None:
    with pytest.raises(Tampered):
        read(zstd.compress(b"[" * 100_000))


def test_a_bomb_is_refused() -> None:
    with pytest.raises(Tampered, match="more than"):
        read(zstd.compress(b" " * (65 * 2**20)))


@given(st.integers(0, 2**20), st.binary(max_size=80))
def test_a_tail_tells_where_the_directory_lies(length: int, before: bytes) -> None:
    end = before + struct.pack(">I", length) + bytes(32)
    size = len(end) + length + 7

    assert tail(end, size) == (size - TAIL_BYTES - length, length)


@given(st.binary(max_size=35), st.integers(0, 2**40))
def test_a_tail_that_is_too_short_is_refused(end: bytes, size: int) -> None:
    with pytest.raises(Tampered):
        tail(end, size)


@given(st.binary(min_size=36, max_size=80), st.integers(0, 2**33))
def test_any_tail_names_a_place_in_the_segment_or_is_refused(end: bytes, size: int) -> None:
    try:
        start, length = tail(end, size)
    except Tampered:
        return
    assert 0 <= start <= start + length == size - TAIL_BYTES
