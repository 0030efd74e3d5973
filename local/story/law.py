"""What the law keeps out of the vault: a private conversation, and what looks like a state secret."""

import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from botocore.exceptions import ClientError

from local.archive import Archive
from local.story.delivering import GATEWAY, Sent, batch_of, pieces_of, receipts
from local.story.outside import Outside
from local.story.promise import Promise, weigh

WEBHOOK_ID = "demo-law-1"
PATIENCE_SECONDS = 90
PRIVATE = {"conversation": {"id": "home", "private": True}, "text": "晚饭想吃什么？"}
SECRET = {"conversation": {"id": "work"}, "text": "机密★20年 关于第三季度部署的通知"}


def make_events() -> list[dict[str, Any]]:
    """One event of each, of now: invented."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return [
        {
            "specversion": "1.0",
            "id": f"law-{number}",
            "source": "//gateway-one.example/wechat",
            "type": "cn.wechat.message",
            "time": now,
            "data": {
                "conversation": said["conversation"],
                "sender": {"id": "adviser-07"},
                "recipients": [{"id": "client-0051"}],
                "content": {"type": "text", "text": said["text"]},
            },
        }
        for number, said in enumerate((PRIVATE, SECRET))
    ]


def deliver(outside: Outside) -> tuple[Promise, list[Sent]]:
    """A gateway cannot tell, so it sends both, and gets its receipts."""
    events = make_events()
    pieces = pieces_of(events)
    answer = outside.deliver(batch_of(pieces), gateway=GATEWAY, webhook_id=WEBHOOK_ID)
    given = receipts(answer)
    promise = Promise(
        "A gateway gets receipts for what the law will keep out, too",
        kept=answer.status == HTTPStatus.ACCEPTED and len(given) == len(events),
        evidence=f"HTTP {answer.status}, {len(given)} receipts",
    )
    return promise, [Sent(event=e, capture=c, receipt=r) for e, c, r in zip(events, pieces, given, strict=False)]


def private_is_counted(archive: Archive, outside: Outside, sent: Sent) -> Promise:
    """Nothing of it is anywhere, but that there was one."""
    table = archive.deployed.outputs["TombstonesTable"]
    found = _patiently(lambda: archive.client("dynamodb").scan(TableName=table)["Items"])
    words = json.dumps(found, default=str, ensure_ascii=False)
    leaked = [word for word in ("adviser-07", "client-0051", PRIVATE["text"]) if str(word) in words]
    status = outside.read(f"/records/{sent.record_id}").status
    return weigh(
        "A private conversation is dropped, and only counted",
        [
            (f"{len(found)} tombstones", bool(found)),
            (f"GET answers {status}", status == HTTPStatus.NOT_FOUND),
            (f"the tombstone names {leaked}", not leaked),
        ],
        evidence=f"{len(found)} tombstone, of a day, a gateway and a reason; GET answers 404",
    )


def suspect_is_set_aside(archive: Archive, outside: Outside, sent: Sent) -> Promise:
    """Sealed under a key that can be destroyed, in a bucket without locks; in the vault there is nothing of it."""
    bucket, key = archive.deployed.outputs["QuarantineBucket"], f"suspects/{sent.record_id}"
    s3 = archive.client("s3")
    found = _patiently(lambda: [one["Key"] for one in _listed(s3, bucket) if one["Key"] == key])
    body = s3.get_object(Bucket=bucket, Key=key)["Body"].read() if found else b""
    status = outside.read(f"/records/{sent.record_id}").status
    return weigh(
        "What looks like a state secret is set aside before anything locks it",
        [
            (f"{key} is not in the quarantine", bool(found)),
            ("its text lies there in clear", "机密".encode() not in body),
            ("it is locked", not _is_locked(s3, bucket, key)),
            (f"GET answers {status}", status == HTTPStatus.NOT_FOUND),
        ],
        evidence="sealed in the quarantine, without a lock; GET answers 404",
    )


def _listed(s3: Any, bucket: str) -> Sequence[dict[str, Any]]:
    found: Sequence[dict[str, Any]] = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    return found


def _is_locked(s3: Any, bucket: str, key: str) -> bool:
    try:
        s3.get_object_retention(Bucket=bucket, Key=key)
    except ClientError:
        return False
    return True


def _patiently(look: Callable[[], Sequence[Any]]) -> Sequence[Any]:
    """The archive room gathers for five seconds; what is not there after this does not come."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not (found := look()) and time.monotonic() < until:
        time.sleep(1)
    return found
