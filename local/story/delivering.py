"""The first half of the story: what gateways and WeCom send in, and what they are told."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from local.emulator import REPOSITORY
from local.story.outside import Answer, Outside
from local.story.promise import Promise, weigh

GATEWAY = "gateway-one"
WECOM = "sample"
WEBHOOK_ID = "demo-batch-1"
_FORGED = "whsec_bm90IHRoZSBzZWNyZXQgb2YgYW55IGdhdGV3YXk="


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One event of the batch, and the receipt it got."""

    event: Mapping[str, Any]
    capture: bytes
    """The event's own bytes inside the batch: what the archive has to give back."""
    receipt: Mapping[str, Any]

    @property
    def record_id(self) -> str:
        return str(self.receipt["record_id"])


def load_events() -> list[dict[str, Any]]:
    """The example events of `events/intake`, in the order in which they were sent."""
    files = sorted((REPOSITORY / "events" / "intake").glob("*.json"))
    events = [json.loads(file.read_text("utf-8")) for file in files]
    return sorted(events, key=lambda event: str(event["time"]))


def pieces_of(events: Sequence[Mapping[str, Any]]) -> list[bytes]:
    """Each event as it will stand in the batch."""
    return [json.dumps(event, ensure_ascii=False).encode() for event in events]


def batch_of(pieces: Sequence[bytes]) -> bytes:
    return b"[" + b",".join(pieces) + b"]"


def receipts(answer: Answer) -> list[dict[str, Any]]:
    """The receipts of a delivery, by their place in the batch; fewer than its events when some were refused."""
    results = answer.document().get("results", [])
    return [result["receipt"] for result in results if result.get("status") == "accepted"]


def deliver_batch(outside: Outside) -> tuple[Promise, list[Sent]]:
    """The gateway posts everything it has captured."""
    events = load_events()
    pieces = pieces_of(events)
    answer = outside.deliver(batch_of(pieces), gateway=GATEWAY, webhook_id=WEBHOOK_ID)
    given = receipts(answer)
    promise = Promise(
        "Every capture of a signed batch gets a receipt",
        kept=answer.status == HTTPStatus.ACCEPTED and len(given) == len(events) > 0,
        evidence=f"HTTP {answer.status}, {len(given)} receipts for {len(events)} captures",
    )
    sent = [Sent(event=e, capture=c, receipt=r) for e, c, r in zip(events, pieces, given, strict=False)]
    return promise, sent


def deliver_again(outside: Outside, sent: Sequence[Sent], *, when: str) -> Promise:
    """The gateway did not hear our answer and posts the same once more."""
    answer = outside.deliver(batch_of([one.capture for one in sent]), gateway=GATEWAY, webhook_id=WEBHOOK_ID)
    same = receipts(answer) == [one.receipt for one in sent]
    return Promise(
        f"The same delivery again, {when}, gets the same receipts",
        kept=bool(sent) and answer.status == HTTPStatus.ACCEPTED and same,
        evidence=f"HTTP {answer.status}, {'identical' if same else 'other'} receipts",
    )


def deliver_forged(outside: Outside, sent: Sequence[Sent]) -> Promise:
    """Somebody who does not have the secret tries to put words into the archive."""
    body = batch_of([one.capture for one in sent])
    answer = outside.deliver(body, gateway=GATEWAY, webhook_id="demo-forged", secret=_FORGED)
    return Promise(
        "A forged signature is refused",
        kept=answer.status == HTTPStatus.UNAUTHORIZED,
        evidence=f"HTTP {answer.status}, {answer.document().get('title', 'no reason given')}",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """The published sample of a WeCom callback, from `events/wecom`."""

    source: str
    query: Mapping[str, str]
    content_type: str
    body: str
    opened: str
    """The message inside, as Tencent publishes it."""


def load_callback() -> Callback:
    file: Path = REPOSITORY / "events" / "wecom" / "text-published-sample.json"
    sample = json.loads(file.read_text("utf-8"))
    return Callback(
        source=sample["source"],
        query=sample["query"],
        content_type=sample["headers"]["content-type"],
        body=sample["body"],
        opened=sample["opened"]["text"],
    )


def call_back(outside: Outside, callback: Callback) -> Promise:
    """WeCom posts an encrypted message, and once more, as it does when our answer is slow."""
    answers = [outside.call_back(WECOM, callback.query, callback.body, callback.content_type) for _ in range(2)]
    seen = [
        (f"HTTP {answer.status} {answer.body.decode('utf-8', 'replace')[:60]!r}", answer == Answer(200, b"success"))
        for answer in answers
    ]
    return weigh("WeCom's encrypted callback is acknowledged with `success`", seen, evidence="HTTP 200, both times")


def call_back_forged(outside: Outside, callback: Callback) -> Promise:
    """The same message under a signature that is not WeCom's."""
    query = {**callback.query, "msg_signature": "0" * len(callback.query["msg_signature"])}
    answer = outside.call_back(WECOM, query, callback.body, callback.content_type)
    return Promise(
        "A forged WeCom callback is refused",
        kept=answer.status == HTTPStatus.FORBIDDEN,
        evidence=f"HTTP {answer.status}",
    )
