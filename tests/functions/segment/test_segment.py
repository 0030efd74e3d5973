"""Segments: written, checked and read again."""

import base64
import hashlib
import json
import struct
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from functions.canonical import canonical
from functions.capture.identity import uuid7
from functions.errors import Tampered
from functions.segment import keyring as keyrings, tree
from functions.segment.dictionary import shipped
from functions.segment.segment import (
    Class,
    Plain,
    check,
    encryption_context,
    object_key,
    open_all,
    read_header,
    read_record,
    write,
)
from functions.segment.suites import SUITES
from tests.functions.builders import make_header, make_key, make_plain, make_salts, make_segment
from tests.make import NOW

NAMES = sorted(SUITES)
PLAINS = st.lists(
    st.builds(
        make_plain,
        package=st.binary(max_size=200),
        sent_at_ms=st.integers(-62_135_596_800_000, 253_402_300_799_999),
        kind=st.integers(0, 7),
        flags=st.integers(0, 127),
        tokens=st.lists(st.binary(min_size=16, max_size=16), max_size=3, unique=True).map(tuple),
    ),
    min_size=1,
    max_size=6,
)


def unwrap(wrapped: bytes, context: dict[str, str]) -> bytes:
    """KMS, for the one header there is."""
    if (wrapped, context) != (make_key().wrapped, make_header().encryption_context):
        raise Tampered("the key is not wrapped for this")
    return make_key().plaintext


def opened(segment: bytes, keyring: bytes) -> list[bytes]:
    return open_all(segment, keyring=keyring, unwrap=unwrap, dictionary=shipped())


@pytest.mark.parametrize("name", NAMES)
@given(plains=PLAINS)
def test_every_record_comes_back_as_it_was_in_order(name: str, plains: list[Plain]) -> None:  # G1
    segment = make_segment(plains, make_header(name))

    assert opened(segment, keyrings.write(make_salts(len(plains)))) == [plain.package for plain in plains]


@pytest.mark.parametrize("name", NAMES)
@given(plains=PLAINS)
def test_the_directory_says_of_each_record_what_was_decided(name: str, plains: list[Plain]) -> None:
    header, directory = check(make_segment(plains, make_header(name)))

    assert header == make_header(name)
    for plain, entry in zip(plains, directory.entries, strict=True):
        for field in ("sent_at_ms", "received_at_ms", "kind", "flags", "digest", "event_digest", "tokens"):
            assert getattr(entry, field) == getattr(plain, field)


@pytest.mark.parametrize("name", NAMES)
def test_a_segment_is_laid_out_as_the_format_says(name: str) -> None:  # G13
    plains = [make_plain(b"one"), make_plain(b"two")]
    segment = make_segment(plains, make_header(name))
    header, directory = check(segment)
    (size,) = struct.unpack(">I", segment[8:12])
    frames = [segment[one.offset : one.offset + one.length] for one in directory.entries]

    assert segment[:8] == b"FENGCUN1"
    assert canonical(json.loads(segment[12 : 12 + size])) == segment[12 : 12 + size]
    assert directory.entries[0].offset == 12 + size
    assert b"".join(frames) == segment[12 + size : 12 + size + sum(map(len, frames))]
    assert directory.root == tree.root([hashlib.sha256(b"\0" + frame).digest() for frame in frames])
    assert segment[-32:] == hashlib.sha256(segment[:-32]).digest()
    assert base64.b64decode(json.loads(segment[12 : 12 + size])["wrapped_key"]) == header.wrapped_key


@pytest.mark.parametrize("name", NAMES)
@given(plains=PLAINS, data=st.data())
def test_one_record_opens_with_its_own_frame_and_salt_alone(
    name: str, plains: list[Plain], data: st.DataObject
) -> None:
    segment = make_segment(plains, make_header(name))  # G8
    ordinal = data.draw(st.integers(0, len(plains) - 1))
    entry = check(segment)[1].entries[ordinal]

    found = read_record(
        read_header(segment[:16_384]),
        ordinal=ordinal,
        frame=segment[entry.offset : entry.offset + entry.length],
        segment_key=make_key().plaintext,
        salt=make_salts(len(plains))[ordinal],
        dictionary=shipped(),
    )

    assert found == plains[ordinal].package


