"""One capture: understand it, decide about it, and write the decision down as its record. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from functions.archive import sequences
from functions.archive.sequences import Mark
from functions.canonical import epoch_ms, moment_text
from functions.capture import content
from functions.capture.aside import BATCHES
from functions.capture.capture import UNPARSED, Delivery, Flag, Interpretation, Item, Kind, Part
from functions.capture.package import pack
from functions.capture.tokens import Names, arrival, endpoint_name, record_digest
from functions.classify import scan as classifier
from functions.law import retention, tier
from functions.law.retention import Retention, RuleBook
from functions.law.scope import Roll
from functions.law.tier import Tier
from functions.segment.segment import Class, Plain
from functions.wechat import chatarchive, message

FORMAT = "fengcun.record.1"
GATEWAY_MEDIA_TYPE = "application/cloudevents+json"
FINDINGS_KEPT = 1000  # of one capture; more add nothing to what it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a deployment has decided beforehand."""

    archive_id: str
    regimes: frozenset[str]
    floor_days: int
    rules: RuleBook
    roll: Roll


@dataclass(frozen=True, slots=True)
class Record:
    """A capture that knows where it goes."""

    klass: Class
    plain: Plain = field(repr=False)
    marks: tuple[Mark, ...] = field(default=(), repr=False)
    """Its place in what its sender counts."""


def decide(delivery: Delivery, item: Item, *, policy: Policy, names: Names, now: datetime) -> Record:
    """Total: every item becomes a record."""
    capture = delivery.capture(item)
    unopened = Flag.UNPARSED in delivery.flags
    meaning = UNPARSED if unopened else interpret(delivery.door, item.event_type, capture)
    findings = classifier.scan(meaning.texts)[:FINDINGS_KEPT]
    flags = delivery.flags | meaning.flags | (Flag.HAS_FINDINGS if findings else Flag.NONE)
    accounts = [names.token("participant", account) for account in meaning.participants]
    kept = _retention(item, accounts, policy=policy, now=now)
    waits = [names.token("waits", rule) for rule, _ in kept.waiting]
    description = {
        **_origin(delivery, item, policy.archive_id),
        "conversation": meaning.conversation,
        "decisions": _decisions(tier.DEFAULT, kept),
        "findings": [
            {"kind": one.kind, "field": one.field, "start": one.start, "end": one.end, "rule": one.rule}
            for one in findings
        ],
        "flags": flags.names(),
        "kind": meaning.kind.name.lower(),
        "media": [asdict(one) for one in meaning.media],
        "message_id": meaning.message_id,
        "participants": list(meaning.participants),
        "refers_to": meaning.refers_to,
    }
    endpoint = endpoint_name(delivery.door, delivery.endpoint)
    kinds = sorted({one.kind for one in findings})
    noticed = sequences.found_by(meaning, flags, names)
    plain = Plain(
        package=pack(description, _parts(delivery, capture)),
        sent_at_ms=epoch_ms(item.sent_at),
        received_at_ms=epoch_ms(delivery.received_at),
        kind=int(meaning.kind),
        flags=int(flags),
        digest=record_digest(item.record_id),
        event_digest=names.key.event_digest(endpoint=endpoint, event_id=item.event_id),
        tokens=tuple(
            dict.fromkeys((arrival(item.record_id), *accounts, *_tokens(meaning, kinds, names), *noticed, *waits))
        ),
    )
    klass = Class(tier=tier.DEFAULT.name, retain_until=kept.retain_until, erasable=kept.erasable)
    return Record(klass, plain, sequences.marks(delivery, item, names))


def interpret(door: str, event_type: str, capture: bytes) -> Interpretation:
    """What the capture says. Whatever it is, there is an answer."""
    if door not in BATCHES:
        return message.interpret(capture)
    if door == "report":
        return Interpretation(kind=Kind.REPORT, about=event_type.rpartition(".")[2])
    if event_type == chatarchive.EVENT_TYPE:
        return chatarchive.interpret(capture)
    return content.interpret(event_type, capture)


def _retention(item: Item, accounts: Sequence[bytes], *, policy: Policy, now: datetime) -> Retention:
    own = policy.roll.regimes(accounts, item.sent_at) if accounts else policy.roll.anyones(item.sent_at)
    regimes = policy.regimes | own
    return retention.decide(
        rules=policy.rules.choose(regimes),
        version=policy.rules.version,
        sent=retention.midnight_after(item.sent_at),
        archived=retention.midnight_after(now),
        floor_days=policy.floor_days,
    )


def _origin(delivery: Delivery, item: Item, archive_id: str) -> dict[str, Any]:
    """Where it came from and how we know."""
    evidence = {**delivery.evidence}
    if delivery.door in BATCHES:
        evidence |= {"offset": item.offset, "length": item.length}
    return {
        "format": FORMAT,
        "archive": archive_id,
        "record_id": item.record_id,
        "delivery_id": delivery.delivery_id,
        "door": delivery.door,
        "endpoint": delivery.endpoint,
        "evidence": evidence,
        "source": item.source,
        "event_id": item.event_id,
        "event_type": item.event_type,
        "sent_at": moment_text(item.sent_at),
        "sent_at_source": item.sent_at_source,
        "received_at": moment_text(delivery.received_at),
    }


def _decisions(chosen: Tier, kept: Retention) -> list[dict[str, Any]]:
    """Each with the rule and version that made it, so that it can be explained and made again."""
    reasons = [{"rule": rule, "until": until.isoformat()} for rule, until in kept.reasons]
    winner = kept.reasons[0][0]
    return [
        {"about": "classify", "rule": classifier.RULESET, "version": classifier.VERSION, "result": {}},
        {"about": "tier", "rule": chosen.rule, "version": chosen.version, "result": {"tier": chosen.name}},
        {
            "about": "retention",
            "rule": winner,
            "version": kept.version,
            "result": {
                "retain_until": kept.retain_until.isoformat(),
                "erasable": kept.erasable,
                "reasons": reasons,
            },
        },
    ]


def _parts(delivery: Delivery, capture: bytes) -> Iterable[Part]:
    """The capture; and for WeCom and WeChat what was really posted, where that was an encrypted body."""
    if delivery.door in BATCHES:
        yield Part(name="capture", media_type=GATEWAY_MEDIA_TYPE, body=capture)
        return
    *posted, plaintext = delivery.parts
    yield Part(name="capture", media_type=plaintext.media_type, body=capture)
    for body in posted:
        yield Part(name="request_body", media_type=body.media_type, body=body.body)


def _tokens(meaning: Interpretation, kinds: Iterable[str], names: Names) -> Iterator[bytes]:
    """What this record can be found by, besides its arrival and its participants."""
    yield names.token("tier", tier.DEFAULT.name)
    if meaning.conversation:
        yield names.token("conversation", meaning.conversation)
    if meaning.refers_to:
        yield names.token("recall", meaning.refers_to)
    for one in meaning.media:
        if one.sha256:
            yield names.token("media", one.sha256)
    for kind in kinds:
        yield names.token("finding", kind)
