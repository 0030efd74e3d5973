"""Canonical JSON and written moments."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, strategies as st

from functions.canonical import canonical, canonical_with, epoch_ms, from_epoch_ms, lp, moment_text, parse_moment
from tests.functions.strategies import canonical_values, moments, moments_between

OFFSETS = st.integers(min_value=-(24 * 60 - 1), max_value=24 * 60 - 1)


@given(canonical_values)
def test_canonical_json_says_what_was_said(value: Any) -> None:
    assert json.loads(canonical(value)) == value


@given(canonical_values)
def test_canonical_json_written_again_is_the_same_bytes(value: Any) -> None:
    once = canonical(value)

    assert canonical(json.loads(once)) == once


@given(st.dictionaries(st.text(st.characters(max_codepoint=0x7F)), st.integers(0, 9)))
def test_the_order_in_which_keys_were_set_does_not_show(value: dict[str, int]) -> None:
    backwards = dict(reversed(value.items()))

    assert canonical(value) == canonical(backwards)
    assert list(json.loads(canonical(value))) == sorted(value)


def test_canonical_json_is_spelt_as_rfc_8785_spells_it() -> None:
    # §3.2.2.2: two-character escapes where JSON has them, \u00xx in lowercase for other controls, nothing else escaped
    value = {"b": '\b\t\n\f\r"\\\x00\x1f\x7f/', "a": ["€", "\U0001f600", True, None, -0, 9007199254740991]}

    assert canonical(value).decode() == (
        '{"a":["€","\U0001f600",true,null,0,9007199254740991],"b":"\\b\\t\\n\\f\\r\\"\\\\\\u0000\\u001f\x7f/"}'
    )


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        2**53,
        -(2**53),
        b"bytes",
        {1, 2},
        "\ud800",
        {"\ud800": 1},
        {"ключ": 1},
        {1: 1},
        {None: 1},
        [[[0.5]]],
        {"a": [{"b": 2**53}]},
        {"a": [{"b": {"ß": 1}}]},
    ],
    ids=repr,
)
def test_what_two_readers_could_read_differently_is_not_written(value: Any) -> None:
    with pytest.raises(ValueError, match=r"canonical|surrogates"):
        canonical(value)


@given(st.lists(st.binary()), st.lists(st.binary()))
def test_joined_values_with_their_lengths_are_never_ambiguous(one: list[bytes], other: list[bytes]) -> None:
    assert (b"".join(map(lp, one)) == b"".join(map(lp, other))) == (one == other)


@given(moments)
def test_a_moment_that_is_written_is_read_back(moment: datetime) -> None:
    assert parse_moment(moment_text(moment)) == moment


@given(moments)
def test_unix_milliseconds_are_exact_in_both_directions(moment: datetime) -> None:
    assert from_epoch_ms(epoch_ms(moment)) == moment


@given(moments, moments)
def test_unix_milliseconds_are_in_the_order_of_the_moments(one: datetime, other: datetime) -> None:
    assert (epoch_ms(one) < epoch_ms(other)) == (one < other)


@given(moments_between(datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)), OFFSETS)
def test_a_moment_in_any_time_zone_is_the_same_moment(moment: datetime, minutes: int) -> None:
    local = moment.replace(microsecond=0).astimezone(timezone(timedelta(minutes=minutes)))

    assert parse_moment(local.isoformat()) == moment.replace(microsecond=0)
    assert moment_text(local) == moment_text(moment.replace(microsecond=0))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.520Z"),  # RFC 3339 §5.8, this and the next four
        ("1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57.000Z"),
        ("1990-12-31T23:59:60Z", "1990-12-31T23:59:59.000Z"),
        ("1990-12-31T15:59:60-08:00", "1990-12-31T23:59:59.000Z"),
        ("1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.870Z"),
        ("2026-11-22t09:30:00.123456789z", "2026-11-22T09:30:00.123Z"),
        ("2026-11-22T09:30:00.9999-00:00", "2026-11-22T09:30:00.999Z"),
        ("2024-02-29T23:59:59+08:00", "2024-02-29T15:59:59.000Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"),
        ("2026-11-22T00:00:00+23:59", "2026-11-21T00:01:00.000Z"),
        ("2026-11-22T00:00:00-23:59", "2026-11-22T23:59:00.000Z"),
    ],
)
def test_an_rfc_3339_time_is_read(text: str, expected: str) -> None:
    assert moment_text(parse_moment(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-22",
        "2026-11-22T09:30:00",
        "2026-11-22 09:30:00Z",
        "2026-11-22T09:30Z",
        "2026-11-22T09:30:00.Z",
        "2026-11-22T09:30:00+0800",
        "2026-11-22T09:30:00+24:00",
        "2026-11-22T09:30:00+08:60",
        "2026-11-22T24:00:00Z",
        "2026-11-22T09:60:00Z",
        "2026-11-22T09:30:61Z",
        "2026-11-22T09:30:99Z",
        "2026-02-29T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "20261122T093000Z",
        "２０２６-11-22T09:30:00Z",
        "2026-11-22T09:30:00Z\n",
    ],
)
def test_a_time_that_rfc_3339_does_not_have_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_moment(text)


@given(st.text() | st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d*)?(Z|[+-]\d\d:\d\d)"))
def test_reading_a_time_ends_in_a_moment_or_in_one_kind_of_error(text: str) -> None:
    try:
        moment = parse_moment(text)
    except ValueError:
        return
    assert parse_moment(moment_text(moment)) == moment


@pytest.mark.parametrize("milliseconds", [-62_135_596_800_001, 253_402_300_800_000, 2**63, -(2**63), 10**30])
def test_milliseconds_beyond_the_calendar_are_refused(milliseconds: int) -> None:
    with pytest.raises(ValueError, match="year"):
        from_epoch_ms(milliseconds)


@given(st.dictionaries(st.text('abdxyz"\\:', max_size=3), canonical_values, max_size=4), canonical_values)
def test_a_member_that_is_written_already_gives_the_same_bytes(value: dict[str, Any], member: Any) -> None:
    whole = canonical({**value, "member": member})

    assert canonical_with(value, "member", canonical(member)) == whole


def test_a_text_that_looks_like_the_member_is_none() -> None:
    assert canonical_with({"a": '","m":null,"'}, "m", b"1") == b'{"a":"\\",\\"m\\":null,\\"","m":1}'


def test_a_name_that_stands_elsewhere_too_is_refused() -> None:
    with pytest.raises(ValueError, match="more than one member is called 'm'"):
        canonical_with({"a": {"m": 1}}, "m", b"1")
