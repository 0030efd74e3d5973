"""What is given out, a file or a capture with files in it: what was found clean, or what an act of override names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from functions.malware.verdicts import CLEAN, INFECTED, UNSCANNABLE, UNSCANNED

WORST = (INFECTED, UNSCANNABLE, UNSCANNED)
ACT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Overrides(Protocol):
    def allows(self, act_id: str, thing: str, *, now: datetime) -> bool:
        """Whether this act is an override for this file or record, approved, and holds now. Raises TryLater."""
        ...


class Withheld(Exception):
    """It is not given out: what the scan said of it."""

    def __init__(self, verdict: str, rule_ids: tuple[str, ...], reasons: tuple[str, ...]) -> None:
        super().__init__(f"the scan says {verdict}: {', '.join((*rule_ids, *reasons)) or 'nothing more'}")
        self.verdict = verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a reader asks for what is withheld."""

    override: str | None
    """Id of the act."""
    now: datetime
    overrides: Overrides = field(repr=False)


def check(description: Mapping[str, Any], media_id: str, asked: Asked) -> None:
    """Raises Withheld. A file that was sealed before files were scanned counts as one that was not scanned."""
    scan: Mapping[str, Any] = description.get("scan", {"verdict": UNSCANNED, "rule_ids": (), "reasons": ()})
    if scan["verdict"] != CLEAN and not _overridden(media_id, asked):
        raise Withheld(scan["verdict"], tuple(scan["rule_ids"]), tuple(scan["reasons"]))


def check_inside(envelope: Mapping[str, Any], record_id: str, asked: Asked) -> None:
    """The same of the files inside a record's capture, which is not given out without them. Raises Withheld."""
    files = unclean(envelope)
    if not files or _overridden(record_id, asked):
        return
    verdict = min((inside(file) or UNSCANNED for file in files), key=WORST.index)
    rule_ids, reasons = (
        tuple(sorted({one for file in files for one in file.get(name) or ()})) for name in ("rule_ids", "reasons")
    )
    raise Withheld(verdict, rule_ids, reasons)


def unclean(envelope: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The files in a record's capture that were not found clean."""
    return [file for file in envelope["media"] if inside(file) not in {None, CLEAN}]


def inside(file: Mapping[str, Any]) -> str | None:
    """What a record says of the scan of a file that is in its capture. None where none is."""
    verdict: str | None = file.get("verdict")  # records of the format before do not have it
    return UNSCANNED if verdict is None and file["present"] else verdict


def _overridden(thing: str, asked: Asked) -> bool:
    return asked.override is not None and asked.overrides.allows(asked.override, thing, now=asked.now)
