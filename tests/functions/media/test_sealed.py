"""What a sealed file promises: it is read back exactly, part by part, or not at all."""

import base64
import hashlib
import io
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings, strategies as st

from functions.errors import Tampered
from functions.media.sealed import CHUNK_BYTES, SEALED_CHUNK_BYTES, Media, front_of, read_header
from functions.media.stream import BLOCK_BYTES, Plain, Sealed
from functions.retrieval.media import LARGEST_RANGE_BYTES, NoSuchRange
from functions.segment.suites import COMMIT_BYTES
from tests.fakes import Stored
from tests.media import SIZES, MediaRoom, MemorySource, make_file, sha256_hex

THREE = make_file(2 * CHUNK_BYTES + 1000)
SUITES = ["AES-256-GCM", "SM4-GCM"]


@cache
def room_with(body: bytes = THREE, suite_name: str = "AES-256-GCM") -> MediaRoom:
    room = MediaRoom(suite_name)
    room.seal(room.upload(body))
    return room


def stored(room: MediaRoom) -> Stored:
    (one,) = room.vault.stored.values()
    return one


def changed(body: bytes) -> MediaRoom:
    """A room whose vault holds these bytes in place of the sealed file."""
    whole = room_with()
    room = MediaRoom()
    room.keys, room.keyrings = whole.keys, whole.keyrings
    room.vault.stored = {stored(whole).key: replace(stored(whole), body=body)}
    return room


def read_all(room: MediaRoom, body: bytes) -> bytes:
    parts: list[bytes] = []
    at = 0
    while at < len(body) or not parts:
        parts.append(base64.b64decode(room.read(sha256_hex(body), at)["base64"]))
        at += LARGEST_RANGE_BYTES
    return b"".join(parts)


@pytest.mark.parametrize("suite_name", SUITES)
@pytest.mark.parametrize("size_bytes", SIZES)
def test_a_file_of_any_size_around_a_chunks_border_is_read_back(size_bytes: int, suite_name: str) -> None:
    body = make_file(size_bytes)

    assert read_all(room_with(body, suite_name), body) == body


@given(start=st.integers(0, len(THREE) - 1), length=st.integers(1, LARGEST_RANGE_BYTES))
@settings(deadline=None, max_examples=60)
def test_a_range_is_the_same_slice_of_the_file(start: int, length: int) -> None:
    answer = room_with().read(sha256_hex(THREE), start, length)

    assert base64.b64decode(answer["base64"]) == THREE[start : start + length]
    assert answer["length"] == len(THREE[start : start + length])


@pytest.mark.parametrize("offset", [len(THREE), len(THREE) + 1, 2**40])
def test_beyond_the_end_there_is_nothing(offset: int) -> None:
    with pytest.raises(NoSuchRange, match=f"{len(THREE)} bytes"):
        room_with().read(sha256_hex(THREE), offset, 1)


@given(where=st.integers(0, 2**31), bit=st.integers(0, 7))
@settings(deadline=None, max_examples=80)
def test_one_flipped_bit_is_detected_wherever_it_is(where: int, bit: int) -> None:  # G3
    body = bytearray(stored(room_with()).body)
    body[where % len(body)] ^= 1 << bit

    with pytest.raises(Tampered):
        read_all(changed(bytes(body)), THREE)


def chunks(body: bytes) -> tuple[bytes, list[bytes], bytes]:
    header = read_header(body)
    at = len(front_of(header)) + COMMIT_BYTES
    end = at + len(THREE) + header.chunks * 16
    return (
        body[:at],
        [body[i : min(i + SEALED_CHUNK_BYTES, end)] for i in range(at, end, SEALED_CHUNK_BYTES)],
        body[end:],
    )


@pytest.mark.parametrize(
    "order", [[0, 1], [1, 2], [0, 2], [1, 0, 2], [0, 0, 2], [0, 1, 1], [0, 1, 2, 2], [0, 1, 2, 1, 2], []], ids=str
)
def test_chunks_left_out_repeated_or_moved_are_detected(order: list[int]) -> None:  # G3
    head, sealed, description = chunks(stored(room_with()).body)
    moved = b"".join((head, *(sealed[one] for one in order), description))

    with pytest.raises(Tampered):
        read_all(changed(moved), THREE)


@given(kept=st.integers(0, 2**31))
@settings(deadline=None, max_examples=40)
def test_a_file_cut_off_anywhere_is_detected(kept: int) -> None:  # G3
    body = stored(room_with()).body

    with pytest.raises(Tampered):
        read_all(changed(body[: kept % len(body)]), THREE)


def test_a_chunk_of_another_file_does_not_open_here() -> None:
    other = chunks(stored(room_with(make_file(2 * CHUNK_BYTES + 1000)[::-1])).body)[1]
    head, sealed, description = chunks(stored(room_with()).body)

    with pytest.raises(Tampered, match="chunk 1 of 3"):
        read_all(changed(b"".join((head, sealed[0], other[1], sealed[2], description))), THREE)


def test_a_header_that_is_not_ours_is_refused() -> None:
    front = stored(room_with()).body[:4096]

    for wrong in (b"", front[:5], front.replace(b"fengcun.media.1", b"fengcun.media.2"), front.replace(b"{", b"{ ", 1)):
        with pytest.raises(Tampered):
            read_header(wrong)
    bound = {"fengcun:archive": "test", "fengcun:media": "other"}
    stranger = front_of(replace(read_header(front), encryption_context=bound))
    with pytest.raises(Tampered, match="bound to another"):
        read_header(stranger)


def stream(body: bytes) -> tuple[Sealed, MemorySource]:
    header = replace(read_header(stored(room_with()).body), size_bytes=len(body))
    source = MemorySource(body)
    sealed = Sealed(Media(header, key=bytes(32), salt=bytes([1]) * 32), Plain(source, len(body)))
    sealed.examine(lambda _: None)
    sealed.describe({"sha256": "00"})
    return sealed, source


@pytest.mark.parametrize("size_bytes", SIZES)
def test_what_is_sent_is_what_was_hashed_and_as_long_as_announced(size_bytes: int) -> None:
    sealed, source = stream(make_file(size_bytes))

    whole = sealed.read()

    assert sealed.readable()
    assert (len(whole), hashlib.sha256(whole).digest()) == (sealed.size_bytes, sealed.sha256)
    assert source.largest <= BLOCK_BYTES


@given(start=st.integers(0, len(THREE) + 2000), length=st.integers(0, 3 * CHUNK_BYTES))
@settings(deadline=None, max_examples=30)
def test_it_can_be_sent_again_from_anywhere(start: int, length: int) -> None:
    sealed, _ = stream(THREE)
    whole = sealed.read()

    assert sealed.seek(0, io.SEEK_END) == sealed.tell() == len(whole)
    assert sealed.seek(start) == start
    assert io.BufferedReader(sealed).read(length) == whole[start : start + length]


def test_no_two_chunks_share_a_nonce_and_nothing_outside_them_tells_the_content() -> None:
    body = stored(room_with()).body
    head, sealed, description = chunks(body)

    assert len({one[-16:] for one in [*sealed, description]}) == 4
    assert sha256_hex(THREE).encode() not in body
    assert b"application" not in head


def test_md5_is_computed_whoever_announced_it_and_every_byte_is_shown() -> None:
    sealed, _ = stream(THREE)
    shown: list[bytes] = []

    assert (
        sealed.examine(lambda part: shown.append(bytes(part))).md5_hex
        == hashlib.md5(THREE, usedforsecurity=False).hexdigest()
    )
    assert b"".join(shown) == THREE
