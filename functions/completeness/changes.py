"""What earlier reports said and what is true by now: captures come late, and holes are filled. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from functions.completeness.streams import Counted, came


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A correction of what the reports before this one say."""

    day: date
    about: str
    """An endpoint, whose captures of that day are counted; or `gap <stream> <first>-<last>`, whose numbers are."""
    before: int
    now: int


def stated(reports: Iterable[Mapping[str, Any]]) -> dict[tuple[date, str], int]:
    """By day and endpoint, how many captures there are, in the latest words of these reports, oldest first."""
    said: dict[tuple[date, str], int] = {}
    for report in reports:
        day = date.fromisoformat(report["day"])
        said |= {(day, way["endpoint"]): way["count"] for way in report["ways"]}
        changed = (one for one in report["changes"] if not one["about"].startswith("gap "))
        said |= {(date.fromisoformat(one["day"]), one["about"]): one["now"] for one in changed}
    return said


def recount(said: Mapping[tuple[date, str], int], counts: Mapping[tuple[date, str], int]) -> Iterator[Change]:
    """Where the counts of now are others; an endpoint that was not known of a day counted as nothing."""
    for day, endpoint in sorted(counts):
        before, now = said.get((day, endpoint), 0), counts[day, endpoint]
        if before != now:
            yield Change(day=day, about=endpoint, before=before, now=now)


def filled(report: Mapping[str, Any], counted: Iterable[Counted]) -> Iterator[Change]:
    """Numbers that this report missed and that have come."""
    by_token = {one.stream.token.hex(): one.ranges for one in counted}
    for stream in report["streams"]:
        for gap in stream["listed"]:
            first, last = int(gap["first"]), int(gap["last"])
            there = came(by_token.get(stream["stream"], ()), first, last)
            number = sum(until - since + 1 for since, until in there)
            if number and stream["kind"] == "integer":
                day, missed = date.fromisoformat(report["day"]), last - first + 1
                about = f"gap {stream['stream']} {first}-{last}"
                yield Change(day=day, about=about, before=missed, now=missed - number)
