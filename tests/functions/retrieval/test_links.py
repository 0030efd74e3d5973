"""A recall and what it takes back are found from either side, whichever came first; neither hides the other."""

import json
from dataclasses import replace
from typing import Any

import pytest

from functions.archive.store import put_segment
from functions.errors import Tampered
from functions.retrieval.links import MOST_OPENED
from functions.segment.keyring import ERASED
from tests.archive import Archive, receipts
from tests.functions.archive.deciding import kept
from tests.golden.make import delivery
from tests.make import NOW, body_of, make_event, make_post, seconds
from tests.msgaudit import archived, sample

NONE = {"recalls": [], "recalled_by": [], "opens": [], "opened_by": [], "complete": True}


def message(**changed: Any) -> dict[str, Any]:
    return archived(sample("text", **{"msgid": "m1", "from": "a", "tolist": ["b"], **changed}))


def revoke(**changed: Any) -> dict[str, Any]:
    fields = {"msgid": "r1", "from": "a", "tolist": ["b"], "msgtime": 1547087899783, "revoke": {"pre_msgid": "m1"}}
    return archived(sample("revoke", **{**fields, **changed}))


def native(**changed: Any) -> dict[str, Any]:
    """A recall as a gateway of another kind sends it."""
    data = {"conversation": {"id": "room-1"}, "sender": {"id": "account-1"}, "recalls": "msg-1"}
    return make_event(**{"id": "msg-2", "type": "cn.wechat.recall", "data": data, **changed})


def deliver(archive: Archive, *events: Any) -> list[str]:
    """Each in a delivery and a segment of its own; the record ids."""
    ids = []
    for event in events:
        name = f"d-{archive.queue.sent}"
        ids += [one["record_id"] for one in receipts(archive.post(make_post(body_of(event), webhook_id=name)))]
        archive.run()
    return ids


def linked(archive: Archive, record_id: str) -> Any:
    return archive.read(record_id)["links"]


@pytest.mark.parametrize("events", [(message(), revoke()), (make_event(), native())])
@pytest.mark.parametrize("turned", [1, -1])
def test_whichever_comes_first_both_name_each_other(events: tuple[Any, Any], turned: int) -> None:
    archive = Archive()
    ids = deliver(archive, *events[::turned])
    original, recall = ids[::turned]

    assert linked(archive, original) == {**NONE, "recalled_by": [recall]}
    assert linked(archive, recall) == {**NONE, "recalls": [original]}


def test_a_gateway_that_names_its_events_otherwise_is_linked_by_the_messages_own_ids() -> None:
    archive = Archive()
    other = {**message(msgid="m2"), "id": "event-0"}
    _, original, recall = deliver(archive, other, {**message(), "id": "event-1"}, {**revoke(), "id": "event-2"})

    assert linked(archive, original) == {**NONE, "recalled_by": [recall]}
    assert linked(archive, recall) == {**NONE, "recalls": [original]}


def test_a_record_that_was_stored_twice_is_one_link() -> None:
    archive = Archive()
    ids = deliver(archive, message(), revoke(), message(), revoke())

    assert ids[:2] == ids[2:]
    assert linked(archive, ids[0]) == {**NONE, "recalled_by": [ids[1]]}
    assert linked(archive, ids[1]) == {**NONE, "recalls": [ids[0]]}


@pytest.mark.parametrize(
    "recall",
    [
        revoke(revoke={"pre_msgid": "never archived"}),
        revoke(tolist=["c"]),
        revoke(tolist=[]),
        revoke(revoke={}),
        revoke(msgtime=1547087894783 + 40 * 86_400_000),
        {**revoke(revoke={"pre_msgid": "never archived"}), "time": "0001-01-01T00:00:00Z"},
        {**revoke(revoke={"pre_msgid": "never archived"}), "time": "9999-12-31T23:59:59Z"},
    ],
)
def test_a_recall_whose_original_is_not_found_names_none(recall: dict[str, Any]) -> None:
    archive = Archive()
    _, recalling = deliver(archive, message(), recall)

    assert linked(archive, recalling) == NONE


def test_a_late_recall_is_found_from_its_original_however_late_it_is() -> None:
    archive = Archive()
    original, recall = deliver(archive, message(), revoke(msgtime=1547087894783 + 400 * 86_400_000))

    assert linked(archive, original) == {**NONE, "recalled_by": [recall]}


def test_the_same_id_in_another_conversation_is_another_message() -> None:
    archive = Archive()
    original, _ = deliver(archive, message(), revoke(tolist=["c"]))

    assert linked(archive, original) == NONE


def test_a_callback_without_any_id_has_no_links() -> None:
    archive = Archive()
    (record_id,) = deliver(archive, make_event(type="com.example.other"))

    assert linked(archive, record_id) == NONE


def test_no_more_records_are_opened_than_the_bound_and_that_is_said() -> None:
    archive = Archive()
    batch = body_of(*(message(msgid=f"m{n}", msgtime=1547087000000 + n) for n in range(10, 11 + MOST_OPENED)))
    archive.post(make_post(batch, webhook_id="batch"))
    (recall,) = deliver(archive, revoke())

    assert linked(archive, recall) == {**NONE, "complete": False}


def test_a_recall_that_was_erased_or_altered_does_not_hide_its_original_and_is_missed() -> None:
    for spoil in (erase, alter):
        archive = Archive()
        original, _ = deliver(archive, message(), revoke())
        spoil(archive)

        assert linked(archive, original) == {**NONE, "complete": False}


def erase(archive: Archive) -> None:
    key, stored = list(archive.keyrings.stored.items())[-1]
    archive.keyrings.stored[key] = replace(stored, body=stored.body[: -len(ERASED)] + ERASED)


def alter(archive: Archive) -> None:
    key = archive.segments()[-1]
    stored = archive.vault.stored[key]
    middle = len(stored.body) // 2
    archive.vault.stored[key] = replace(
        stored, body=stored.body[:middle] + bytes([stored.body[middle] ^ 1]) + stored.body[middle + 1 :]
    )


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"digest": b"another!"}, "the frame holds another record"),
        ({"tokens": (b"another record's",)}, "the frame holds another record"),
        ({"package": b"\0\0\0\x56" + json.dumps({"record_id": "ab" * 24, "parts": []}).encode()}, "no capture"),
    ],
)
def test_a_frame_that_does_not_say_what_the_index_says_is_refused(changed: dict[str, Any], sentence: str) -> None:
    archive = Archive()
    (record_id,) = deliver(archive, message())
    forged = forge(archive, changed)

    with pytest.raises(Tampered, match=sentence):
        archive.read(forged)
    assert record_id != forged


def forge(archive: Archive, changed: dict[str, Any]) -> str:
    """A record whose directory entry and frame disagree; the id by which it would be found."""
    made = kept(delivery(), policy=archive.policy())
    if "package" in changed:
        changed = {**changed, "digest": bytes.fromhex("ab" * 8), "tokens": (bytes.fromhex("ab" * 16),)}
        changed["package"] = len(changed["package"][4:]).to_bytes(4) + changed["package"][4:]
    plain = replace(made.plain, **changed)
    put_segment(archive.store(), made.klass, [replace(made, plain=plain)], now=NOW + seconds(1))
    archive.run_index()
    return (plain.tokens[0] + plain.digest).hex()
