"""An identifier in pieces is found in the messages of one delivery that hold them."""

import json
from dataclasses import replace
from typing import Any

from functions.archive.across import across
from functions.archive.draft import Draft
from functions.capture.capture import Delivery, Flag
from tests.functions.archive.deciding import drafted, make_policy
from tests.functions.builders import make_delivery, make_item
from tests.make import NOW, make_event, seconds


def say(text: str, *, after: int = 0, **changed: Any) -> Draft:
    capture = json.dumps(make_event(data=make_event(text)["data"] | changed), ensure_ascii=False).encode()
    item = make_item(capture, sent_at=NOW + seconds(after))
    return drafted(deliver(capture, items=(item,)))


def deliver(capture: bytes, **changed: Any) -> Delivery:
    return make_delivery(capture, **changed)


def kinds(drafts: list[Draft]) -> list[dict[str, int]]:
    return [dict(one.seen.found.kinds) for one in drafts]


def test_a_number_in_two_messages_is_found_in_both_with_its_place_in_each() -> None:
    first, second = say("我的身份证 110105194912"), say("31002X", after=5)

    one, two = across([first, second])

    assert kinds([first, second]) == [{}, {}]
    assert kinds([one, two]) == [{"resident_id": 1}, {"resident_id": 1}]
    assert [(found.field, found.start, found.end) for found in one.seen.findings] == [(0, 6, 18)]
    assert Flag.HAS_FINDINGS in one.flags & two.flags
    assert one.seen.sensitive


def test_pieces_of_others_or_from_another_time_or_conversation_are_not_put_together() -> None:
    first = say("我的身份证 110105194912")
    others = [
        say("31002X", after=3600),
        say("31002X", after=5, sender={"id": "account-9"}),
        say("31002X", after=5, conversation={"id": "room-9"}),
        say("31002X", after=5, conversation={"id": "room-1", "private": True}),
    ]

    for other in others:
        assert kinds(across([first, other]))[0] == {}


def test_what_names_nobody_or_is_alone_is_left_as_it_is() -> None:
    alone = say("110105194912")
    nobody = replace(drafted(make_delivery(b"{}"), make_policy()), accounts=())

    assert across([alone]) == [alone]
    assert across([nobody, nobody]) == [nobody, nobody]
