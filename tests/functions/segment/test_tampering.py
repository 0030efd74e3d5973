"""What someone might do to a segment, by accident or with every hash made right again."""

import hashlib
import json
import struct
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from functions.canonical import canonical
from functions.errors import Tampered
from functions.segment import directory as directories, keyring as keyrings, tree
from functions.segment.dictionary import shipped
from functions.segment.directory import TAIL_BYTES, Directory
from functions.segment.segment import check, open_all, read_header
from functions.segment.suites import SUITES
from tests.functions.builders import make_header, make_key, make_plain, make_salts, make_segment

NAMES = sorted(SUITES)
PACKAGES = [b"first record", b"other record", b"a third record, longer than both"]
SEGMENTS = {name: make_segment(list(map(make_plain, PACKAGES)), make_header(name)) for name in NAMES}
KEYRING = keyrings.write(make_salts(3))


def unwrap(wrapped: bytes, context: dict[str, str]) -> bytes:
    if (wrapped, context) != (make_key().wrapped, make_header().encryption_context):
        raise Tampered("the key is not wrapped for this")
    return make_key().plaintext


def opened(segment: bytes, keyring: bytes = KEYRING) -> list[bytes]:
    return open_all(segment, keyring=keyring, unwrap=unwrap, dictionary=shipped())


def with_trailer(body: bytes) -> bytes:
    return body + hashlib.sha256(body).digest()


def taken_apart(segment: bytes) -> tuple[bytes, list[bytes], Directory]:
    _, directory = check(segment)
    frames = [segment[one.offset : one.offset + one.length] for one in directory.entries]
    return segment[: directory.entries[0].offset], frames, directory


def put_together(front: bytes, frames: list[bytes], root: bytes, directory: Directory) -> bytes:
    """With every length, offset and hash made right."""
    entries, offset = [], len(front)
    for frame, entry in zip(frames, directory.entries, strict=False):
        entries.append(replace(entry, offset=offset, length=len(frame)))
        offset += len(frame)
    end = directories.write(root, entries)
    return with_trailer(front + b"".join(frames) + end + struct.pack(">I", len(end)))


def with_header(change: Callable[[dict[str, Any]], Any]) -> bytes:
    """The segment with another header, and everything behind it made right."""
    front, frames, directory = taken_apart(SEGMENTS["AES-256-GCM"])
    document = json.loads(front[12:])
    head = change(document)
    head = head if isinstance(head, bytes) else canonical(head)
    return put_together(front[:8] + struct.pack(">I", len(head)) + head, frames, directory.root, directory)


