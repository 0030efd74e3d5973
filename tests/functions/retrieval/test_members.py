"""Who was in a conversation when: from records about members, and from the messages near a moment."""

import base64
from datetime import timedelta
from typing import Any

import pytest

from functions.canonical import moment_text
from functions.errors import Rejected
from functions.retrieval import members
from functions.retrieval.answers import Memberships
from functions.retrieval.members import MOST_CHANGES, of_account, of_conversation, parse_question
from functions.retrieval.opening import Search
from functions.wechat.crypto import Credentials
from tests.archive import Archive
from tests.callbacks import CORP, DATA, published
from tests.functions.retrieval.test_links import deliver
from tests.make import NOW, body_of, make_event, make_post
from tests.wecom import CANARY_AES_KEY, CANARY_TOKEN

HOUR = timedelta(hours=1)


def change(name: str, hours: int, *, conversation: str = "room-1", **accounts: list[str]) -> dict[str, Any]:
    data = {"conversation": {"id": conversation}} | {
        what: [{"id": one} for one in ids] for what, ids in accounts.items()
    }
    return make_event(id=name, type="cn.wechat.membership", time=moment_text(NOW + hours * HOUR), data=data)


def search(archive: Archive) -> Search:
    return Search(postings=archive.postings, key=archive.key, world=archive.reading())


def told(answer: Memberships) -> list[tuple[str, str | None, str | None]]:
    return [(one["account"], one["since"], one["until"]) for one in answer["stays"]]


def hour(hours: int) -> str:
    return moment_text(NOW + hours * HOUR)


@pytest.mark.parametrize("turned", [1, -1])
def test_the_stays_are_those_that_the_records_tell_in_whatever_order(turned: int) -> None:
    archive = Archive()
    deliver(archive, *[change("m1", -9, joined=["a", "b"]), change("m2", -5, left=["a"])][::turned])

    answer = of_conversation("room-1", None, search(archive))

    assert told(answer) == [("a", hour(-9), hour(-5)), ("b", hour(-9), None)]
    assert answer["complete"]


def test_a_moment_leaves_those_who_were_there_and_names_the_nearest_messages() -> None:
    archive = Archive()
    sent = [make_event(str(at), id=f"t{at}", time=hour(at)) for at in (-8, -7, -3, -1)]
    ids = deliver(archive, change("m1", -9, joined=["a", "b"]), change("m2", -5, left=["a"]), *sent)

    answer = of_conversation("room-1", NOW - 4 * HOUR, search(archive))

    assert told(answer) == [("b", hour(-9), None)]
    assert [one["record_id"] for one in answer["witnesses"]] == [ids[3], ids[4]]
    assert answer["witnesses"][0]["accounts"] == ["account-1", "account-2"]


def test_a_group_that_was_dissolved_is_left_by_everybody() -> None:
    credentials = Credentials(
        tokens=(CANARY_TOKEN,), keys=(base64.b64decode(f"{CANARY_AES_KEY}="),), receive_ids=frozenset({CORP})
    )
    archive = Archive(wecom_endpoints={"wecom": credentials})
    deliver(archive, change("m1", -9, conversation="CHAT_ID", joined=["a"]) | {"time": "2014-06-01T00:00:00.000Z"})

    archive.post(published(DATA / "callbacks" / "wecom.external_chat.dismiss.xml").request)
    archive.run()

    dissolved_at = "2014-06-24T11:48:33.000Z"  # as the published callback says
    assert told(of_conversation("CHAT_ID", None, search(archive))) == [("a", "2014-06-01T00:00:00.000Z", dissolved_at)]


def test_an_account_is_found_wherever_it_was() -> None:
    archive = Archive()
    deliver(
        archive,
        change("m1", -9, joined=["a", "b"]),
        change("m2", -8, conversation="room-2", joined=["a"]),
        change("m3", -7, conversation="room-3", joined=["b"]),
    )

    answer = of_account("a", search(archive))

    assert [(one["conversation"], one["since"]) for one in answer["stays"]] == [
        ("room-1", hour(-9)),
        ("room-2", hour(-8)),
    ]
    assert answer["witnesses"] == []


def test_of_a_conversation_nobody_knows_there_is_nothing() -> None:
    assert of_conversation("room-9", NOW, search(Archive())) == {"stays": [], "witnesses": [], "complete": True}


def test_more_records_than_are_opened_are_said_to_be_more() -> None:
    archive = Archive()
    events = [change(f"m{at}", -at, joined=[f"a{at}"]) for at in range(1, MOST_CHANGES + 2)]
    archive.post(make_post(body_of(*events)))
    archive.run()

    answer = of_conversation("room-1", None, search(archive))

    assert (len(answer["stays"]), answer["complete"]) == (MOST_CHANGES, False)


def test_more_conversations_than_are_looked_into_are_said_to_be_more() -> None:
    archive = Archive()
    rooms = [
        change(f"m{at}", -1, conversation=f"room-{at}", joined=["a"]) for at in range(members.MOST_CONVERSATIONS + 1)
    ]
    archive.post(make_post(body_of(*rooms)))
    archive.run()

    answer = of_account("a", search(archive))

    assert (len(answer["stays"]), answer["complete"]) == (members.MOST_CONVERSATIONS, False)


def test_a_record_that_a_capture_repeats_is_one() -> None:
    archive = Archive()
    event = change("m1", -9, joined=["a"])
    ids = deliver(archive, event, event)

    assert of_conversation("room-1", None, search(archive))["stays"][0]["records"] == [ids[0]]


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ((None, None, None), "conversation"),
        (("c", "a", None), "conversation"),
        ((None, "a", hour(0)), "at"),
        (("c", None, "yesterday"), "at"),
    ],
)
def test_what_is_no_question_says_where(asked: tuple[str | None, str | None, str | None], pointer: str) -> None:
    with pytest.raises(Rejected) as refused:
        parse_question(*asked)

    assert [fault.pointer for fault in refused.value.faults] == [pointer]


def test_an_offset_that_was_decoded_as_a_form_is_understood() -> None:
    assert parse_question("c", None, "2026-11-22T17:30:00 08:00")[1] == parse_question("c", None, hour(0))[1]
