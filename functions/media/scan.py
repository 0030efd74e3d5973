"""The scan of one upload: rules over its bytes as they pass, then over what is inside; clamd, where a firm has one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from functions.canonical import moment_text
from functions.media.bounds import Budget, Ranged
from functions.media.clamd import Endpoint, Heard
from functions.media.rules import ENGINE, Rules, Windows
from functions.media.stream import Source
from functions.media.unpack import Unpacker

CLEAN, INFECTED, UNSCANNABLE, UNSCANNED = "clean", "infected", "unscannable", "unscanned"
MOST_NAMED = 20
"""Rules and reasons in a description, which stays small."""
OPAQUE = "container"
"""Bytes in a format that nothing here can look into: clamd can, or says that it cannot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What was found, and by what. Sealed with the file."""

    verdict: str
    rule_ids: tuple[str, ...]
    reasons: tuple[str, ...]
    """Why it could not be scanned, or not wholly."""
    rules_version: str
    clamd: str | None
    """None where the firm has none."""
    scanned_at: datetime

    def description(self) -> dict[str, Any]:
        return {
            "clamd": self.clamd,
            "engine": ENGINE,
            "reasons": list(self.reasons[:MOST_NAMED]),
            "rule_ids": list(self.rule_ids[:MOST_NAMED]),
            "rules_version": self.rules_version,
            "scanned_at": moment_text(self.scanned_at),
            "verdict": self.verdict,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanner:
    """What scanning needs of the world."""

    rules: Rules
    clamd: Endpoint | None
    clock: Callable[[], float]
    """Seconds, only ever more."""

    def watch(self, claimed_type: str | None) -> "Watch":
        return Watch(self, claimed_type or "")


class Watch:
    """One upload, fed once with all its bytes."""

    def __init__(self, scanner: Scanner, claimed: str) -> None:
        self._scanner = scanner
        self._engine = scanner.rules.scanner()
        self._windows = Windows(self._engine, claimed=claimed)
        self._session = scanner.clamd.open() if scanner.clamd else None

    def feed(self, part: bytes | memoryview) -> None:
        """The next bytes."""
        self._windows.feed(part)
        if self._session:
            self._session.feed(part)

    def end(self, source: Source, size_bytes: int, *, now: datetime) -> Scan:
        """There are no more; look inside. Raises TryLater where reading does."""
        self._windows.close()
        unpacker = Unpacker(self._engine, Budget(size_bytes, self._scanner.clock))
        unpacker.open(Ranged(source, size_bytes), self._windows.detected)
        found = self._windows.found | unpacker.found
        why = self._windows.why | unpacker.why
        heard = self._session.end() if self._session else None
        if self._session and heard is Heard.INFECTED:
            found.add(f"clamd:{self._session.name}")
        return self._decided(found, why, heard, now)

    def _decided(self, found: set[str], why: set[str], heard: Heard | None, now: datetime) -> Scan:
        verdict, reasons = decide(found=bool(found), why=why, heard=heard)
        return Scan(
            verdict=verdict,
            rule_ids=tuple(sorted(found)),
            reasons=reasons,
            rules_version=self._scanner.rules.version,
            clamd=heard.value if heard else None,
            scanned_at=now,
        )


def decide(*, found: bool, why: set[str], heard: Heard | None) -> tuple[str, tuple[str, ...]]:
    """The verdict and its reasons. What is found weighs most, then what nobody can look into, then what is not said."""
    reasons = set(why)
    if heard is Heard.CLEAN:
        reasons.discard(OPAQUE)
    if heard is Heard.TOO_LARGE:
        reasons.add("too large for clamd")
    if found or heard is Heard.INFECTED:
        return INFECTED, tuple(sorted(reasons))
    if reasons:
        return UNSCANNABLE, tuple(sorted(reasons))
    return (UNSCANNED, ("clamd did not answer",)) if heard is Heard.FAILED else (CLEAN, ())
