"""A process may die before or after any effect; the senders, the queue and S3 then do what they always do."""

import base64
import json

import pytest

from functions.canonical import canonical
from tests.archive import Archive, receipts
from tests.fakes import Crash, Fuse
from tests.make import body_of, make_event, make_post

BODY = body_of(make_event("一"), make_event("二", id="msg-2"))


def run_through(archive: Archive) -> str:
    """What the world does until it has its answer: the gateway posts again, the queue delivers again."""
    answer = None
    while answer is None or archive.queue.waiting or set(archive.segments()) - archive.noticed:
        try:
            answer = answer or archive.post(make_post(BODY))
            archive.run()
        except Crash:
            archive.use(Fuse())
    return answer.body


def effects() -> int:
    archive = Archive()
    run_through(archive)
    return archive.fuse.count


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("at", range(1, effects() + 1))
def test_a_death_at_any_step_loses_no_capture_and_shows_each_once(at: int, when: str) -> None:  # G1
    archive = Archive(fuse=Fuse(at, when))

    answer = run_through(archive)

    undisturbed = Archive()
    assert json.loads(run_through(undisturbed))["results"] == json.loads(answer)["results"]
    for result, event in zip(json.loads(answer)["results"], json.loads(BODY), strict=True):
        record = archive.read(result["receipt"]["record_id"])
        assert canonical(json.loads(base64.b64decode(record["capture"]["base64"]))) == canonical(event)


def test_a_segment_that_exists_can_always_be_opened() -> None:  # G1
    for at in range(1, effects() + 1):
        archive = Archive(fuse=Fuse(at))
        try:
            archive.post(make_post(BODY))
            archive.run()
        except Crash:
            pass

        for key in archive.segments():
            assert f"keyrings/{key.rpartition('/')[2]}" in archive.keyrings.stored


def test_a_delivery_that_came_twice_is_queued_once_and_gets_the_same_answer() -> None:  # G6
    archive = Archive()

    first = archive.post(make_post(BODY))
    second = archive.post(make_post(BODY))
    archive.run()

    assert first.body == second.body
    assert archive.queue.sent == 1
    assert archive.read(receipts(first)[0]["record_id"])["copies"] == 1
