"""The second half of the story: what lies in the vault, and what comes back out of it."""

import base64
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from functions.canonical import moment_text, parse_moment
from functions.capture.tokens import IndexKey, endpoint_name
from functions.index.postings import read_rows
from local.archive import Archive
from local.story.delivering import GATEWAY, WECOM, Callback, Sent
from local.story.outside import Outside
from local.story.promise import Promise, weigh

WINDOW_SECONDS = 7
"""More than a batching window of the capture queue: what was queued by now would have been written by then."""
_PATIENCE_SECONDS = 90
_SHORT = 12  # hex digits of an id that are enough for a person


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """One object as S3 itself describes it."""

    bucket: str
    key: str
    version_id: str
    size_bytes: int
    sha256: str | None
    mode: str | None
    retain_until: datetime | None
    kms_key: str | None


def until_archived(
    outside: Outside, sent: Sequence[Sent], tell: Callable[[int], None], clock: Callable[[], float] = time.monotonic
) -> Promise:
    """Ask for each receipt until the archive says that it has the capture; `tell` gets how many are in."""
    began, waiting = clock(), list(sent)
    while waiting and clock() - began < _PATIENCE_SECONDS:
        waiting = [one for one in waiting if not _is_archived(outside, one)]
        tell(len(sent) - len(waiting))
        if waiting:
            time.sleep(0.5)
    took = clock() - began
    return Promise(
        "Every receipt can be followed into the archive",
        kept=bool(sent) and not waiting,
        evidence=f"{len(sent) - len(waiting)} of {len(sent)} captures archived and indexed after {took:.0f} s",
    )


def _is_archived(outside: Outside, one: Sent) -> bool:
    answer = outside.receipt(GATEWAY, one.receipt["id"], one.receipt["sent_at"])
    records = answer.document().get("records", [])
    return answer.status == HTTPStatus.OK and one.record_id in {record["record_id"] for record in records}


def locked_objects(archive: Archive) -> list[Locked]:
    """Every version of every object in the vault and among the keyrings, with the lock that S3 reports."""
    s3 = archive.client("s3")
    buckets = [archive.state["vault_bucket"], archive.state["keyring_bucket"]]
    return [
        _describe(s3, bucket, version["Key"], version["VersionId"])
        for bucket in buckets
        for version in s3.list_object_versions(Bucket=bucket).get("Versions", [])
    ]


def _describe(s3: Any, bucket: str, key: str, version_id: str) -> Locked:
    it = {"Bucket": bucket, "Key": key, "VersionId": version_id}
    head = s3.head_object(**it, ChecksumMode="ENABLED")
    retention = s3.get_object_retention(**it)["Retention"]
    return Locked(
        bucket=bucket,
        key=key,
        version_id=version_id,
        size_bytes=head["ContentLength"],
        sha256=head.get("ChecksumSHA256"),
        mode=retention.get("Mode"),
        retain_until=retention.get("RetainUntilDate"),
        kms_key=head.get("SSEKMSKeyId"),
    )


def all_locked(objects: Sequence[Locked]) -> Promise:
    """Nothing in the vault is without a lock that runs for longer than today."""
    now = datetime.now(UTC)
    seen = [(f"{one.key}: {one.mode} until {one.retain_until}", _runs(one, now)) for one in objects]
    segments = sum(one.key.startswith("segments/") for one in objects)
    seen.append(("no segment", segments > 0))
    first = min((one.retain_until for one in objects if one.retain_until), default=now)
    evidence = f"{len(objects)} objects, {segments} of them segments, none free before {first:%Y-%m-%d}"
    return weigh("Everything in the vault is locked, in COMPLIANCE mode", seen, evidence=evidence)


def _runs(one: Locked, now: datetime) -> bool:
    return one.mode == "COMPLIANCE" and one.retain_until is not None and one.retain_until > now


