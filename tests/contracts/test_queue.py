"""The capture queue: what intake sends waits there, as it was sent."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from functions.intake.accept import LARGEST_MESSAGE_BYTES, Queue
from functions.intake.aws import SqsQueue
from tests.fakes import MemoryQueue

LARGEST_BODY = json.dumps({"sealed": "A" * (-(-LARGEST_MESSAGE_BYTES // 3) * 4)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The port, and what waits behind it."""

    queue: Queue
    waiting: Callable[[], list[str]]


@pytest.fixture(params=["fake", "moto"])
def line(request: pytest.FixtureRequest) -> Line:
    if request.param == "fake":
        memory = MemoryQueue()
        return Line(queue=memory, waiting=lambda: list(memory.waiting.values()))
    sqs = request.getfixturevalue("moto_sqs")
    url = sqs.create_queue(QueueName="capture", Attributes={"MaximumMessageSize": "262144"})["QueueUrl"]

    def waiting() -> list[str]:
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [message["Body"] for message in found]

    return Line(queue=SqsQueue(sqs, url), waiting=waiting)


def test_a_sent_message_waits_as_it_was_sent(line: Line) -> None:
    line.queue.send('{"sealed":"5bCB5a2Y"}')

    assert line.waiting() == ['{"sealed":"5bCB5a2Y"}']


def test_the_largest_message_that_intake_sends_fits_a_queue_of_256_kib(line: Line) -> None:
    line.queue.send(LARGEST_BODY)

    assert line.waiting() == [LARGEST_BODY]
