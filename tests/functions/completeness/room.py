"""A whole archive with a clock that can be turned, and the room that watches it."""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from functions.capture.tokens import IndexKey
from functions.completeness.days import Index
from functions.completeness.watch import Outcome, World, watch
from functions.law.sections import CompletenessPolicy
from functions.retrieval.read import World as RetrievalWorld
from functions.retrieval.reports import read_reports
from tests.archive import ARCHIVE_ID, Archive
from tests.fakes import Fuse, MemoryCursors, MemoryDictionaries, MemoryReader, MemoryReports, MemorySigner
from tests.make import INDEX_SECRET, body_of, make_event, make_post

KEY = IndexKey(INDEX_SECRET)
DAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
"""Of that day, in Beijing."""
MORNING_AFTER = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
"""Half past two in Beijing, when the day's report is due."""
A_DAY = timedelta(days=1)


@dataclass
class Watched(Archive):
    silent_days: int = 3
    gateways_expected: tuple[str, ...] = ()
    corps: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.reports, self.signer, self.cursors = MemoryReports(), MemorySigner(), MemoryCursors()
        super().__post_init__()

    def use(self, fuse: Fuse) -> None:
        super().use(fuse)
        self.reports.fuse = fuse

    def watching(self) -> World:
        index = Index(self.postings, KEY)
        return World(
            archive_id=ARCHIVE_ID,
            corps=self.corps,
            index=index,
            custodians=self,
            streams=self.sequences,
            cursors=self.cursors,
            policy=CompletenessPolicy(silent_days=self.silent_days, gateways=self.gateways_expected),
            media=self.items,
            tombstones=self.tombstones,
            signer=self.signer,
            reports=self.reports,
            intake=self.world(self.key),
            clock=lambda: self.now,
        )

    def load(self) -> Any:
        """Custodians."""
        return self.roll

    def watch(self, asked: date | None = None) -> Outcome:
        outcome = watch(self.watching(), asked=asked)
        self.run()
        return outcome

    def bring(self, *numbers: int, at: datetime = NOON, **changed: Any) -> None:
        """Captures of a gateway with these numbers, delivered and archived at that time."""
        self.now = at
        for number in numbers:
            event = make_event(
                id=f"msg-{number}",
                time=at.isoformat(),
                sequence=str(number),
                sequencetype="Integer",
                **changed,
            )
            self.post(make_post(body_of(event), webhook_id=f"d-{number}-{at:%d%H}", at=at))
        self.run()

    def report(self, day: date = DAY) -> dict[str, Any]:
        """As it stands on its way into the vault."""
        standing = self.reports.get(day)
        assert standing is not None
        return dict(json.loads(standing)["data"]["report"])

    def answer(self, days: int = 30) -> dict[str, Any]:
        """Of GET /reports/completeness."""
        world = RetrievalWorld(
            archive_id=ARCHIVE_ID,
            vault=MemoryReader(self.vault),
            keyrings=MemoryReader(self.keyrings),
            unwrap=self.keys.unwrap,
            dictionaries=MemoryDictionaries(self.vault),
        )
        found = read_reports(self.postings, KEY, world, days=days, now=self.now)
        return {"archive": ARCHIVE_ID, "days": days, "asked_at": self.now.isoformat(), "reports": found}
