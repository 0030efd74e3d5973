"""A firm, its archive in memory, and runs of the pull room between them."""

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from functions.capture.tokens import endpoint_name
from functions.pull.pull import DOOR, Outcome, World, pull
from tests.archive import Archive
from tests.corp import CORP_ID, Corp
from tests.fakes import Fuse, MemoryCursors


@dataclass
class Firm:
    corp: Corp
    archive: Archive = field(default_factory=Archive)
    cursors: MemoryCursors = field(default_factory=MemoryCursors)
    waited: list[float] = field(default_factory=list)
    ticks: timedelta = timedelta()
    """How much later it is each time somebody looks at the clock."""

    def world(self, *, timeout_seconds: float = 10, sdk: Any = None) -> World:
        return World(
            corp_id=CORP_ID,
            sdk=sdk or self.corp.executable(timeout_seconds),
            keys=self.corp.secret().keys(),
            cursors=self.cursors,
            intake=self.archive.world(self.archive.key),
            clock=self._look,
            sleep=self.waited.append,
        )

    def pull(self, *, minutes: float = 5, timeout_seconds: float = 10, sdk: Any = None) -> Outcome:
        world = self.world(timeout_seconds=timeout_seconds, sdk=sdk)
        return pull(world, deadline=self.archive.now + timedelta(minutes=minutes))

    def _look(self) -> Any:
        self.archive.now += self.ticks
        return self.archive.now

    def use(self, fuse: Fuse) -> None:
        self.archive.use(fuse)
        self.cursors.fuse = fuse

    @property
    def seq(self) -> int:
        return self.cursors.kept[CORP_ID].seq

    def records(self) -> list[dict[str, Any]]:
        """Every record, each once, in the order of its seq, as the index finds it."""
        self.archive.run()
        rows = self.archive.postings.items.values()
        hours = {datetime.fromisoformat(f"{one.day}T{hour:02}:00:00Z") for one in rows for hour in range(24)}
        arrivals = {self.archive.key.arrival(endpoint_name(DOOR, CORP_ID), hour) for hour in hours}
        found = {(one.token + row.digest).hex() for one in rows if one.token in arrivals for row in one.rows}
        return sorted((self.archive.read(record_id) for record_id in found), key=lambda one: data_of(one)["seq"])


def capture_of(record: dict[str, Any]) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(base64.b64decode(record["capture"]["base64"]))
    return event


def data_of(record: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = capture_of(record)["data"]
    return data
