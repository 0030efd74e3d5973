"""A draft and the decisions about it, as the record that its frame holds. Layout: docs/formats.md, "Record"."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import zip_longest
from typing import Any

from functions.archive import classify, sequences
from functions.archive.draft import OWN, Draft
from functions.archive.media import BY_MD5, BY_SHA256
from functions.archive.outcome import Decision, Record
from functions.archive.policy import Policy
from functions.canonical import canonical_with, epoch_ms, moment_text
from functions.capture.aside import BATCHES
from functions.capture.capture import Flag, Interpretation, Kind, Media, Part
from functions.capture.package import join, listed
from functions.capture.tokens import Names, arrival, endpoint_name, record_digest
from functions.law.holds import holding
from functions.law.retention import Retention
from functions.malware.scan import Scan
from functions.segment.segment import Class, Plain

FORMAT = "fengcun.record.2"
SCANNED = ("reasons", "rule_ids", "rules_version", "verdict")
"""What a record says about the scan of a file that is in its capture."""
GATEWAY_MEDIA_TYPE = "application/cloudevents+json"


def write(
    one: Draft,
    decisions: Sequence[Decision],
    *,
    tier: str,
    kept: Retention,
    flags: Flag,
    policy: Policy,
    names: Names,
) -> Record:
    """Total."""
    found_by = (arrival(one.item.record_id), *one.accounts, *_tokens(one, tier, flags, names))
    waits = [names.token("waits", rule) for rule, _ in kept.waiting]
    tokens = tuple(dict.fromkeys((*found_by, *waits)))
    endpoint = endpoint_name(one.delivery.door, one.delivery.endpoint)
    plain = Plain(
        package=_package(one, decisions, flags, policy.archive_id),
        sent_at_ms=epoch_ms(one.item.sent_at),
        received_at_ms=epoch_ms(one.delivery.received_at),
        kind=int(one.meaning.kind),
        flags=int(flags),
        digest=record_digest(one.item.record_id),
        event_digest=names.key.event_digest(endpoint=endpoint, event_id=one.item.event_id),
        tokens=tokens,
    )
    return Record(
        klass=Class(tier=tier, retain_until=kept.retain_until, erasable=kept.erasable),
        plain=plain,
        marks=sequences.marks(one.delivery, one.item, names),
        files=tuple(_files((file for file in one.meaning.media if not file.present), names)),
        holds=_holds(one, frozenset(tokens), policy) if policy.holds else frozenset(),
    )


def _holds(one: Draft, tokens: frozenset[bytes], policy: Policy) -> frozenset[str]:
    return frozenset(hold.id for hold in holding(policy.holds, tokens=tokens, sent_at=one.item.sent_at))


def _package(one: Draft, decisions: Sequence[Decision], flags: Flag, archive_id: str) -> bytes:
    parts = _parts(one)
    lines = b"[" + b",".join([decision.written for decision in decisions]) + b"]"
    return join(canonical_with(_describe(one, flags, archive_id, parts), "decisions", lines), parts)


def _describe(one: Draft, flags: Flag, archive_id: str, parts: Sequence[Part]) -> dict[str, Any]:
    """All but the decisions."""
    meaning = one.meaning
    return {
        **_origin(one, archive_id),
        **listed(parts),
        "conversation": meaning.conversation,
        "findings": classify.lines(one.seen),
        "flags": flags.names(),
        "kind": meaning.kind.name.lower(),
        "media": [asdict(file) | _scanned(scan) for file, scan in zip_longest(meaning.media, one.scans)],
        "membership": _membership(meaning),
        "message_id": meaning.message_id,
        "participants": list(meaning.participants),
        "refers_to": meaning.refers_to,
        "sequence": meaning.sequence,
    }


def _scanned(scan: Scan | None) -> dict[str, Any]:
    told = scan.description() if scan else {}
    return {name: told.get(name) for name in SCANNED}


def _membership(meaning: Interpretation) -> dict[str, Any] | None:
    if meaning.kind is not Kind.MEMBERSHIP:
        return None
    return {"joined": list(meaning.joined), "left": list(meaning.left), "dissolved": meaning.dissolved}


def _origin(one: Draft, archive_id: str) -> dict[str, Any]:
    """Where it came from and how we know."""
    delivery, item = one.delivery, one.item
    place = {"offset": item.offset, "length": item.length} if delivery.door in BATCHES else {}
    return {
        "format": FORMAT,
        "archive": archive_id,
        "record_id": item.record_id,
        "delivery_id": delivery.delivery_id,
        "door": delivery.door,
        "endpoint": delivery.endpoint,
        "evidence": {**place, **delivery.evidence},  # of a capture that was set aside, the place it had before
        "source": item.source,
        "event_id": item.event_id,
        "event_type": item.event_type,
        "sent_at": moment_text(item.sent_at),
        "sent_at_source": item.sent_at_source,
        "received_at": moment_text(delivery.received_at),
    }


def _parts(one: Draft) -> tuple[Part, ...]:
    """The capture; and for WeCom and WeChat what was really posted, where that was an encrypted body."""
    if one.delivery.door in BATCHES:
        return (Part(name="capture", media_type=GATEWAY_MEDIA_TYPE, body=one.capture),)
    *posted, plaintext = one.delivery.parts
    requests = (Part(name="request_body", media_type=body.media_type, body=body.body) for body in posted)
    return (Part(name="capture", media_type=plaintext.media_type, body=one.capture), *requests)


def _tokens(one: Draft, tier: str, flags: Flag, names: Names) -> Iterator[bytes]:
    """What this record can be found by, besides its arrival and its participants."""
    meaning = one.meaning
    yield names.token("tier", tier)
    if one.conversation:
        yield one.conversation
    if meaning.refers_to:
        yield names.token("recall", meaning.refers_to)
    yield from _files(meaning.media, names)
    yield from (names.token("finding", kind) for kind in sorted(one.seen.found.kinds))
    yield from sequences.found_by(one.delivery, meaning, flags, names)
    if one.unseals:
        yield names.token("unseals", one.unseals)
    if meaning.kind in OWN:
        yield from _own(one, names)


def _files(files: Iterable[Media], names: Names) -> Iterator[bytes]:
    """The token of the best name that the capture gives each."""
    for one in files:
        if one.sha256:
            yield names.token(BY_SHA256, one.sha256)
        elif one.md5:
            yield names.token(BY_MD5, one.md5)


def _own(one: Draft, names: Names) -> Iterator[bytes]:
    """Of an act: its kind, and the record it is about."""
    if one.delivery.door == "office" and one.meaning.about:
        yield names.token("act", one.meaning.about)
    if one.meaning.record:
        yield names.token("about", one.meaning.record)
