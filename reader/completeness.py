"""`fengcun completeness`: are the archive's own reports genuine, and what do they say is missing? Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_pem_public_key,
)

from functions.canonical import parse_moment
from functions.capture.days import BEIJING, day_of, last_due
from functions.completeness import proof
from functions.completeness.changes import stated
from functions.errors import Tampered
from reader.errors import CommandError, Misused, Unproven
from reader.picture import LEGEND, Row, draw
from reader.show import visible

MOST_LINES = 20
"""Of one finding; the document has more."""


class Incomplete(CommandError):
    """The reports are genuine, and say that something is missing."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What GET /reports/completeness said, and whose tokens are known."""

    told: Mapping[str, Any]
    accounts: Mapping[str, str] = field(default_factory=dict, repr=False)
    """By token, in hex."""

    @property
    def reports(self) -> list[dict[str, Any]]:
        """Oldest first."""
        return [one["report"] for one in self.told["reports"]]

    @property
    def due(self) -> date:
        return last_due(parse_moment(self.told["asked_at"]))

    def days(self) -> list[date]:
        """Every day from the first report to the one that is due, whether it was reported or not."""
        if not self.reports:
            return []
        first, last = _day(self.reports[0]), max(self.due, _day(self.reports[-1]))
        return [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]

    def unreported(self) -> list[date]:
        known = {_day(report) for report in self.reports}
        return [day for day in self.days() if day not in known]


def verify(answer: Answer, *, public_key: bytes) -> None:
    """Raises Unproven unless the archive's key signed every report, and each names the one before it."""
    before: Mapping[str, Any] | None = None
    for one in answer.told["reports"]:
        report = one["report"]
        try:
            proof.check(report, one["signature"], public_key=public_key)
        except Tampered as error:
            raise Unproven(str(error)) from error
        if (report.get("archive"), report.get("day")) != (answer.told["archive"], one["day"]):
            raise Unproven(f"the report of {one['day']} is one of {report.get('archive')}, {report.get('day')}")
        follows = before is not None and _day(report) - _day(before) == timedelta(days=1)
        if before is not None and follows and report["previous"] not in {None, proof.digest(before).hex()}:
            raise Unproven(f"the report of {one['day']} does not follow that of {before['day']}")
        before = report


def der(public_key: bytes) -> bytes:
    """Of a public key in PEM or DER. Raises Misused."""
    try:
        load = load_pem_public_key if public_key.lstrip().startswith(b"-----BEGIN") else load_der_public_key
        return load(public_key).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Misused("the file given as --public-key holds no public key, in PEM or DER") from error


def verdict(answer: Answer) -> None:
    """Raises Incomplete with what is missing, in a sentence."""
    if not answer.reports:
        raise Incomplete("there is no report of these days")
    unreported = answer.unreported()
    reasons = [f"days without a report: {len(unreported)}"] if unreported else []
    newest = answer.reports[-1]
    if not newest["complete"]:
        reasons += [f"{NAMES[name]}: {number}" for name, number in newest["findings"].items() if name in NAMES]
    if reasons:
        raise Incomplete(f"something is missing ({'), ('.join(reasons)})")


def describe(answer: Answer) -> str:
    """The whole page."""
    return "\n".join(map(visible, _lines(answer)))


def _lines(answer: Answer) -> Iterator[str]:
    days = answer.days()
    yield f"archive {answer.told['archive']}; reports signed by its key: {len(answer.reports)}"
    if not days:
        return
    yield f"days of Beijing, {days[0]} to {days[-1]}"
    yield ""
    yield from draw(list(_rows(answer)), days)
    yield f"  {LEGEND}"
    newest = answer.reports[-1]
    yield ""
    yield f"as of the report of {newest['day']}: {'complete' if newest['complete'] else 'NOT complete'}"
    yield from (f"  {line}" for line in _findings(newest, answer.accounts))
    yield from (f"  no report of {day}" for day in answer.unreported()[:MOST_LINES])
    if answer.reports[0]["previous"] is None:
        yield f"  the report of {days[0]} follows none: the first ever, or a gap before it"


def _rows(answer: Answer) -> Iterator[Row]:
    reports = answer.reports
    counts, newest = stated(reports), reports[-1]
    missing = _gap_days(newest)
    for endpoint in dict.fromkeys(way["endpoint"] for report in reports for way in report["ways"]):
        reported = {_day(report): counts.get((_day(report), endpoint), 0) for report in reports}
        absent = {_day(report) for report in reports if _absent(report, endpoint) and not reported[_day(report)]}
        yield Row(label=endpoint, counts=reported, missing=frozenset(missing.get(endpoint, set()) | absent))
    seen = {_day(report): report["custodians"]["seen"] for report in reports}
    silent = frozenset(_day(report) for report in reports if report["custodians"]["silent"])
    yield Row(label=f"custodians ({newest['custodians']['expected']})", counts=seen, missing=silent)


