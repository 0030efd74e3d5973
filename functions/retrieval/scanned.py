"""Which files are given out: those that were found clean, and the others to whom an approved act of override names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

ACT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
UNSCANNED, CLEAN = "unscanned", "clean"


class Overrides(Protocol):
    def allows(self, act_id: str, media_id: str, *, now: datetime) -> bool:
        """Whether this act is an override for this file, approved, and holds now. Raises TryLater."""
        ...


class Withheld(Exception):
    """The file is not given out: what the scan said of it."""

    def __init__(self, verdict: str, rule_ids: tuple[str, ...], reasons: tuple[str, ...]) -> None:
        super().__init__(f"the scan says {verdict}: {', '.join((*rule_ids, *reasons)) or 'nothing more'}")
        self.verdict = verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a reader asks for a file that is withheld."""

    override: str | None
    """Id of the act."""
    now: datetime
    overrides: Overrides = field(repr=False)


def check(description: Mapping[str, Any], media_id: str, asked: Asked) -> None:
    """Raises Withheld. A file that was sealed before files were scanned counts as one that was not scanned."""
    scan: Mapping[str, Any] = description.get("scan", {"verdict": UNSCANNED, "rule_ids": (), "reasons": ()})
    if scan["verdict"] == CLEAN:
        return
    if asked.override is None or not asked.overrides.allows(asked.override, media_id, now=asked.now):
        raise Withheld(scan["verdict"], tuple(scan["rule_ids"]), tuple(scan["reasons"]))
