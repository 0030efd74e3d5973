"""What does not go to the vault yet: sealed alone, outside of it, with an item that says since when and until when.

A suspect goes into the quarantine bucket under the quarantine key; what is held back, into the intake bucket under the
intake key. The object is written before its item, and removed after it, so an item always leads to an object. Nothing
here is locked: a state secret must be destroyed on order, and what nobody agreed to must not be kept.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from functions.archive.draft import Draft
from functions.archive.outcome import HeldBack, Quarantined
from functions.canonical import moment_text
from functions.capture.aside import held_key, quarantine_context, seal_suspect, single, suspect_key
from functions.capture.delivery import NONCE_BYTES, DataKey, seal
from functions.capture.tokens import Names

CONSENT, QUARANTINE = "consent", "quarantine"
HELD = "held"
"""In the evidence: since when, and for whose answer, a capture was held back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One item of table Held."""

    token: bytes
    """Whose answer is waited for; of suspects `token("held", "quarantine")`, so that one query counts them."""
    record: str
    kind: str
    since: datetime
    due: datetime

    def item(self) -> dict[str, Any]:
        return {
            "token": {"B": self.token},
            "record": {"S": self.record},
            "kind": {"S": self.kind},
            "since": {"S": moment_text(self.since)},
            "due": {"S": moment_text(self.due)},
        }


class WaitingList(Protocol):
    """The table Held."""

    def put(self, waiting: Sequence[Waiting]) -> None:
        """Write those that are not there; what is there keeps its times. Raises TryLater; then some may be written."""
        ...

    def records(self, token: bytes) -> Iterator[str]:
        """What waits under this token. Raises TryLater."""
        ...

    def remove(self, tokens: Iterable[bytes], record: str) -> None:
        """What is not there is removed as well. Raises TryLater."""
        ...


class Suspects(Protocol):
    """The quarantine bucket."""

    def put_suspect(self, key: str, body: bytes, *, metadata: Mapping[str, str]) -> None:
        """Durable when it returns; the same key again replaces it. Raises TryLater."""
        ...


class HeldObjects(Protocol):
    """The intake bucket's `held/`."""

    def put(self, key: str, body: bytes) -> None:
        """Durable when it returns; the same key again replaces it. Raises TryLater."""
        ...

    def remove(self, key: str) -> None:
        """Every version of it. What is not there is removed as well. Raises TryLater."""
        ...


class Keys(Protocol):
    def generate(self, context: dict[str, str]) -> DataKey:
        """A new 32-byte key bound to the context. Raises TryLater."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """What setting something aside needs of the world."""

    archive_id: str
    suspects: Suspects
    quarantine_keys: Keys
    held: HeldObjects
    delivery_key: Callable[[], DataKey]
    """A key that may be used for the length of a batch. Raises TryLater."""
    waiting: WaitingList


def quarantine_token(names: Names) -> bytes:
    return names.token("held", QUARANTINE)


def set_suspect_aside(
    one: Draft, why: Quarantined, aside: Aside, *, names: Names, now: datetime, due: datetime
) -> None:
    """The wrapped key first, then the capture, then the item; then nothing is left where it was held back.

    Raises TryLater; doing it again is harmless.
    """
    record_id = one.item.record_id
    key = aside.quarantine_keys.generate(quarantine_context(aside.archive_id, record_id))
    evidence = {name: said for name, said in one.delivery.evidence.items() if name != HELD}
    came = replace(one.delivery, evidence=evidence)  # cleared, it may have to be held back anew
    alone = single(came, one.item, evidence={"quarantined_at": moment_text(now)})
    body, key_name = seal_suspect(alone, archive_id=aside.archive_id, key=key, nonce=os.urandom(NONCE_BYTES))
    metadata = {"reasons": " ".join(why.codes), "since": moment_text(now), "due": moment_text(due)}
    aside.suspects.put_suspect(key_name, key.wrapped, metadata={})
    aside.suspects.put_suspect(suspect_key(record_id), body, metadata=metadata)
    item = Waiting(token=quarantine_token(names), record=record_id, kind=QUARANTINE, since=now, due=due)
    aside.waiting.put([item])
    _let_held_go(one, aside)


def hold_back(one: Draft, why: HeldBack, aside: Aside, *, now: datetime) -> None:
    """The capture, then an item for each person. What was held back already stays as it is. Raises TryLater."""
    if HELD in one.delivery.evidence:
        return
    record_id = one.item.record_id
    told = {"since": moment_text(now), "waiting": [token.hex() for token in why.waiting]}
    alone = single(one.delivery, one.item, evidence={HELD: told})
    key = aside.delivery_key()
    aside.held.put(
        held_key(record_id), seal(alone, archive_id=aside.archive_id, key=key, nonce=os.urandom(NONCE_BYTES))
    )
    aside.waiting.put(
        [Waiting(token=one, record=record_id, kind=CONSENT, since=now, due=why.until) for one in why.waiting]
    )


def let_go(one: Draft, aside: Aside, names: Names) -> None:
    """After the vault has it, or it was dropped: nothing waits for it any more. Raises TryLater."""
    _let_held_go(one, aside)
    if "cleared" in one.delivery.evidence:
        aside.waiting.remove([quarantine_token(names)], one.item.record_id)


def _let_held_go(one: Draft, aside: Aside) -> None:
    evidence, record_id = one.delivery.evidence, one.item.record_id
    if HELD in evidence:
        aside.waiting.remove([bytes.fromhex(token) for token in evidence[HELD]["waiting"]], record_id)
        aside.held.remove(held_key(record_id))
