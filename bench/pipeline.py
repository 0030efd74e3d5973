"""Build deliveries and policies as the rooms would, for measuring and training: no network, no AWS."""

import base64
import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bench.corpus import START, batches
from functions.archive.decide import Known, decide
from functions.archive.draft import draft
from functions.archive.outcome import Record, Vault
from functions.archive.policy import Policy
from functions.canonical import epoch_ms
from functions.capture.capture import Delivery, Flag, Item, Part
from functions.capture.event import check, read_batch
from functions.capture.identity import uuid7
from functions.capture.tokens import IndexKey, Names, endpoint_name
from functions.classify.lexicon import load
from functions.law.consent import Bases
from functions.law.policy import parse_policy, profile
from functions.law.retention import rule_book
from functions.law.scope import Roll

KEY = IndexKey(b"a key for measuring, sixty-four characters long, protecting none")
GATEWAY = "gateway-one"


def policy() -> Policy:
    """A mainland securities firm that is also a US broker-dealer's branch, where nobody's consent is needed."""
    law = parse_policy(profile("mainland-securities"), name="mainland-securities.toml")
    regimes = ("cn.sec.137", "us.sec.17a4.b4", "us.finra.4511b", "cn.csl.23")
    duty = Bases(general="statutory_duty", sensitive="statutory_duty")
    return Policy(
        archive_id="bench",
        law=replace(
            law,
            retention=replace(law.retention, regimes=regimes),
            consent=replace(law.consent, other=duty, custodian=duty),
            scope=replace(law.scope, no_custodian="keep"),
        ),
        floor_days=180,
        rules=rule_book(),
        roll=Roll(()),
    )


def decided(delivery: Delivery, now: datetime, rules: Policy, known: Known = Known()) -> list[Record]:  # noqa: B008 - frozen
    """What the archive room makes of it, where all of it goes to the vault."""
    names, lexicons = Names(KEY), load()
    drafts = [draft(delivery, item, policy=rules, names=names, lexicons=lexicons) for item in delivery.items]
    fates = [decide(one, known, policy=rules, names=names, now=now) for one in drafts]
    return [fate.record for fate in fates if isinstance(fate, Vault)]


def deliver(events: list[bytes], received_at: datetime = START + timedelta(days=1)) -> Delivery:
    """One delivery of all the events."""
    (body,) = batches(events, len(events))
    items = []
    for one in read_batch(body):
        event = check(one.value)
        capture = body[one.offset : one.offset + one.length]
        sent_at = event.time or received_at
        item = Item(
            offset=one.offset,
            length=one.length,
            source=event.source,
            event_id=event.event_id,
            event_type=event.event_type,
            sent_at=sent_at,
            sent_at_source="event",
            record_id=KEY.record_id(
                endpoint=endpoint_name("gateway", GATEWAY),
                source=event.source,
                event_id=event.event_id,
                sent_at=sent_at,
                capture=capture,
            ),
        )
        items.append(item)
    return Delivery(
        delivery_id=uuid7(received_at, hashlib.sha256(body).digest()[:10]),
        door="gateway",
        endpoint=GATEWAY,
        received_at=received_at,
        evidence=_evidence(body),
        flags=Flag.NONE,
        items=tuple(items),
        parts=(Part(name="body", media_type="application/json", body=body),),
    )


def _evidence(body: bytes) -> dict[str, Any]:
    digest = hashlib.sha256(body).digest()
    return {
        "webhook_id": f"msg_{digest.hex()[:24]}",
        "webhook_timestamp": str(epoch_ms(START) // 1000 + digest[0]),
        "webhook_signature": f"v1,{base64.b64encode(KEY.body(body)).decode()}",
        "secret": 0,
        "body_sha256": digest.hex(),
    }
