"""One segment's arrival: read its directory, file its postings."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from functions.errors import Rejected
from functions.index.postings import Posting, postings
from functions.segment import directory as directories
from functions.segment.directory import TAIL_BYTES

LIKELY_BYTES = 65_536  # of a directory with its tail, at 1,000 records: one read is nearly always enough
KEY = re.compile(r"segments/([a-z_]+)/\d{4}/\d\d/\d\d/([0-9a-f-]{36})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What S3 says about a new segment."""

    key: str
    version_id: str
    size_bytes: int
    tier: str
    segment_id: str


class Segments(Protocol):
    def read(self, key: str, version_id: str, *, start: int, length: int) -> bytes:
        """Some bytes of one version. Raises TryLater."""
        ...


class Postings(Protocol):
    def put(self, items: Iterable[Posting]) -> int:
        """Write all, each replacing its equal; how many. Raises TryLater; then some may have been written."""
        ...


def read_arrival(body: str) -> Arrival:
    """From EventBridge's `Object Created` of S3. Raises Rejected when it is not about a segment."""
    try:
        thing = json.loads(body)["detail"]["object"]
        match = KEY.fullmatch(thing["key"])
        if match is None:
            raise Rejected("the notice is about an object that is no segment")
        return Arrival(
            key=thing["key"],
            version_id=thing["version-id"],
            size_bytes=int(thing["size"]),
            tier=match[1],
            segment_id=match[2],
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Rejected("the message is not S3's notice of a new object") from error


def index(arrival: Arrival, *, segments: Segments, table: Postings) -> int:
    """How many postings were written. Raises TryLater, Tampered."""
    start = max(0, arrival.size_bytes - LIKELY_BYTES)
    end = segments.read(arrival.key, arrival.version_id, start=start, length=arrival.size_bytes - start)
    first, length = directories.tail(end, arrival.size_bytes)
    if first < start:
        end = segments.read(arrival.key, arrival.version_id, start=first, length=length + TAIL_BYTES)
        start = first
    directory = directories.read(end[first - start : first - start + length])
    return table.put(
        postings(directory, segment_id=arrival.segment_id, tier=arrival.tier, version_id=arrival.version_id)
    )
