"""Any order and any multiplicity of the same deliveries give the same archive."""

import base64
import json
from typing import Any

from hypothesis import given, settings, strategies as st

from tests.archive import Archive, receipts
from tests.make import body_of, make_event, make_post, seconds
from tests.msgaudit import archived, sample, sealed

TEXT = archived(sample("text", msgid="m1", **{"from": "a", "tolist": ["b"]}))
RECALL = archived(
    sample("revoke", msgid="r1", msgtime=1547087899783, revoke={"pre_msgid": "m1"}, **{"from": "a", "tolist": ["b"]})
)
DATA: dict[str, Any] = {"conversation": {"id": "room-1"}, "sender": {"id": "account-1"}, "recalls": "msg-1"}
DELIVERIES = [
    ("d-1", [TEXT]),
    ("d-2", [RECALL]),
    ("d-3", [TEXT, archived(sample("chatrecord")), archived(sample("switch"))]),
    ("d-4", [make_event()]),
    ("d-5", [make_event(id="msg-2", type="cn.wechat.recall", data=DATA)]),
    (
        "d-6",
        [
            archived(sealed(), data=sealed(), time="2026-11-22T09:00:00Z"),
            make_event(id="x-1", type="com.example.unknown"),
        ],
    ),
]
STEPS = st.sampled_from([*range(len(DELIVERIES)), "archive", "index"])


def play(steps: list[Any]) -> dict[str, tuple[bytes, Any, Any]]:
    """What can be read at the end, by record id: the capture, what it was understood as, its links."""
    archive, ids = Archive(), set()
    for step in [*steps, "archive", "index"]:
        archive.now += seconds(1)
        if step == "archive":
            archive.run_archive()
        elif step == "index":
            archive.run_index()
        else:
            name, events = DELIVERIES[step]
            answer = archive.post(make_post(body_of(*events), webhook_id=name, at=archive.now))
            ids |= {one["record_id"] for one in receipts(answer)}
    return {record_id: shown(archive.read(record_id)) for record_id in ids}


def shown(record: dict[str, Any]) -> tuple[bytes, Any, Any]:
    told = {"kind", "flags", "participants", "conversation", "sent_at", "event_id", "message_id", "refers_to", "media"}
    envelope = {name: value for name, value in record["envelope"].items() if name in told}
    return base64.b64decode(record["capture"]["base64"]), envelope, record["links"]


IN_ORDER = play(list(range(len(DELIVERIES))))


@settings(max_examples=40, deadline=None)
@given(st.permutations(range(len(DELIVERIES))), st.lists(STEPS, max_size=12), st.randoms(use_true_random=False))
def test_any_order_and_any_multiplicity_of_the_same_deliveries_give_the_same_archive(  # G6
    every: list[int], again: list[Any], chance: Any
) -> None:
    steps: list[Any] = [*every, *again]
    chance.shuffle(steps)

    assert play(steps) == IN_ORDER


def test_every_capture_is_there_once_and_both_recalls_are_linked() -> None:
    captures = [json.loads(capture)["id"] for capture, _, _ in IN_ORDER.values()]
    linked = [told["event_id"] for _, told, links in IN_ORDER.values() if links["recalls"] or links["recalled_by"]]

    assert sorted(captures) == sorted({event["id"] for _, events in DELIVERIES for event in events})
    assert sorted(linked) == ["m1", "msg-1", "msg-2", "r1"]
