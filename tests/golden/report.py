"""A completeness report's input, fixed: one of everything that it can say."""

from datetime import UTC, date, datetime

from functions.canonical import canonical
from functions.capture.sequence import DAYS, INTEGER, LARGEST, WECOM, Range, Stream
from functions.completeness.changes import Change
from functions.completeness.days import Way
from functions.completeness.fetching import Fetching
from functions.completeness.people import People
from functions.completeness.report import Facts, write
from functions.completeness.streams import Counted
from functions.pull.cursor import Cursor, Gap

MADE_AT = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
MORNING, EVENING = datetime(2026, 11, 22, 1, tzinfo=UTC), datetime(2026, 11, 22, 11, tzinfo=UTC)
ENDPOINT, PULL = "gateway/gateway-one", "pull/ww1"


def report() -> bytes:
    return canonical(write(facts()))


def facts() -> Facts:
    cursor = Cursor(seq=LARGEST, succeeded_at=EVENING, gap=Gap(requested_seq=7, last_success=MORNING))
    return Facts(
        archive="golden",
        day=date(2026, 11, 22),
        made_at=MADE_AT,
        previous="ab" * 32,
        ways=(
            Way(endpoint=ENDPOINT, count=5, first_sent=MORNING, last_sent=EVENING),
            Way(endpoint="gateway/two", count=0),
        ),
        expected=frozenset({"gateway/two"}),
        counted=(
            _counted(DAYS, ENDPOINT, (739_577, 739_577)),
            _counted(INTEGER, ENDPOINT, (1, 2), (4, 9)),
            _counted(WECOM, PULL, (196, 200), (LARGEST - 1, LARGEST)),
        ),
        people=People(expected=3, silent={bytes(16): None, bytes([1] * 16): MORNING}, awaited=0),
        silent_days=7,
        flags={"unparsed": 1, "sealed": 2, "late": 0, "pull_gap": 1},
        media_missing=4,
        fetching=Fetching(cursors={PULL: cursor}, sources={PULL: EVENING}, announced=(MORNING, EVENING)),
        tombstones={"private": 3},
        changes=(Change(day=date(2026, 11, 21), about=ENDPOINT, before=1, now=2),),
    )


def _counted(kind: str, endpoint: str, *spans: tuple[int, int]) -> Counted:
    ranges = tuple(
        Range(
            first=first,
            last=last,
            sent_from=MORNING,
            sent_until=EVENING,
            received_from=MORNING,
            received_until=EVENING,
            jumped=1 if first == LARGEST - 1 else 0,
        )
        for first, last in spans
    )
    return Counted(stream=Stream(token=kind.encode().ljust(16, b"\0"), endpoint=endpoint, kind=kind), ranges=ranges)
