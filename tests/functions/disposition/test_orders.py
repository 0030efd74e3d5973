"""An order is read to the letter, and what is written is read back."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from hypothesis import given, strategies as st

from functions.capture.tokens import IndexKey
from functions.disposition.orders import Order, read_order, write_order
from functions.errors import Rejected
from functions.law.retention import rule_book
from functions.office.act import Act, State
from functions.office.documents import RetentionEvent
from functions.office.orders import digest_of, order
from tests.functions.strategies import moments
from tests.make import INDEX_SECRET, NOW

ORDER = {"format": "fengcun.order.1", "act": "a", "kind": "hold.place", "approved_at": "2026-11-26T12:00:00.000Z"}
TOKENS = st.frozensets(st.binary(min_size=16, max_size=16), max_size=3)
WORDS = st.none() | st.text("abc.", min_size=1, max_size=9)

orders = st.builds(
    Order,
    act=st.text("abc", min_size=1, max_size=9),
    kind=st.text("abc", min_size=1, max_size=9),
    approved_at=moments,
    record=st.none() | st.binary(min_size=24, max_size=24),
    ground=WORDS,
    hold=WORDS,
    event=WORDS,
    at=st.none() | moments,
    custodians=TOKENS,
    conversations=TOKENS,
    sent_from=st.none() | moments,
    sent_until=st.none() | moments,
    matter=st.just("") | st.just("0a" * 16),
    after=st.text("abc", max_size=3),
    again=st.booleans(),
)


@given(orders)
def test_what_is_written_is_read_back(one: Order) -> None:
    assert read_order(write_order(one)) == one


@given(orders, st.text("abc", max_size=3), st.booleans())
def test_what_a_run_adds_to_an_order_makes_it_no_other(one: Order, after: str, again: bool) -> None:  # noqa: FBT001
    assert replace(one, after=after, again=again).digest == one.digest


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"format": "fengcun.order.2"}, "format"),
        ({"approved_at": "yesterday"}, "RFC 3339"),
        ({"at": "1"}, "RFC 3339"),
        ({"record": "ab"}, "record"),
        ({"custodians": ["ann"]}, "custodians.0"),
        ({"act": ""}, "act"),
        ({"why": "x"}, "why"),
    ],
)
def test_what_is_no_order_is_rejected_by_its_key(changed: dict[str, Any], key: str) -> None:
    with pytest.raises(Rejected, match=key):
        read_order(json.dumps(ORDER | changed))


@pytest.mark.parametrize("text", ["", "no JSON", "[]", "null"])
def test_what_is_no_document_is_rejected(text: str) -> None:
    with pytest.raises(Rejected, match="order"):
        read_order(text)


def test_an_order_of_the_office_is_read() -> None:
    read = read_order(json.dumps(ORDER | {"custodians": ["0a" * 16], "sent_from": "2026-01-01T00:00:00Z"}))

    assert read.custodians == {b"\n" * 16}
    assert read.sent_from == datetime(2026, 1, 1, tzinfo=UTC)


DOCUMENTS: dict[str, dict[str, Any]] = {
    "hold.place": {
        "matter": "m",
        "custodians": ["ann", "ann"],
        "conversations": ["room"],
        "sent_from": "2026-01-01T00:00:00.000Z",
    },
    "hold.release": {"hold": "hold-1"},
    "retention.event": {
        "event": "contract_ended",
        "at": "2026-01-01T00:00:00.000Z",
        "custodians": ["ann"],
        "conversations": [],
    },
    "erasure.request": {"record": "ab" * 24, "ground": "unlawful"},
}


KEY = IndexKey(INDEX_SECRET)


def ordered(kind: str) -> str:
    """What the office sends once such an act is approved."""
    act = Act(
        act_id="act-1",
        kind=kind,
        state=State.APPROVED,
        turn=1,
        recorded=True,
        proposer=b"p",
        digest=b"",
        at=NOW,
        open_until=NOW,
        sealed=b"",
    )
    return order(act, DOCUMENTS[kind] | {"id": "act-1", "reason": "a reason"}, KEY)


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_what_the_office_sends_is_what_the_rooms_read(kind: str) -> None:
    read = read_order(ordered(kind))

    assert (read.act, read.kind, read.approved_at) == ("act-1", kind, NOW)
    assert read.custodians <= {KEY.token("participant", "ann")}
    assert read.conversations <= {KEY.token("conversation", "room")}
    assert len(read.custodians) == len(set(DOCUMENTS[kind].get("custodians", ())))


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_an_order_that_was_read_is_the_one_that_the_office_wrote_to_the_byte(kind: str) -> None:
    sent = ordered(kind)
    read = read_order(sent)

    assert write_order(read) == sent
    assert read.digest == digest_of(sent)


def test_every_event_that_the_office_knows_starts_a_clock_of_some_rule() -> None:
    events = set(get_args(RetentionEvent.model_fields["event"].annotation))

    assert events <= {rule.clock for rule in rule_book().rules.values()}
