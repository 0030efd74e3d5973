"""Something is missing, on purpose: what the archive's own signed report says of it."""

import json
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import Any

from functions.capture.days import last_due
from local.archive import Archive
from local.emulator import REPOSITORY
from local.story.delivering import GATEWAY, receipts
from local.story.outside import Outside
from local.story.promise import Promise, weigh
from reader.completeness import Answer, Incomplete, describe, verdict, verify
from reader.errors import Unproven

NAME = "A number that was left out is named by a report that the archive's key signed"
LEFT_OUT = "3"
_EVENTS = REPOSITORY / "events" / "numbered" / "third-missing.json"
_PATIENCE_SECONDS = 60


def find_the_gap(archive: Archive, outside: Outside) -> tuple[Promise, str]:
    """Deliver 1, 2 and 4, have a day reported on, and read the report as an officer would; and that page."""
    body = json.dumps(json.loads(_EVENTS.read_text("utf-8")), ensure_ascii=False).encode()
    answer = outside.deliver(body, gateway=GATEWAY, webhook_id="demo-numbered-1")
    given = receipts(answer)
    _until(lambda: all(_archived(outside, one) for one in given))
    day = last_due(datetime.now(UTC)) - timedelta(days=1)  # the schedule may have made the last one already
    _report(archive, day)
    _until(lambda: str(day) in [one["day"] for one in _told(outside).get("reports", [])])
    told = _told(outside)
    return _judge(archive, told, day)


def _judge(archive: Archive, told: Mapping[str, Any], day: date) -> tuple[Promise, str]:
    of_the_day = [one for one in told.get("reports", []) if one["day"] == str(day)]
    found = Answer({**told, "reports": of_the_day})
    key = archive.client("kms").get_public_key(KeyId=archive.deployed.outputs["ReportKey"])["PublicKey"]
    gaps = [gap for one in of_the_day for stream in one["report"]["streams"] for gap in stream["listed"]]
    seen = [
        (f"{len(of_the_day)} reports of {day}", len(of_the_day) == 1),
        ("it names another gap or none", [gap["first"] for gap in gaps] == [LEFT_OUT]),
        ("it is not signed by the archive's key", _is_signed(found, key)),
        ("it says that nothing is missing", _says_incomplete(found)),
    ]
    page = describe(found) if of_the_day else "no report"
    return weigh(NAME, seen, evidence=f"number {LEFT_OUT} of 1, 2, 4; ECDSA on P-256 verifies"), page


def _is_signed(answer: Answer, key: bytes) -> bool:
    try:
        verify(answer, public_key=key)
    except Unproven:
        return False
    return True


def _says_incomplete(answer: Answer) -> bool:
    try:
        verdict(answer)
    except Incomplete:
        return True
    return False


def _report(archive: Archive, day: date) -> None:
    """As an operator asks for a day that was missed."""
    name, payload = archive.deployed.outputs["Completeness"], json.dumps({"report": day.isoformat()})
    archive.client("lambda").invoke(FunctionName=name, Payload=payload.encode())


def _told(outside: Outside) -> dict[str, Any]:
    answer = outside.read("/reports/completeness?days=30")
    return answer.document() if answer.status == HTTPStatus.OK else {}


def _archived(outside: Outside, receipt: Mapping[str, Any]) -> bool:
    return outside.receipt(GATEWAY, receipt["id"], receipt["sent_at"]).status == HTTPStatus.OK


def _until(holds: Any) -> None:
    """Not for ever."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.5)
