"""Files inside captures: scanned whatever they are, kept whatever the scan says."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest

from functions.archive.inline import PATIENT_ATTEMPTS, Scanning, infected, look
from functions.archive.outcome import Dropped
from functions.capture.capture import Delivery, Flag
from functions.malware.rules import shipped
from functions.malware.scan import Scanner
from tests.functions.archive.deciding import drafted
from tests.functions.archive.room import Room, make_message
from tests.functions.builders import make_delivery
from tests.make import NOW, make_event
from tests.media import sha256_hex
from tests.media_files import EICAR, zeros, zipped

CLEAN = b"\x89PNG small"


def file(body: bytes, **changed: Any) -> dict[str, Any]:
    usual = {"sha256": sha256_hex(body), "data_base64": base64.b64encode(body).decode()}
    return {name: value for name, value in (usual | changed).items() if value is not None}


def deliver(*files: dict[str, Any], **data: Any) -> Delivery:
    event = make_event()
    event["data"] |= {"content": {"type": "file", "media": list(files)}, **data}
    return make_delivery(json.dumps(event).encode())


def scanning(*, attempt: int = 1, clock: Any = lambda: 0.0) -> Scanning:
    scanner = Scanner(rules=shipped(), clamd=None, clock=clock)
    return Scanning(lambda: scanner, now=NOW, attempt=attempt)


@pytest.mark.parametrize(
    ("given", "verdict", "told"),
    [
        (file(CLEAN), "clean", ((), ())),
        (file(EICAR), "infected", (("FC-0001",), ())),
        (file(EICAR, sha256="0" * 64), "infected", (("FC-0001",), ())),
        (file(b"MZ" + bytes(98), name="Invoice.PDF"), "infected", (("FC-0002",), ())),
        (file(zipped(("inside.txt", EICAR))), "infected", (("FC-0001",), ())),
        (file(zeros(96 * 2**20)), "unscannable", ((), ("bomb: size",))),
        (file(CLEAN, data_base64="no base64"), "unscannable", ((), ("not base64",))),
        (file(CLEAN, data_base64="文件"), "unscannable", ((), ("not base64",))),
    ],
)
def test_a_file_inside_a_capture_has_a_verdict(given: dict[str, Any], verdict: str, told: object) -> None:
    one = look(drafted(deliver(given)), scanning())

    (scan,) = one.scans
    assert scan is not None
    assert (scan.verdict, (scan.rule_ids, scan.reasons)) == (verdict, told)
    assert (Flag.UNCLEAN in one.flags) == (verdict != "clean")
    assert infected(one) == (verdict == "infected")
    assert one.meaning.inline == (), "its bytes are not held any longer"


def test_a_file_that_is_only_named_has_none() -> None:
    one = look(drafted(deliver(file(EICAR, data_base64=None))), scanning())

    assert (one.scans, infected(one), Flag.UNCLEAN in one.flags) == ((None,), 0, False)


def test_what_is_not_kept_is_not_looked_into() -> None:
    dropped = replace(drafted(deliver(file(EICAR))), early=Dropped("scope", "private", "scope.private"))

    one = look(dropped, scanning())

    assert (one.scans, one.meaning.inline) == ((), ())


def test_a_capture_that_was_tried_too_often_is_kept_without_a_scan() -> None:
    one = look(drafted(deliver(file(CLEAN))), scanning(attempt=PATIENT_ATTEMPTS + 1))

    (scan,) = one.scans
    assert scan is not None
    assert (scan.verdict, scan.reasons) == ("unscanned", ("given up",))
    assert Flag.UNCLEAN in one.flags


def test_files_that_come_together_share_the_time_and_what_needs_no_unpacking_needs_none_of_it() -> None:
    seconds = iter(range(0, 10**6, 4))
    files = [file(zipped((f"{at}.txt", b"text"))) for at in range(3)]

    one = look(drafted(deliver(*files, file(CLEAN))), scanning(clock=lambda: next(seconds)))

    assert [scan and scan.reasons for scan in one.scans] == [("bomb: time",)] * 3 + [()]


def test_the_batch_keeps_and_counts_them() -> None:
    room = Room()

    outcome = room.take(make_message("m1", deliver(file(EICAR))), make_message("m2", deliver(file(CLEAN))))

    assert (outcome.unsettled, outcome.captures, outcome.unclean, outcome.infected) == ({}, 2, 1, 1)