def _absent(report: Mapping[str, Any], endpoint: str) -> bool:
    return any(way["expected"] and way["endpoint"] == endpoint for way in report["ways"])


def _gap_days(report: Mapping[str, Any]) -> dict[str, set[date]]:
    """By endpoint, the days on which numbers were due that have not come."""
    found: dict[str, set[date]] = {}
    for stream in _with_gaps(report, "integer"):
        for gap in stream["listed"]:
            first, last = sorted((_day_of(gap["after"]), _day_of(gap["before"])))
            span = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
            found.setdefault(stream["endpoint"], set()).update(span)
    return found


def _findings(report: Mapping[str, Any], accounts: Mapping[str, str]) -> Iterator[str]:
    found = report["findings"]
    for name, number in found.items():
        yield f"{NAMES.get(name) or KNOWN.get(name, name)}: {number}"
        details: Iterable[str] = DETAILS[name](report, accounts) if name in DETAILS else ()
        yield from (f"  {line}" for line in list(details)[:MOST_LINES])
    if not found:
        yield "nothing to note"


def _absences(report: Mapping[str, Any], _: Mapping[str, str]) -> Iterator[str]:
    yield from (way["endpoint"] for way in report["ways"] if way["expected"] and not way["count"])


def _holes(report: Mapping[str, Any], kind: str) -> Iterator[str]:
    for stream in _with_gaps(report, kind):
        yield f"{stream['endpoint']}, source {stream['stream'][:8]}: missing {stream['missing']}"
        for gap in stream["listed"]:
            numbers = gap["first"] if gap["first"] == gap["last"] else f"{gap['first']} to {gap['last']}"
            yield f"  {numbers}, due between {_clock(gap['after'])} and {_clock(gap['before'])}"


def _lost(report: Mapping[str, Any], _: Mapping[str, str]) -> Iterator[str]:
    yield from _holes(report, "integer")


def _jumps(report: Mapping[str, Any], _: Mapping[str, str]) -> Iterator[str]:
    yield from _holes(report, "wecom")


def _silences(report: Mapping[str, Any], accounts: Mapping[str, str]) -> Iterator[str]:
    people = report["custodians"]
    for one in people["listed"]:
        who = accounts.get(one["custodian"], f"custodian {one['custodian'][:8]}")
        yield f"{who}, last seen {_clock(one['last_seen'], 'never')} (silent for {people['silent_days']} days or more)"


def _overdue(report: Mapping[str, Any], _: Mapping[str, str]) -> Iterator[str]:
    archive = report["chat_archive"]
    if archive["unanswered_since"]:
        yield f"WeCom announced messages at {_clock(archive['unanswered_since'])}, and none came since"
    yield from (f"{one['endpoint']}: {one['hours']} hours" for one in archive["sources"])


def _corrections(report: Mapping[str, Any], _: Mapping[str, str]) -> Iterator[str]:
    yield from (f"{one['day']} {one['about']}: was {one['before']}, is {one['now']}" for one in report["changes"])


NAMES = {
    "absent": "ways in that should bring something every day and brought nothing",
    "gap": "gaps in numbers that should have none; let the sender deliver them again",
    "silent": "silent custodians",
    "media": "captures that name files which are not here",
    "sealed": "captures still encrypted, for want of a key",
    "pull_gap": "times that WeCom was not asked for longer than it keeps messages",
    "overdue": "chat archive overdue",
}
"""Of what is missing."""
KNOWN = {
    "jump": "jumps in WeCom's numbers (it may leave some out)",
    "unparsed": "captures that nobody could read",
    "unknown_type": "captures of a type that this release does not know",
    "conflict": "captures that came with two contents",
    "late": "captures that came long after their time",
    "unauthenticated": "captures that nobody has proven",
    "changed": "corrections of earlier reports",
}
DETAILS = {
    "absent": _absences,
    "gap": _lost,
    "silent": _silences,
    "overdue": _overdue,
    "jump": _jumps,
    "changed": _corrections,
}


def _with_gaps(report: Mapping[str, Any], kind: str) -> Sequence[Mapping[str, Any]]:
    return [stream for stream in report["streams"] if stream["kind"] == kind and stream["gaps"]]


def _day(report: Mapping[str, Any]) -> date:
    return date.fromisoformat(report["day"])


def _day_of(text: str) -> date:
    return day_of(parse_moment(text))


def _clock(text: str | None, otherwise: str = "") -> str:
    if text is None:
        return otherwise
    return f"{parse_moment(text).astimezone(BEIJING):%m-%d %H:%M}"
