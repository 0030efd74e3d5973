"""One segment's arrival: read it, check all that can be checked without a key, file its postings."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from functions.errors import Rejected, Tampered
from functions.index.postings import Posting, postings
from functions.segment.segment import check

KEY = re.compile(r"segments/[a-z_]+/\d{4}/\d\d/\d\d/[0-9a-f-]{36}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What S3 says about a new segment."""

    key: str
    version_id: str


class Segments(Protocol):
    def read(self, key: str, version_id: str) -> bytes:
        """One version, whole. Raises TryLater."""
        ...


class Postings(Protocol):
    def put(self, items: Iterable[Posting]) -> int:
        """Write all, each replacing its equal; how many. Raises TryLater; then some may have been written."""
        ...


def read_arrival(body: str) -> Arrival:
    """From EventBridge's `Object Created` of S3. Raises Rejected when it is not about a segment."""
    try:
        thing = json.loads(body)["detail"]["object"]
        arrival = Arrival(key=str(thing["key"]), version_id=str(thing["version-id"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Rejected("the message is not S3's notice of a new object") from error
    if KEY.fullmatch(arrival.key) is None:
        raise Rejected("the notice is about an object that is no segment")
    return arrival


def index(arrival: Arrival, *, segments: Segments, table: Postings) -> int:
    """How many postings were written. Raises TryLater, Tampered."""
    header, directory = check(segments.read(arrival.key, arrival.version_id))
    if header.key != arrival.key:
        raise Tampered(f"{arrival.key}: it is the segment {header.segment_id} of another place")
    return table.put(
        postings(directory, segment_id=header.segment_id, tier=header.klass.tier, version_id=arrival.version_id)
    )
