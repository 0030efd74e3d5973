"""A record written out for a person. Pure; nothing in a capture can steer the terminal."""

import json
import unicodedata
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

from reader.errors import Unproven

BEIJING = timezone(timedelta(hours=8))  # mainland China has had one time and no summer time since 1991
STEERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Bidirectional controls (Unicode UAX 9): they make text read other than it stands."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What GET /records/{record_id} said (docs/formats.md names the fields of the envelope)."""

    told: Mapping[str, Any]

    @property
    def envelope(self) -> Mapping[str, Any]:
        envelope: Mapping[str, Any] = self.told["envelope"]
        return envelope

    def capture(self) -> bytes:
        """The capture's own bytes. Raises Unproven if they are not those whose SHA-256 came with them."""
        claimed = self.told["capture"]["sha256"]
        body = b64decode(self.told["capture"]["base64"], validate=True)
        if sha256(body).hexdigest() != claimed:
            raise Unproven(f"the capture has SHA-256 {sha256(body).hexdigest()}, the answer says {claimed}")
        return body


def visible(line: str) -> str:
    r"""One line with every control and bidirectional character but the tab written as \uXXXX."""
    return "".join(f"\\u{ord(sign):04x}" if _steers(sign) else sign for sign in line)


def _steers(sign: str) -> bool:
    return sign in STEERING or (unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} and sign != "\t")


def moment(text: str) -> str:
    """An RFC 3339 time as it stands, and on the clock of Beijing where its years reach."""
    try:
        there = datetime.fromisoformat(text).astimezone(BEIJING)
    except OverflowError:
        return text
    return f"{text}  ({there:%Y-%m-%d %H:%M:%S} Beijing)"


def describe(answer: Answer) -> str:
    """The whole page."""
    lines = [f"record {answer.told['record_id']}", ""]
    lines += [f"  {name:<12}{value}" for name, value in _facts(answer)]
    lines += ["", "decisions", *_decisions(answer.envelope), "", "findings", *_findings(answer.envelope), ""]
    return "\n".join(map(visible, [*lines, *_capture(answer)]))


def describe_receipt(told: Mapping[str, Any]) -> str:
    """One line per record that the archive holds of the event."""
    lines = [f"{told['status']}: event {told['id']} of gateway {told['gateway']}"]
    for record in told["records"]:
        lines.append(f"  record {record['record_id']}")
        lines += [
            f"    {name:<10}{moment(record[key])}" for name, key in (("sent", "sent_at"), ("received", "received_at"))
        ]
    return "\n".join(map(visible, lines))


def _facts(answer: Answer) -> Iterator[tuple[str, str]]:
    about, place, lock, links = answer.envelope, *(answer.told[name] for name in ("location", "lock", "links"))
    yield "sent", moment(about["sent_at"]) + (" by the delivery" if about["sent_at_source"] == "delivery" else "")
    yield "received", moment(about["received_at"])
    yield "kind", ", ".join([about["kind"], *about["flags"]])
    yield "came by", " ".join(filter(None, (about["door"], about["endpoint"], about["source"], about["event_id"])))
    yield "type", about["event_type"]
    yield "people", ", ".join(about["participants"]) or "none named"
    yield "in", about["conversation"] or "no conversation named"
    yield "lies in", f"s3://{place['bucket']}/{place['key']}"
    yield (
        "",
        f"version {place['version_id']}, record {place['ordinal']} at byte {place['offset']}, {place['length']} bytes",
    )
    yield "locked", f"{lock['mode']} until {lock['retain_until']}; legal hold: {lock['legal_hold']}"
    yield "copies", str(answer.told["copies"])
    yield from (("file", _file(one)) for one in answer.told.get("media", ()))
    yield from (("takes back", f"record {one}") for one in links["recalls"])
    yield from (("taken back", f"by record {one}") for one in links["recalled_by"])
    if not links["complete"]:
        yield "", "there may be more that could not be opened"


def _file(told: Mapping[str, Any]) -> str:
    """Where one file is that the record names, and whether it may be opened."""
    name = told["sha256"] or told["md5"] or "without a digest"
    if told["status"] == "inline":
        return f"{name} lies inside the capture; the scan says {told['verdict']}"
    if told["status"] != "sealed":
        since = f" since {moment(told['since'])}" if told["since"] else ""
        other = f"; an upload at {moment(told['mismatch_at'])} was another file" if told["mismatch_at"] else ""
        return f"{name} is {told['status']}{since}{other}"
    return f"{name} is sealed; the scan says {told['verdict'] or 'unscanned'}"


def _decisions(about: Mapping[str, Any]) -> Iterator[str]:
    """One line each, and one below it for every entry of a list in the result."""
    for decision in about["decisions"]:
        result: Mapping[str, Any] = decision["result"]
        plain = [f"{name} {json.dumps(value)}" for name, value in result.items() if not isinstance(value, list)]
        by = f"{decision['rule']} version {decision['version']}"
        yield f"  {decision['about']:<12}{': '.join(filter(None, (by, ', '.join(plain))))}"
        for entry in (entry for value in result.values() if isinstance(value, list) for entry in value):
            yield f"  {'':<14}{json.dumps(entry, ensure_ascii=False)}"


def _findings(about: Mapping[str, Any]) -> Iterator[str]:
    for found in about["findings"]:
        where = f"text {found['field']}, characters {found['start']} to {found['end']}"
        yield f"  {found['kind']:<12}{where}, by {found['rule']}"
    if not about["findings"]:
        yield "  none"


def _capture(answer: Answer) -> Iterator[str]:
    body = answer.capture()
    yield f"capture: {answer.told['capture']['media_type']}, {len(body)} bytes, SHA-256 {sha256(body).hexdigest()}"
    yield "(laid out for reading; --capture FILE writes the bytes as they came)"
    yield ""
    yield from laid_out(body).replace("\r\n", "\n").split("\n")


def laid_out(body: bytes) -> str:
    """JSON indented, other text as it is, anything else named."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return "not text"
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return text
