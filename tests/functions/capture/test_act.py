"""What an act's event says to the archive room."""

import json
from datetime import date
from typing import Any

import pytest

from functions.capture.act import SAYS, interpret, interpret_report
from functions.capture.capture import UNPARSED, Interpretation, Kind, Said
from functions.capture.content import moment_of

RECORD = "ab" * 24


def read(kind: str, document: Any, step: str = "approved") -> Interpretation:
    return interpret(json.dumps({"data": {"kind": kind, "step": step, "document": document}}).encode())


@pytest.mark.parametrize(("kind", "state"), SAYS.items())
def test_an_approved_act_about_consent_says_whose_and_what(kind: str, state: str) -> None:
    told: dict[str, Any] = {"purpose": "archive", "notice_sha256": "ab" * 32, "category": "general", "method": "wecom"}
    meaning = read(
        kind, {"person": "client-1", "at": "2026-11-20T10:00:00Z", "guardian": True, "turns_14": "2031-05-01", **told}
    )

    at = moment_of("2026-11-20T10:00:00Z")
    assert meaning.said == (
        Said(person="client-1", state=state, at=at, guardian=True, turns_14=date(2031, 5, 1), **told),
    )
    assert (meaning.kind, meaning.about, meaning.participants) == (Kind.ACT, kind, ("client-1",))


@pytest.mark.parametrize(
    ("kind", "document", "step"),
    [
        ("consent.grant", {"person": "client-1"}, "proposed"),
        ("consent.grant", {}, "approved"),
        ("restrict", {"person": "client-1", "record": RECORD}, "approved"),
    ],
)
def test_an_act_that_is_not_approved_or_about_nobodys_consent_says_nothing(
    kind: str, document: dict[str, str], step: str
) -> None:
    assert read(kind, document, step).said == ()


def test_an_act_names_the_record_that_it_is_about() -> None:
    assert read("restrict", {"record": RECORD}) == Interpretation(kind=Kind.ACT, about="restrict", record=RECORD)


@pytest.mark.parametrize("capture", [b"", b"{}", b'{"data": 5}', b'{"data": {"kind": "restrict"}}', b"[" * 10_000])
def test_an_act_that_is_not_understood_is_kept_as_unparsed(capture: bytes) -> None:
    assert interpret(capture) == UNPARSED


@pytest.mark.parametrize(
    ("data", "record"), [({"record": "ab" * 24}, "ab" * 24), ({"report": {}}, None), ({"record": "x"}, None)]
)
def test_a_report_is_found_by_the_record_it_is_about(data: dict[str, object], record: str | None) -> None:
    meaning = interpret_report("cn.fengcun.report.erasure", json.dumps({"data": data}).encode())

    assert (meaning.kind, meaning.about, meaning.record) == (Kind.REPORT, "erasure", record)


def test_a_report_that_is_no_document_is_a_report_all_the_same() -> None:
    assert interpret_report("cn.fengcun.report.x", b"\xff").kind is Kind.REPORT
