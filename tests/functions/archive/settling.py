"""Deliveries that a room gets, and what it does with those that wait."""

import json
from typing import Any

from functions.archive.batch import Outcome
from functions.capture.capture import Delivery
from functions.runtime import Message
from tests.functions.archive.deciding import ON_CONSENT
from tests.functions.archive.room import Room
from tests.functions.builders import INDEX_KEY, make_delivery, make_item
from tests.make import make_event

MARKED = "机密★20年 会议纪要"
RECORD = "ab" * 24
ASKING = {"other": ON_CONSENT, "unanswered": "hold_back", "hold_days": 7, "after_hold": "drop"}
SENDER, RECIPIENT = (INDEX_KEY.token("participant", one) for one in ("account-1", "account-2"))
DAY = 86_400


def deliver(text: str = "您好", *, record_id: str = RECORD, private: bool = False, **changed: Any) -> Delivery:
    data = make_event(text)["data"]
    data["conversation"]["private"] = private
    capture = json.dumps(make_event(data=data), ensure_ascii=False).encode()
    return make_delivery(capture, items=(make_item(capture, record_id=record_id),), **changed)


def answer(person: str, state: str = "granted", **changed: Any) -> Delivery:
    event = make_event(
        type="cn.wechat.consent", data={"person": {"id": person}, "state": state, "purpose": "archive", **changed}
    )
    capture = json.dumps(event).encode()
    record_id = INDEX_KEY.token("test", f"{person}{state}{changed}").hex() + "00" * 8
    return make_delivery(capture, items=(make_item(capture, event_type="cn.wechat.consent", record_id=record_id),))


def again(room: Room) -> Outcome:
    """Whatever stands in the room's own queue."""
    waiting = [Message(one, body) for one, body in room.queue.waiting.items()]
    room.queue.waiting.clear()
    return room.take(*waiting)
