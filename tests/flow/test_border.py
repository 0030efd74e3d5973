"""From the order of a scope to an approval that stands, with real records, through the real handlers on moto."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.border import handler as border
from functions.canonical import moment_text
from functions.office import handler as office
from tests.aws import Context, Stage, client, forget
from tests.flow.test_office import OFFICER, OTHER, call, decide, events, firm, propose, show, waiting
from tests.make import make_event, make_post
from tests.office import act_id, request

__all__ = ["firm"]


def archived(stage: Stage, *events: dict[str, Any]) -> list[str]:
    """Record ids."""
    answer = stage.post(make_post(json.dumps(events).encode(), at=datetime.now(UTC)))
    stage.run()
    return [one["receipt"]["record_id"] for one in json.loads(answer["body"])["results"]]


def work(*bodies: str) -> list[dict[str, str]]:
    records = [{"messageId": f"m{at}", "body": body} for at, body in enumerate(bodies)]
    left: list[dict[str, str]] = border.handle({"Records": records}, Context())["batchItemFailures"]
    return left


def scope(number: int) -> dict[str, Any]:
    return call(office, request("GET", "/border/scopes/{act}", OFFICER, {"act": act_id(number)}))


def year() -> dict[str, Any]:
    asked = request("GET", "/border/years/{year}", OFFICER, {"year": str(datetime.now(UTC).year)})
    return call(office, asked)


def approval(number: int, of: int, **changed: Any) -> dict[str, Any]:
    said = {"scope": act_id(of), "legal_route": "standard_contract"}
    return propose("border.approval", OFFICER, number, **said | changed)


@pytest.fixture
def counted(firm: Stage) -> list[str]:
    """Two records of account-1, to account-2, in the scope that act 88 ordered."""
    records = archived(firm, make_event(), make_event(id="msg-2"))
    propose("border.scope", OFFICER, 88, custodians=["account-1"], sent_from="2026-01-01T00:00:00Z")
    assert scope(88)["state"] == "measuring"
    assert work(*waiting("border")) == []
    return records


def test_a_scope_is_ordered_counted_approved_and_stands_in_its_year(counted: list[str]) -> None:
    shown = scope(88)
    assert (shown["state"], shown["counted"]["records"], shown["counted"]["persons"]) == ("ready", 2, 2)

    assert approval(1, 88, scope_sha256=shown["counted"]["scope_sha256"])["state"] == "proposed"
    assert year()["approvals"] == []
    assert decide("border.approval", OTHER, 1)["state"] == "done"
    told = year()
    assert (told["persons"], [one["scope"] for one in told["approvals"]]) == (2, [act_id(88)])
    gate = show("border.approval", OTHER, 1)["gate"]
    assert (gate["allowed"], gate["counted"]["persons_this_year"]) == (True, 2)
    kept = {name: client("dynamodb").scan(TableName=name)["Items"] for name in ("scopes", "exports")}
    (piece,) = [one for one in kept["scopes"] if one["part"] == {"S": "piece#"}]
    assert not [name for name in ("account-1", "account-2", "company", "alice", "bob") if name in repr(kept)]
    assert piece["records"]["B"] == b"".join(sorted(map(bytes.fromhex, counted)))


def test_what_is_restricted_after_its_scope_was_ordered_is_not_in_it(firm: Stage) -> None:
    first, _ = archived(firm, make_event(), make_event(id="msg-2"))
    propose("border.scope", OFFICER, 88, custodians=["account-1"], sent_from="2026-01-01T00:00:00Z")
    propose("restrict", OFFICER, 2, record=first)
    work(*waiting("border"))

    assert scope(88)["counted"]["left_out"] == {"restricted": 1}
    assert scope(88)["counted"]["records"] == 1


def test_what_a_report_says_of_a_scope_is_archived_as_it_was_told(firm: Stage, counted: list[str]) -> None:

    (report,) = [one for one in events(firm) if one["type"] == "cn.fengcun.report.border"]
    assert report["data"]["scope_sha256"] == scope(88)["counted"]["scope_sha256"]
    assert report["data"]["act"] == act_id(88)


@pytest.mark.usefixtures("firm")
def test_an_order_that_nobody_gave_or_cannot_be_read_stays_on_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    forged = {
        "format": "fengcun.order.1",
        "act": act_id(9),
        "kind": "border.scope",
        "approved_at": moment_text(datetime.now(UTC)),
        "custodians": ["ab" * 16],
    }
    assert work("no JSON", json.dumps(forged)) == [{"itemIdentifier": "m0"}, {"itemIdentifier": "m1"}]
    assert client("dynamodb").scan(TableName="scopes")["Items"] == []

    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9")
    forget()
    assert work(json.dumps(forged)) == [{"itemIdentifier": "m0"}]