def read_back(outside: Outside, sent: Sequence[Sent]) -> tuple[Promise, list[dict[str, Any]]]:
    """Read every record by its id, and hold it against what was sent."""
    records = [(one, outside.read(f"/records/{one.record_id}").document()) for one in sent]
    seen = [(f"{one.receipt['id']} came back changed or twice", _is_same(one, record)) for one, record in records]
    name = "A record read by its id is the capture, byte for byte, and there once"
    promise = weigh(name, seen, evidence=f"{len(seen)} records, the SHA-256 of each as it was sent")
    return promise, [record for _, record in records]


def _is_same(one: Sent, record: Mapping[str, Any]) -> bool:
    if "capture" not in record:
        return False
    capture = base64.b64decode(record["capture"]["base64"])
    digest = sha256(one.capture).hexdigest()
    return capture == one.capture and record["capture"]["sha256"] == digest and record["copies"] == 1


def read_callback_back(archive: Archive, outside: Outside, callback: Callback) -> Promise:
    """WeCom gets no receipt, so its record is found in the index: one endpoint, one hour."""
    name = "WeCom's message is in the archive once, decrypted, marked as late"
    records = _callback_records(archive, callback)
    if len(records) != 1:
        return Promise(name, kept=False, evidence=f"{len(records)} records of the callback")
    record = outside.read(f"/records/{records[0]}").document()
    capture = base64.b64decode(record.get("capture", {}).get("base64", ""))
    flags = record.get("envelope", {}).get("flags", [])
    return Promise(
        name,
        kept=capture.decode() == callback.opened and "late" in flags,
        evidence=f"record {records[0][:_SHORT]}…, {len(capture)} bytes, flags {', '.join(flags) or 'none'}",
    )


def await_callback(archive: Archive, callback: Callback) -> None:
    """Wait until WeCom's message is indexed as well; not for ever."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not _callback_records(archive, callback) and time.monotonic() < deadline:
        time.sleep(0.5)


def _callback_records(archive: Archive, callback: Callback) -> list[str]:
    """Ids of the records that the sample's endpoint sent in the sample's hour."""
    secret = archive.client("secretsmanager").get_secret_value(SecretId=archive.deployed.outputs["IndexSecret"])
    hour = datetime.fromtimestamp(int(callback.query["timestamp"]), UTC)
    token = IndexKey(secret["SecretString"].encode()).arrival(endpoint_name("wecom", WECOM), hour)
    answer = archive.client("dynamodb").query(
        TableName=archive.state["tables"]["postings"],
        KeyConditionExpression="#t = :t",
        ExpressionAttributeNames={"#t": "token"},
        ExpressionAttributeValues={":t": {"B": token}},
    )
    return [(token + row.digest).hex() for item in answer["Items"] for row in read_rows(item["rows"]["B"])]


def read_unsigned(outside: Outside, sent: Sequence[Sent]) -> Promise:
    answer = outside.read_unsigned(f"/records/{sent[0].record_id if sent else '0' * 48}")
    return Promise(
        "Nobody reads without an AWS signature",
        kept=answer.status == HTTPStatus.FORBIDDEN,
        evidence=f"HTTP {answer.status}",
    )


def unchanged(before: Sequence[Locked], after: Sequence[Locked]) -> Promise:
    """After all of it, the vault holds what it held: the same versions, bytes and locks, and nothing else."""
    gone = [one.key for one in before if one not in after]
    new = [one.key for one in after if one not in before]
    return Promise(
        "After duplicates, forgeries and attacks the vault is what it was",
        kept=bool(before) and not gone and not new,
        evidence=f"{len(after)} versions with the same bytes and locks"
        if not gone and not new
        else f"changed or gone: {gone or 'none'}, new: {new or 'none'}",
    )


def moment(text: str) -> str:
    """A time of the API, to the minute and in UTC, for a person."""
    return moment_text(parse_moment(text))[:16].replace("T", " ")
