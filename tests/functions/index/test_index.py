"""What S3 says about a new segment becomes postings, and nothing else does."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from functions.canonical import from_epoch_ms
from functions.errors import Rejected, Tampered
from functions.index.index import read_arrival
from functions.index.postings import Row, postings, read_rows, write_rows
from functions.segment.directory import Directory, Entry
from tests.archive import Archive
from tests.make import body_of, make_event, make_post

SEGMENT = "segments/general/2026/11/22/01a20389-e5a8-7d95-8c60-f53c0a241fbf"
NOTICE = {"detail": {"object": {"key": SEGMENT, "version-id": "v1"}}}
MOMENTS = st.integers(min_value=-62_135_596_800_000, max_value=253_402_300_799_999)
ROWS = st.lists(
    st.builds(
        Row,
        ordinal=st.integers(0, 65_534),
        sent_at_ms=MOMENTS,
        received_at_ms=MOMENTS,
        kind=st.integers(0, 7),
        flags=st.integers(0, 0xFFFF),
        digest=st.binary(min_size=8, max_size=8),
        event_digest=st.binary(min_size=8, max_size=8),
    )
)


def entry(at: int, *tokens: bytes, sent_at_ms: int = 0) -> Entry:
    return Entry(
        offset=100 + at * 10,
        length=10,
        sent_at_ms=sent_at_ms,
        received_at_ms=0,
        kind=1,
        flags=0,
        digest=bytes([at]) * 8,
        event_digest=bytes(8),
        tokens=tokens,
    )


@given(ROWS)
def test_rows_are_read_as_they_were_written(rows: list[Row]) -> None:
    assert read_rows(write_rows(rows)) == tuple(rows)


@pytest.mark.parametrize("body", [b"", b"\x02", b"\x01" + bytes(38), b"\x01" + bytes(40)])
def test_rows_of_another_form_are_refused(body: bytes) -> None:
    with pytest.raises(Tampered, match="not of version 1"):
        read_rows(body)


def test_a_notice_names_the_object_and_its_version() -> None:
    arrival = read_arrival(json.dumps(NOTICE))

    assert (arrival.key, arrival.version_id) == (SEGMENT, "v1")


@pytest.mark.parametrize(
    "thing",
    [
        {"key": "dictionaries/00", "version-id": "v"},
        {"key": SEGMENT + "/more", "version-id": "v"},
        {"key": SEGMENT},
        {"key": 7, "version-id": "v"},
        [],
    ],
)
def test_a_notice_about_anything_else_is_rejected(thing: object) -> None:
    with pytest.raises(Rejected):
        read_arrival(json.dumps({"detail": {"object": thing}}))


@given(st.text())
def test_a_message_that_is_no_notice_is_rejected(body: str) -> None:
    with pytest.raises(Rejected):
        read_arrival(body)


@given(st.lists(st.tuples(st.sampled_from([b"a" * 16, b"b" * 16, b"c" * 16]), MOMENTS), min_size=1, max_size=20))
def test_every_token_of_every_record_is_filed_once_under_its_day(made: list[tuple[bytes, int]]) -> None:
    entries = tuple(entry(at, token, sent_at_ms=sent) for at, (token, sent) in enumerate(made))

    filed = list(postings(Directory(bytes(32), entries), segment_id="s", tier="general", version_id="v"))

    assert len({(one.token, one.at) for one in filed}) == len(filed)
    rows = {(one.token, one.day, row.ordinal) for one in filed for row in one.rows}
    assert rows == {(token, from_epoch_ms(sent).date().isoformat(), at) for at, (token, sent) in enumerate(made)}


def test_rows_stand_in_the_order_of_the_segment() -> None:
    entries = tuple(entry(at, b"t" * 16) for at in range(5))

    (filed,) = postings(Directory(bytes(32), entries), segment_id="s", tier="general", version_id="v")

    assert [row.ordinal for row in filed.rows] == [0, 1, 2, 3, 4]


def test_the_index_of_an_archived_delivery_holds_every_record() -> None:
    archive = Archive()
    archive.post(make_post(body_of(make_event("一"), make_event("二", id="msg-2"))))
    archive.run()

    token = archive.key.token("conversation", "room-1")
    (posting,) = archive.postings.query(token)
    assert [row.ordinal for row in posting.rows] == [0, 1]


def test_a_segment_that_was_changed_is_not_indexed() -> None:  # G3
    archive = Archive()
    archive.post(make_post(body_of(make_event())))
    archive.run_archive()
    (key,) = archive.segments()
    stored = archive.vault.stored[key]
    changed = stored.body[:-40] + bytes([stored.body[-40] ^ 1]) + stored.body[-39:]
    archive.vault.stored[key] = replace(stored, body=changed)

    with pytest.raises(Tampered):
        archive.run_index()
    assert archive.postings.items == {}


def test_a_segment_under_another_name_is_not_indexed() -> None:  # G3
    archive = Archive()
    archive.post(make_post(body_of(make_event())))
    archive.run_archive()
    (key,) = archive.segments()
    archive.vault.stored[SEGMENT] = replace(archive.vault.stored.pop(key), key=SEGMENT)

    with pytest.raises(Tampered, match="of another place"):
        archive.run_index()
