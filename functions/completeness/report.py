"""The report of one day as a document. Layout: docs/formats.md, "Completeness report, version 1". Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from functions.canonical import moment_text
from functions.capture.days import begin, end
from functions.capture.sequence import INTEGER, WECOM, Gap
from functions.completeness.changes import Change
from functions.completeness.days import Way
from functions.completeness.fetching import HOUR, Fetching
from functions.completeness.people import People
from functions.completeness.streams import Counted, of_kind

FORMAT = "fengcun.completeness.1"
MOST_LISTED, MOST_STREAMS, MOST_GAPS = 500, 100, 20
"""Of custodians and changes, of streams, of one stream's gaps: what is left out is counted."""
MISSING = ("absent", "gap", "silent", "media", "sealed", "pull_gap", "overdue")
"""Findings that something is not there. The others are only to be known."""
KNOWN = ("jump", "unparsed", "unknown_type", "conflict", "late", "unauthenticated", "changed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that a report says."""

    archive: str
    day: date
    made_at: datetime
    previous: str | None
    """SHA-256 of the report before, in hex."""
    ways: tuple[Way, ...]
    expected: frozenset[str]
    """Those that the policy says deliver every day."""
    counted: tuple[Counted, ...]
    people: People
    silent_days: int
    flags: Mapping[str, int]
    media_missing: int
    fetching: Fetching
    tombstones: Mapping[str, int]
    changes: tuple[Change, ...]


def write(facts: Facts) -> dict[str, Any]:
    """Canonical JSON can hold it: numbers of senders are text, since they may be larger than it can."""
    found = findings(facts)
    return {
        "format": FORMAT,
        "archive": facts.archive,
        "day": facts.day.isoformat(),
        "from": moment_text(begin(facts.day)),
        "until": moment_text(end(facts.day)),
        "made_at": moment_text(facts.made_at),
        "previous": facts.previous,
        "complete": not any(name in MISSING for name in found),
        "findings": found,
        "ways": [_way(one) | {"expected": one.endpoint in facts.expected} for one in facts.ways],
        "streams": _streams(facts.counted),
        "custodians": _people(facts.people, facts.silent_days),
        "exceptions": dict(facts.flags),
        "media": {"missing": facts.media_missing},
        "chat_archive": _fetching(facts),
        "tombstones": dict(facts.tombstones),
        "changes": [_change(one) for one in facts.changes[:MOST_LISTED]],
    }


def findings(facts: Facts) -> dict[str, int]:
    """What is missing and what is to be known, each with its number; nothing where it is none."""
    flags = facts.flags
    found = {
        "absent": sum(one.endpoint in facts.expected and not one.count for one in facts.ways),
        "gap": sum(len(one.holes) for one in of_kind(facts.counted, INTEGER)),
        "silent": len(facts.people.silent),
        "media": facts.media_missing,
        "sealed": flags.get("sealed", 0),
        "pull_gap": flags.get("pull_gap", 0) + sum(one.gap is not None for one in facts.fetching.cursors.values()),
        "overdue": int(facts.fetching.is_overdue(facts.made_at)),
        "jump": sum(len(one.holes) for one in of_kind(facts.counted, WECOM)),
        **{name: flags.get(name, 0) for name in KNOWN if name in flags},
        "changed": len(facts.changes),
    }
    return {name: number for name, number in found.items() if number}


def _way(one: Way) -> dict[str, Any]:
    return {
        "endpoint": one.endpoint,
        "count": one.count,
        "first_sent": _moment(one.first_sent),
        "last_sent": _moment(one.last_sent),
    }


def _streams(counted: Iterable[Counted]) -> list[dict[str, Any]]:
    numbered = [one for one in counted if one.stream.kind in {INTEGER, WECOM}]
    listed = sorted(numbered, key=lambda one: (not one.holes, one.stream.kind, -one.last_received.timestamp()))
    return [_stream(one) for one in listed[:MOST_STREAMS]]


def _stream(one: Counted) -> dict[str, Any]:
    return {
        "stream": one.stream.token.hex(),
        "endpoint": one.stream.endpoint,
        "kind": one.stream.kind,
        "first": str(one.ranges[0].first),
        "last": str(one.ranges[-1].last),
        "last_received": moment_text(one.last_received),
        "jumped": str(one.jumped),
        "gaps": len(one.holes),
        "missing": str(sum(gap.last - gap.first + 1 for gap in one.holes)),
        "listed": [_gap(gap) for gap in one.holes[-MOST_GAPS:]],
    }


def _gap(gap: Gap) -> dict[str, str]:
    return {
        "first": str(gap.first),
        "last": str(gap.last),
        "after": moment_text(gap.after),
        "before": moment_text(gap.before),
    }


def _people(people: People, silent_days: int) -> dict[str, Any]:
    silent = list(people.silent.items())
    return {
        "expected": people.expected,
        "seen": people.expected - len(silent) - people.awaited,
        "awaited": people.awaited,
        "silent": len(silent),
        "silent_days": silent_days,
        "listed": [{"custodian": token.hex(), "last_seen": _moment(last)} for token, last in silent[:MOST_LISTED]],
    }


def _fetching(facts: Facts) -> dict[str, Any]:
    fetching, now = facts.fetching, facts.made_at
    return {
        "sources": [
            {"endpoint": endpoint, "last": moment_text(last), "hours": int((now - last) / HOUR)}
            for endpoint, last in sorted(fetching.sources.items())
        ],
        "pull": list(_cursors(fetching, now)),
        "announced": fetching.announced_on(facts.day),
        "unanswered_since": _moment(fetching.unanswered()),
    }


def _cursors(fetching: Fetching, now: datetime) -> Iterator[dict[str, Any]]:
    for endpoint, cursor in sorted(fetching.cursors.items()):
        yield {
            "endpoint": endpoint,
            "seq": str(cursor.seq),
            "age_minutes": cursor.age_minutes(now),
            "gap_since": _moment(cursor.gap.last_success if cursor.gap else None),
        }


def _change(one: Change) -> dict[str, Any]:
    return {"day": one.day.isoformat(), "about": one.about, "before": one.before, "now": one.now}


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment_text(moment)
