"""Which attributes a CloudEvent must have, and what a sender is told about those at fault."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

from functions.capture.event import check
from functions.errors import Rejected
from tests.functions.strategies import json_values
from tests.make import make_event

PRINTABLE = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=1024)


def pointers(value: Any) -> list[str]:
    with pytest.raises(Rejected) as refused:
        check(value)
    return [fault.pointer for fault in refused.value.faults]


@given(PRINTABLE, PRINTABLE, PRINTABLE)
def test_what_identifies_a_capture_is_read_as_it_stands(event_id: str, source: str, event_type: str) -> None:
    event = check(make_event(id=event_id, source=source, type=event_type))

    assert (event.event_id, event.source, event.event_type) == (event_id, source, event_type)


def test_the_time_of_an_event_is_read() -> None:
    assert check(make_event(time="2026-11-22T17:29:58.5+08:00")).time == datetime(
        2026, 11, 22, 9, 29, 58, 500_000, tzinfo=UTC
    )


@pytest.mark.parametrize("time", [..., None])
def test_an_event_without_a_time_has_none(time: Any) -> None:
    # CloudEvents JSON format 1.0.2 §2.2: an attribute that is null is as good as left out
    assert check(make_event(time=time)).time is None


@given(json_values)
def test_data_is_never_a_reason_to_refuse_an_event(data: Any) -> None:
    assert check(make_event(data=data)).event_id == "msg-1"


@given(st.from_regex(r"[a-z0-9]{1,20}", fullmatch=True), json_values)
def test_an_extension_attribute_is_never_a_reason_to_refuse_an_event(name: str, value: Any) -> None:
    known = {"id", "source", "type", "time", "specversion", "data"}

    if name not in known:
        assert check(make_event(**{name: value})).event_id == "msg-1"


def test_data_may_be_left_out_or_come_as_base64() -> None:
    assert check(make_event(data=...)).event_id == "msg-1"
    assert check(make_event(data=..., data_base64="AAAA")).event_id == "msg-1"


@pytest.mark.parametrize("name", ["id", "source", "type"])
@pytest.mark.parametrize("value", [..., None, "", 5, True, [], {}, "x" * 1025, "a\nb", "a\x00", "a\u200b", "\ud800"])
def test_an_identifying_attribute_at_fault_is_pointed_at(name: str, value: Any) -> None:
    assert pointers(make_event(**{name: value})) == [f"/{name}"]


@pytest.mark.parametrize("value", [..., None, "", "0.3", "1", "1.0.2", 1.0, 1])
def test_another_version_of_cloudevents_is_pointed_at(value: Any) -> None:
    assert pointers(make_event(specversion=value)) == ["/specversion"]


@pytest.mark.parametrize(
    "value", ["", "yesterday", "2026-11-22", "2026-11-22T09:30:00", "2026-11-22T25:30:00Z", 1795339798, True, [], {}]
)
def test_a_time_that_is_no_rfc_3339_time_is_pointed_at(value: Any) -> None:
    assert pointers(make_event(time=value)) == ["/time"]


def test_data_given_twice_is_pointed_at() -> None:
    assert pointers(make_event(data_base64="AAAA")) == ["/data_base64"]


@pytest.mark.parametrize("value", [5, None, {}, []])
def test_binary_data_that_is_no_text_is_pointed_at(value: Any) -> None:
    assert pointers(make_event(data=..., data_base64=value)) == ["/data_base64"]


@pytest.mark.parametrize("name", ["", "Subject", "data-x", "a_b", "ключ", "\ud800", "a b"])
def test_an_attribute_name_that_cloudevents_does_not_have_is_refused_unquoted(name: str) -> None:
    with pytest.raises(Rejected) as refused:
        check(make_event() | {name: 1})

    assert [fault.pointer for fault in refused.value.faults] == [""]
    if name.strip():
        assert name not in refused.value.faults[0].detail


def test_any_number_of_wrong_names_is_one_fault() -> None:
    assert pointers(make_event() | {f"A{at}": at for at in range(100)}) == [""]


@pytest.mark.parametrize("value", [None, 1, "text", [], [1], True, 1.5])
def test_what_is_no_object_is_no_event(value: Any) -> None:
    assert pointers(value) == [""]


def test_every_attribute_at_fault_is_named_at_once() -> None:
    event = {"specversion": "2.0", "time": "now", "data": 1, "data_base64": 2, "X": 3}

    assert pointers(event) == ["/id", "/source", "/type", "/specversion", "/time", "", "/data_base64"]


@given(json_values | st.dictionaries(st.sampled_from(["id", "source", "type", "time", "specversion"]), json_values))
def test_any_value_is_an_event_or_is_refused_with_reasons(value: Any) -> None:
    try:
        event = check(value)
    except Rejected as refused:
        assert refused.faults  # noqa: PT017 - the law is about both ways out
    else:
        assert event.event_id


def test_no_reason_quotes_what_was_sent() -> None:
    planted = "planted\ntext"
    faulty = dict.fromkeys(("id", "source", "type", "time", "specversion", planted), planted)

    with pytest.raises(Rejected) as refused:
        check(make_event() | faulty)

    assert "planted" not in str(refused.value) + repr(refused.value.faults)