def test_putting_a_segment_together_again_changes_nothing() -> None:
    for segment in SEGMENTS.values():
        front, frames, directory = taken_apart(segment)
        assert put_together(front, frames, directory.root, directory) == segment
    assert opened(with_header(lambda document: document)) == PACKAGES


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_flipping_any_bit_of_a_segment_is_detected_without_a_key(name: str, data: st.DataObject) -> None:  # G3
    whole = bytearray(SEGMENTS[name])
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    whole[bit // 8] ^= 1 << bit % 8

    with pytest.raises(Tampered):
        check(bytes(whole))


@given(st.data())
def test_flipping_any_bit_is_detected_though_the_trailer_was_made_right(data: st.DataObject) -> None:  # G3
    body = bytearray(SEGMENTS["AES-256-GCM"][:-32])
    bit = data.draw(st.integers(0, len(body) * 8 - 1))
    body[bit // 8] ^= 1 << bit % 8
    segment = with_trailer(bytes(body))

    try:
        found = opened(segment)
    except Tampered:
        return
    # what is left over is not evidence: the words about software and key name, and the directory's own lines
    assert found == PACKAGES
    assert check(segment) != check(SEGMENTS["AES-256-GCM"])


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_flipping_any_bit_of_a_frame_is_detected_though_every_hash_was_made_right(  # G3
    name: str, data: st.DataObject
) -> None:
    front, frames, directory = taken_apart(SEGMENTS[name])
    at = data.draw(st.integers(0, 2))
    frame = bytearray(frames[at])
    bit = data.draw(st.integers(0, len(frame) * 8 - 1))
    frame[bit // 8] ^= 1 << bit % 8
    frames[at] = bytes(frame)
    segment = put_together(front, frames, tree.root([tree.leaf(one) for one in frames]), directory)

    with pytest.raises(Tampered):
        opened(segment)


@pytest.mark.parametrize("name", NAMES)
@given(end=st.integers(0, 500))
def test_a_segment_that_was_cut_is_refused(name: str, end: int) -> None:  # G3
    with pytest.raises(Tampered):
        check(SEGMENTS[name][: end % len(SEGMENTS[name])])


@given(st.binary(max_size=200).map(with_trailer) | st.binary(max_size=200))
def test_bytes_that_are_no_segment_are_refused(garbage: bytes) -> None:
    with pytest.raises(Tampered):
        check(garbage)


@pytest.mark.parametrize("name", NAMES)
def test_two_frames_that_changed_places_are_detected_by_the_root(name: str) -> None:
    front, frames, directory = taken_apart(SEGMENTS[name])
    segment = put_together(front, [frames[1], frames[0], frames[2]], directory.root, directory)

    with pytest.raises(Tampered, match="not those under its root"):
        check(segment)


@pytest.mark.parametrize("name", NAMES)
def test_two_frames_and_salts_that_changed_places_are_detected_though_the_root_was_made_right(name: str) -> None:
    front, frames, directory = taken_apart(SEGMENTS[name])
    frames = [frames[1], frames[0], frames[2]]
    segment = put_together(front, frames, tree.root([tree.leaf(frame) for frame in frames]), directory)
    salts = make_salts(3)

    check(segment)
    with pytest.raises(Tampered, match="commitment"):
        opened(segment)
    with pytest.raises(Tampered, match="does not open"):
        opened(segment, keyrings.write([salts[1], salts[0], salts[2]]))


def test_a_record_that_was_left_out_is_detected() -> None:
    front, frames, directory = taken_apart(SEGMENTS["AES-256-GCM"])
    segment = put_together(front, frames[:2], tree.root([tree.leaf(frame) for frame in frames[:2]]), directory)

    check(segment)
    with pytest.raises(Tampered, match="2 records, 3 salts"):
        opened(segment)


def test_something_between_the_frames_and_the_directory_is_detected() -> None:
    segment = SEGMENTS["AES-256-GCM"]
    start, _ = directories.tail(segment[-TAIL_BYTES:], len(segment))

    with pytest.raises(Tampered, match="do not fill the space"):
        check(with_trailer(segment[:start] + b"x" + segment[start:-32]))


@pytest.mark.parametrize(
    "salts", [[], make_salts(2), make_salts(4), make_salts(3)[::-1], [bytes(32)] * 3, [b"x" * 32] * 3]
)
def test_another_keyring_opens_nothing(salts: list[bytes]) -> None:  # G3
    with pytest.raises(Tampered):
        opened(SEGMENTS["AES-256-GCM"], keyrings.write(salts))


@pytest.mark.parametrize("name", NAMES)
def test_another_segment_key_opens_nothing(name: str) -> None:
    with pytest.raises(Tampered, match="commitment"):
        open_all(SEGMENTS[name], keyring=KEYRING, unwrap=lambda *_: make_key("other").plaintext, dictionary=shipped())


CHANGED: dict[str, Callable[[dict[str, Any]], Any]] = {
    "another archive": lambda one: one | {"archive": "other"},
    "another segment": lambda one: one | {"segment_id": "019ab0c2-6e40-7000-8000-000000000002"},
    "an earlier end": lambda one: one | {"class": one["class"] | {"retain_until": "2026-11-23"}},
    "another tier": lambda one: one | {"class": one["class"] | {"tier": "core"}},
    "erasable": lambda one: one | {"class": one["class"] | {"erasable": True}},
    "a context of another purpose": lambda one: one | {"encryption_context": {"fengcun:purpose": "delivery"}},
    "a key more": lambda one: one | {"more": 1},
    "another format": lambda one: one | {"format": "fengcun.segment.2"},
    "an unknown suite": lambda one: one | {"suite": "ROT13"},
    "a suite that is no text": lambda one: one | {"suite": ["AES-256-GCM"]},
    "no date": lambda one: one | {"class": one["class"] | {"retain_until": "soon"}},
    "no moment": lambda one: one | {"created_at": 5},
    "no base64": lambda one: one | {"wrapped_key": "!"},
    "no text": lambda one: one | {"wrapped_key": 5},
    "a class that is none": lambda one: one | {"class": []},
    "a context that is none": lambda one: one | {"encryption_context": []},
    "blanks": lambda one: json.dumps(one, indent=1).encode(),
    "another order": lambda one: json.dumps(dict(reversed(one.items())), separators=(",", ":")).encode(),
    "a key twice": lambda one: b'{"archive":"x",' + canonical(one)[1:],
    "a number that is not exact": lambda one: canonical(one).replace(b'"fengcun test"', b"1.5"),
    "a list": lambda _: [],
    "nothing": lambda _: b"",
    "nesting beyond reason": lambda _: b"[" * 16_000,
}


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED.keys())
def test_a_header_that_was_changed_is_refused_though_every_hash_was_made_right(  # G3
    change: Callable[[dict[str, Any]], Any],
) -> None:
    segment = with_header(change)

    with pytest.raises(Tampered):
        check(segment)
    with pytest.raises(Tampered):
        read_header(segment[:16_384])


@pytest.mark.parametrize("missing", sorted(json.loads(taken_apart(SEGMENTS["SM4-GCM"])[0][12:])))
def test_a_header_without_one_of_its_fields_is_refused(missing: str) -> None:
    with pytest.raises(Tampered):
        check(with_header(lambda one: {name: value for name, value in one.items() if name != missing}))


@given(st.binary(max_size=100) | st.binary(max_size=100).map(lambda rest: b"FENGCUN1" + rest))
def test_bytes_that_are_no_header_are_refused(garbage: bytes) -> None:
    with pytest.raises(Tampered):
        read_header(garbage)
