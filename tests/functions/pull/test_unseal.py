"""Messages that were kept sealed are opened when their key is there, and stand beside the sealed ones."""

import base64
import json
from typing import Any

import pytest

from functions.errors import Rejected, TryLater
from functions.pull.unseal import MOST, Order, Orders, Unsealed, read_orders, unseal
from tests.corp import CORP_ID, message
from tests.fakes import Crash, Fuse
from tests.firm import Firm, data_of
from tests.make import body_of, make_event, make_post

RECORD_ID = "ab" * 24


def order(record: dict[str, Any]) -> Order:
    return Order(record_id=record["record_id"], capture=base64.b64decode(record["capture"]["base64"]).decode())


def ordered(capture: Any) -> Orders:
    return Orders(unseal=(Order(record_id=RECORD_ID, capture=json.dumps(capture)),))


def sealed_by_a_lost_key(firm: Firm, *seqs: int) -> list[dict[str, Any]]:
    for seq in seqs:
        firm.corp.say(seq, version=2)
    firm.pull()
    return firm.records()


def test_a_sealed_message_is_opened_once_its_key_is_there_and_both_name_each_other(firm: Firm) -> None:
    (sealed,) = sealed_by_a_lost_key(firm, 1)
    firm.corp.versions = (1, 2)

    outcome = unseal(Orders(unseal=(order(sealed),)), firm.world())
    before, after = sorted(firm.records(), key=lambda one: "msg" in data_of(one))

    assert (outcome.opened, outcome.left) == ([sealed["record_id"]], {})
    assert data_of(after)["msg"] == message(1)
    assert before["record_id"] == sealed["record_id"]
    assert before["links"]["opened_by"] == [after["record_id"]]
    assert after["links"]["opens"] == [before["record_id"]]
    assert (before["envelope"]["flags"], after["envelope"]["flags"]) == (["sealed", "not_inspected"], [])


def test_one_that_a_gateway_delivered_is_opened_as_well(firm: Firm) -> None:
    firm.corp.say(1, version=2)
    entry = {"corpid": CORP_ID, **firm.corp.chat[0][0]}
    event = make_event(id="e1", type="com.tencent.wecom.chatarchive", data=entry)
    firm.archive.post(make_post(body_of(event)))
    firm.corp.versions = (2,)

    outcome = unseal(Orders(unseal=(Order(record_id=RECORD_ID, capture=json.dumps(event)),)), firm.world())

    assert outcome == Unsealed(opened=[RECORD_ID])
    assert [data_of(one)["msg"] for one in firm.records()] == [message(1)]


def test_what_cannot_be_opened_says_why_and_keeps_nothing_else_from_it(firm: Firm) -> None:
    sealed = sealed_by_a_lost_key(firm, 1, 2, 3)
    firm.corp.versions = (2,)
    firm.corp.chat[1][3] = "10008"

    outcome = unseal(Orders(unseal=tuple(map(order, sealed))), firm.world())

    assert outcome.left == {sealed[1]["record_id"]: "10008"}
    assert outcome.opened == [sealed[0]["record_id"], sealed[2]["record_id"]]


def test_a_key_that_is_still_not_there_leaves_it_sealed(firm: Firm) -> None:
    (sealed,) = sealed_by_a_lost_key(firm, 1)

    assert unseal(Orders(unseal=(order(sealed),)), firm.world()).left == {sealed["record_id"]: "no key 2"}
    assert len(firm.records()) == 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("{}", "not sealed"),
        ({"encrypt_random_key": "a", "encrypt_chat_msg": "b", "corpid": "wwother", "seq": 1}, "of another corp"),
        ({"encrypt_random_key": "a", "encrypt_chat_msg": "b"}, "no seq"),
        ({"encrypt_random_key": "a", "encrypt_chat_msg": "b", "seq": "first"}, "no seq"),
    ],
)
def test_what_is_no_message_of_ours_is_not_tried(firm: Firm, data: Any, reason: str) -> None:
    assert unseal(ordered({"data": data}), firm.world()).left == {RECORD_ID: reason}


def test_what_is_no_event_is_not_tried(firm: Firm) -> None:
    assert unseal(ordered([]), firm.world()).left == {RECORD_ID: "not sealed"}


def test_asking_again_changes_nothing_whatever_died_in_between(firm: Firm) -> None:
    (sealed,) = sealed_by_a_lost_key(firm, 1)
    firm.corp.versions = (1, 2)
    orders = Orders(unseal=(order(sealed),))
    for effects in range(9):
        firm.use(Fuse(effects))
        try:
            unseal(orders, firm.world())
        except (Crash, TryLater):
            continue
    firm.use(Fuse())

    unseal(orders, firm.world())

    assert len(firm.records()) == 2


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({"unseal": []}, "unseal"),
        ({"unseal": [{"record_id": "x", "capture": "secret"}]}, "unseal.0.record_id"),
        ({"unseal": [{"record_id": RECORD_ID}]}, "unseal.0.capture"),
        ({"unseal": [{"record_id": RECORD_ID, "capture": "secret"}] * (MOST + 1)}, "unseal"),
    ],
)
def test_an_order_of_another_shape_is_refused_by_field_and_not_quoted(event: dict[str, Any], field: str) -> None:
    with pytest.raises(Rejected) as refused:
        read_orders(event)

    assert str(refused.value).startswith(f"{field}: ")
    assert "secret" not in str(refused.value)
