"""An order is read to the letter, and what is written is read back."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

from functions.disposition.orders import Order, read_order, write_order
from functions.errors import Rejected
from tests.functions.strategies import moments

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
def test_what_is_written_is_read_back(order: Order) -> None:
    assert read_order(write_order(order)) == order


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
    order = read_order(json.dumps(ORDER | {"custodians": ["0a" * 16], "sent_from": "2026-01-01T00:00:00Z"}))

    assert order.custodians == {b"\n" * 16}
    assert order.sent_from == datetime(2026, 1, 1, tzinfo=UTC)