@given(PLAINS)
def test_nothing_of_a_record_shows_in_its_segment(plains: list[Plain]) -> None:  # G4
    planted = [make_plain(b"planted text " * 3 + plain.package) for plain in plains]

    assert b"planted" not in make_segment(planted)


def test_the_same_record_twice_is_two_different_frames() -> None:  # G8
    segment = make_segment([make_plain(b"same"), make_plain(b"same")])
    first, second = check(segment)[1].entries

    assert segment[first.offset :][: first.length] != segment[second.offset :][: second.length]


def test_an_erased_record_opens_no_more_and_its_neighbours_do() -> None:
    plains = [make_plain(b"%d" % at) for at in range(3)]
    segment, salts = make_segment(plains), make_salts(3)
    salts[1] = keyrings.ERASED

    with pytest.raises(Tampered):
        opened(segment, keyrings.write(salts))
    header, directory = check(segment)
    for ordinal in (0, 2):
        entry = directory.entries[ordinal]
        frame = segment[entry.offset :][: entry.length]
        assert (
            read_record(
                header,
                ordinal=ordinal,
                frame=frame,
                segment_key=make_key().plaintext,
                salt=salts[ordinal],
                dictionary=shipped(),
            )
            == plains[ordinal].package
        )


def test_nothing_of_a_record_shows_when_it_is_printed() -> None:  # G4
    assert "planted" not in repr(make_plain(b"planted"))


def test_a_segment_without_records_is_not_written() -> None:
    with pytest.raises(ValueError, match="1 to 65535 records, not 0"):
        make_segment([])


def test_a_segment_of_more_records_than_the_format_allows_is_not_written() -> None:
    plains = [make_plain()] * 65_536

    with pytest.raises(ValueError, match="not 65536"):
        write(make_header(), plains, key=make_key(), dictionary=shipped(), salts=[])


def test_a_record_without_a_salt_is_not_written() -> None:
    with pytest.raises(ValueError, match="shorter"):
        write(make_header(), [make_plain()] * 2, key=make_key(), dictionary=shipped(), salts=make_salts(1))


@pytest.mark.parametrize(
    ("erasable", "expected"), [(False, "general/2046-11-22/fixed"), (True, "general/2046-11-22/erasable")]
)
def test_a_segments_key_is_bound_to_its_archive_segment_and_class(*, erasable: bool, expected: str) -> None:
    klass = Class(tier="general", retain_until=date(2046, 11, 22), erasable=erasable)

    assert encryption_context(archive="test", segment_id="s", klass=klass) == {
        "fengcun:archive": "test",
        "fengcun:segment": "s",
        "fengcun:class": expected,
    }


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=36_500)))
def test_a_segment_lies_under_its_tier_and_the_day_it_was_made(later: timedelta) -> None:
    made: datetime = NOW + later
    segment_id = uuid7(made, bytes(10))

    assert object_key(segment_id, "general") == f"segments/general/{made:%Y/%m/%d}/{segment_id}"
    assert make_header(segment_id=segment_id).key == object_key(segment_id, "general")


@pytest.mark.parametrize("segment_id", ["", "x", "../../etc/passwd", "-" * 36, "f" * 8 + "-ffff" * 3 + "-" + "f" * 12])
def test_an_id_that_is_no_segments_names_no_object(segment_id: str) -> None:
    with pytest.raises(Tampered):
        object_key(segment_id, "general")


def test_a_header_of_any_words_is_read_as_it_was_written() -> None:
    words: dict[str, Any] = {"software": "封存 0.1", "kms_key": "arn:aws-cn:密钥", "archive": "a-1"}

    assert check(make_segment([make_plain()], make_header(**words)))[0] == make_header(**words)
