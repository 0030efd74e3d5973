"""Keyed names, against the format page: HMAC-SHA256 over a label and values with their lengths."""

import hashlib
import hmac
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import assume, given, strategies as st

from functions.capture.tokens import MOST_NAMES, NO_EVENT, IndexKey, Names, arrival, endpoint_name, record_digest
from tests.functions.strategies import moments, texts

KEY = IndexKey(b"an index key")
SENT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def mac(*parts: bytes) -> bytes:
    return hmac.new(b"an index key", b"".join(parts), hashlib.sha256).digest()


def with_length(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value


@given(texts, texts)
def test_a_token_is_the_one_the_format_page_describes(kind: str, value: str) -> None:
    expected = mac(b"fengcun/token", with_length(kind.encode()), with_length(value.encode()))[:16]

    assert KEY.token(kind, value) == expected


def test_a_record_id_is_the_one_the_format_page_describes() -> None:
    hour = with_length(b"gateway/one\x002026-11-22T09")
    where = mac(b"fengcun/token", with_length(b"arrival"), hour)[:16]
    names = with_length(b"gateway/one") + with_length(b"//source") + with_length(b"m-1")
    which = mac(b"fengcun/record", names, b"{capture}")[:8]

    made = KEY.record_id(endpoint="gateway/one", source="//source", event_id="m-1", sent_at=SENT, capture=b"{capture}")
    assert made == (where + which).hex()
    assert (arrival(made), record_digest(made)) == (where, which)


def test_an_event_digest_is_the_one_the_format_page_describes() -> None:
    expected = mac(b"fengcun/event", with_length(b"gateway/one"), with_length(b"m-1"))[:8]

    assert KEY.event_digest(endpoint="gateway/one", event_id="m-1") == expected
    assert KEY.event_digest(endpoint="gateway/one", event_id="") == NO_EVENT == bytes(8)


def test_claims_and_bodies_are_named_as_the_format_page_describes() -> None:
    assert KEY.claim("gateway/one", b"d-1") == mac(b"fengcun/claim", with_length(b"gateway/one"), with_length(b"d-1"))
    assert KEY.body(b"{}") == mac(b"fengcun/body", b"{}")


@given(st.lists(st.tuples(texts, texts), unique=True, max_size=20))
def test_no_two_names_share_a_token(names: list[tuple[str, str]]) -> None:
    assert len({KEY.token(kind, value) for kind, value in names}) == len(names)


@given(texts, texts)
def test_another_key_names_everything_otherwise(kind: str, value: str) -> None:
    assert IndexKey(b"another key").token(kind, value) != KEY.token(kind, value)


@given(moments, st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=1)))
def test_one_hour_has_one_arrival_token_and_another_hour_another(moment: datetime, later: timedelta) -> None:
    start = moment.replace(minute=0, second=0, microsecond=0)
    assume(start.date() < date.max)
    other = start + later

    same_hour = later < timedelta(hours=1)
    assert (KEY.arrival("gateway/one", start) == KEY.arrival("gateway/one", other)) == same_hour


def test_an_arrival_does_not_depend_on_the_time_zone_it_is_told_in() -> None:
    beijing = SENT.astimezone(timezone(timedelta(hours=8)))

    assert KEY.arrival("gateway/one", SENT) == KEY.arrival("gateway/one", beijing)


def test_the_hour_of_an_early_year_is_written_with_four_digits() -> None:
    moment = datetime(1, 1, 1, 5, tzinfo=UTC)

    assert KEY.arrival("gateway/one", moment) == KEY.token("arrival", "gateway/one\x000001-01-01T05")


@pytest.mark.parametrize("changed", ["endpoint", "source", "event_id", "capture"])
def test_each_part_of_a_capture_changes_its_record_id(changed: str) -> None:
    first = {"endpoint": "e", "source": "s", "event_id": "i", "capture": "c"}
    other = {**first, changed: "x"}

    ids = {
        KEY.record_id(
            endpoint=one["endpoint"],
            source=one["source"],
            event_id=one["event_id"],
            sent_at=SENT,
            capture=one["capture"].encode(),
        )
        for one in (first, other)
    }
    assert len(ids) == 2


def test_a_boundary_between_names_cannot_be_moved() -> None:
    digests = {
        KEY.digest(endpoint=endpoint, source=source, event_id=event_id, capture=capture)
        for endpoint, source, event_id, capture in (
            ("ab", "c", "d", b"e"),
            ("a", "bc", "d", b"e"),
            ("a", "b", "cd", b"e"),
            ("a", "b", "c", b"de"),
        )
    }
    assert len(digests) == 4


@given(st.lists(st.tuples(texts, texts), max_size=10))
def test_remembered_names_are_the_same_as_fresh_ones(names: list[tuple[str, str]]) -> None:
    remembered = Names(KEY)

    for kind, value in names * 2:
        assert remembered.token(kind, value) == KEY.token(kind, value)


def test_no_more_names_are_remembered_than_memory_bears() -> None:
    remembered = Names(KEY)
    for at in range(MOST_NAMES + 1):
        remembered.token("participant", f"{at}")

    assert remembered.token("participant", "0") == KEY.token("participant", "0")


def test_a_gateway_and_a_wecom_endpoint_of_the_same_name_are_two() -> None:
    assert endpoint_name("gateway", "one") != endpoint_name("wecom", "one")


def test_the_key_does_not_show_when_it_is_printed() -> None:
    assert "index key" not in repr(KEY)
