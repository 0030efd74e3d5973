"""The reference gateway against the real handlers: nothing leaves its folder before its receipt has come."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cloudevents.core.v1.event import CloudEvent
from standardwebhooks.webhooks import Webhook

from events.gateway import WAITS, Gateway
from tests.aws import Stage
from tests.conftest import configure
from tests.doorway import LOST, UNHEARD, Doorway, doorway
from tests.make import GATEWAY, OTHER_SECRET, SECRET

SOURCE = Path(__file__).parents[2] / "events" / "gateway.py"


@dataclass
class Clock:
    waited: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)


@pytest.fixture
def door(stage: Stage) -> Iterator[Doorway]:
    with doorway() as found:
        yield found


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gateway(door: Doorway, clock: Clock, tmp_path: Path) -> Gateway:
    return Gateway(door=door.url, secret=SECRET, outbox=tmp_path, sleep=clock.sleep)


def event(number: int = 1, **changed: Any) -> CloudEvent:
    attributes = {
        "id": f"m-{number}",
        "source": "//gateway-one.example/wechat",
        "type": "cn.wechat.message",
        "time": datetime(2026, 11, 22, 9, 30, number, tzinfo=UTC),
    }
    data = {
        "conversation": {"id": "room-1"},
        "sender": {"id": "account-1"},
        "content": {"type": "text", "text": "你好"},
    }
    return CloudEvent(attributes | changed, data)


def files(gateway: Gateway) -> list[str]:
    return sorted(path.suffix for path in gateway.outbox.iterdir())


def test_it_is_short_enough_to_be_read_at_once() -> None:
    assert len(SOURCE.read_text("utf-8").splitlines()) <= 60


def test_what_it_delivers_is_archived_and_its_receipts_are_kept(gateway: Gateway, stage: Stage) -> None:
    gateway.keep([event(1), event(2)])
    gateway.keep([event(3)])

    gateway.deliver()
    stage.run()

    answers = [json.loads(path.read_text("utf-8")) for path in sorted(gateway.outbox.glob("*.answer"))]
    receipts = [one["receipt"] for answer in answers for one in answer["results"]]
    assert [one["id"] for one in receipts] == ["m-1", "m-2", "m-3"]
    assert all(stage.record(one["record_id"])["status"] == 200 for one in receipts)
    assert files(gateway) == [".answer", ".answer"]


@pytest.mark.parametrize("trouble", [[503], [429, 500], [LOST], [UNHEARD], [LOST, 502, UNHEARD, 503]])
def test_it_sends_again_under_the_same_id_with_a_new_signature_until_a_receipt_comes(
    gateway: Gateway, door: Doorway, clock: Clock, trouble: list[int | str]
) -> None:
    door.trouble = list(trouble)
    gateway.keep([event()])

    gateway.deliver()

    assert len({(one.headers["webhook-id"], one.body) for one in door.seen}) == 1
    assert clock.waited == list(WAITS[: len(trouble) + 1])
    assert files(gateway) == [".answer"]
    for request in door.seen:
        Webhook(SECRET).verify(request.body, {name: values[0] for name, values in request.headers.items()})


def test_a_delivery_whose_answer_got_lost_is_archived_once(gateway: Gateway, door: Doorway, stage: Stage) -> None:
    door.trouble = [UNHEARD]
    gateway.keep([event()])

    gateway.deliver()
    stage.run()

    first, second = (json.loads(body) for _, body in door.answers)
    assert first == second
    assert stage.record(first["results"][0]["receipt"]["record_id"])["copies"] == 1


def test_when_nobody_answers_for_days_the_captures_wait_for_the_next_call(
    gateway: Gateway, door: Doorway, clock: Clock
) -> None:
    door.trouble = [LOST] * len(WAITS)
    gateway.keep([event()])

    with pytest.raises(ConnectionError, match=f"no answer after {len(WAITS)} attempts"):
        gateway.deliver()

    assert clock.waited == list(WAITS)
    assert files(gateway) == [".json"]
    gateway.deliver()
    assert files(gateway) == [".answer"]
    assert len({one.headers["webhook-id"] for one in door.seen}) == 1


def test_with_a_wrong_secret_nothing_is_lost_and_the_archives_reason_is_told(gateway: Gateway, stage: Stage) -> None:
    configure(stage, f'[[gateway]]\nid = "{GATEWAY}"\nsecrets = ["{OTHER_SECRET}"]\n')
    gateway.keep([event()])

    with pytest.raises(ConnectionError, match=r"401 .*no configured secret"):
        gateway.deliver()

    assert files(gateway) == [".json"]


@pytest.mark.parametrize("spoiled", [{"id": "x" * 2000}, {"source": "a\nb"}])
def test_a_batch_with_a_refused_event_is_set_aside_beside_its_answer(gateway: Gateway, spoiled: dict[str, str]) -> None:
    gateway.keep([event(1), event(2, **spoiled)])
    gateway.keep([event(3, **spoiled)])
    gateway.keep([event(4)])

    gateway.deliver()

    answers = [json.loads(path.read_text("utf-8")) for path in sorted(gateway.outbox.glob("*.answer"))]
    assert [one["status"] for one in answers[0]["results"]] == ["accepted", "refused"]
    assert answers[1]["status"] == 422
    assert files(gateway) == [".answer", ".answer", ".answer", ".refused", ".refused"]
