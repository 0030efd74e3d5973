"""Propose, approve, look: from arguments to the request, and from the answer to the page."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from functions.office.documents import DOCUMENTS, read_document
from reader.cli import main
from tests.office import RECORD, act_id
from tests.reader.standin import Standin

ACT = act_id()
STANDING = {
    "act": ACT,
    "kind": "unrestrict",
    "state": "proposed",
    "at": "2026-11-22T09:30:00.000Z",
    "open_until": "2026-11-29T09:30:00.000Z",
    "record_id": RECORD,
}
SHOWN = {
    **STANDING,
    "document": {"id": ACT, "reason": "第一行\n\u202e第二行", "record": RECORD, "hours": 4},
    "proposed": {"person": "alice", "role": "officer", "at": "2026-11-22T09:30:00.000Z"},
    "decided": None,
    "rule": {"id": "act.unrestrict", "citation": "PIPL, art. 47"},
    "gate": None,
}
LISTED = {"state": "proposed", "acts": [STANDING], "complete": True}
CAPTURE = '{"text":"绝密\u202e★\\u001b[2J"}'.encode()
SUSPECT = {
    "record_id": RECORD,
    "reasons": ["mark.top_secret"],
    "since": "2026-11-22T09:30:00.000Z",
    "due": "2026-11-25T09:30:00.000Z",
    "state": "active",
}
LOOKED = {
    **SUSPECT,
    "source": "//gateway-one",
    "event_type": "cn.wechat.message",
    "sent_at": "2026-11-22T09:29:00.000Z",
    "received_at": "2026-11-22T09:30:00.000Z",
    "capture": {"base64": base64.b64encode(CAPTURE).decode(), "sha256": hashlib.sha256(CAPTURE).hexdigest()},
}


@pytest.fixture
def office(archive: Standin) -> Standin:
    for kind in DOCUMENTS:
        archive.answers[f"/v1/acts/{kind}"] = (200, json.dumps({**STANDING, "kind": kind}))
    archive.answers["/v1/acts?state=proposed"] = (200, json.dumps(LISTED))
    archive.answers["/v1/acts?state=done"] = (200, json.dumps({"state": "done", "acts": [], "complete": False}))
    archive.answers[f"/v1/acts/unrestrict/{ACT}"] = (200, json.dumps(SHOWN))
    decided = {**STANDING, "state": "done"}
    archive.answers[f"/v1/acts/unrestrict/{ACT}/approval"] = (200, json.dumps(decided))
    archive.answers["/v1/suspects"] = (200, json.dumps({"suspects": [SUSPECT], "complete": True}))
    archive.answers[f"/v1/suspects/{RECORD}"] = (200, json.dumps(LOOKED))
    return archive


DUTY = {
    "rule": "cn.pipl.57.authority",
    "version": "1",
    "citation": "PIPL, art. 57",
    "tell": "authority",
    "due": "2026-11-22T09:00:00.000Z",
    "standing": "due_soon",
    "told_at": None,
    "told_by": None,
}
TOLD = {**DUTY, "standing": "late", "told_at": "2026-11-22T10:00:00.000Z", "told_by": act_id(2)}
INCIDENT = {
    "act": ACT,
    "at": "2026-11-22T09:30:00.000Z",
    "detected_at": "2026-11-22T09:00:00.000Z",
    "supersedes": None,
    "duties": [DUTY, TOLD],
}
INCIDENTS = {"incidents": [INCIDENT], "days": 60, "complete": True}


def test_incidents_are_listed_with_whom_to_tell_and_who_was_told(office: Standin, capsys: Any) -> None:
    office.answers["/v1/incidents"] = (200, json.dumps(INCIDENTS))

    assert main(["incidents"]) == 0
    page = capsys.readouterr().out
    assert f"incident {ACT}, detected" in page
    assert "DUE SOON  tell the authority by" in page
    assert "late      tell the authority by" in page
    assert "PIPL, art. 57" in page
    assert page.count("told 2026-11-22") == 1
    assert "supersedes" not in page
    assert "NOT complete" not in page


def test_a_list_of_incidents_that_cannot_be_whole_says_so_and_names_what_was_superseded(
    office: Standin, capsys: Any
) -> None:
    again = {**INCIDENT, "supersedes": act_id(3), "duties": []}
    office.answers["/v1/incidents"] = (200, json.dumps({**INCIDENTS, "incidents": [again], "complete": False}))

    assert main(["incidents"]) == 0
    page = capsys.readouterr().out
    assert "NOT complete" in page
    assert f"it supersedes {act_id(3)}" in page
    assert main(["incidents", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["incidents"] == [again]


SHA = "ab" * 32
COMMANDS: dict[str, tuple[list[str], dict[str, Any]]] = {
    "consent.grant": (
        ["consent", "grant", "wm-1", "--purpose", "archiving", "--guardian", "--turns-14", "2031-05-01"],
        {"person": "wm-1", "purpose": "archiving", "guardian": True, "turns_14": "2031-05-01"},
    ),
    "consent.refuse": (
        ["consent", "refuse", "wm-1", "--purpose", "archiving", "--category", "sensitive", "--method", "letter"],
        {"person": "wm-1", "purpose": "archiving", "category": "sensitive", "method": "letter"},
    ),
    "consent.withdraw": (
        ["consent", "withdraw", "wm-1", "--purpose", "archiving"],
        {"person": "wm-1", "purpose": "archiving"},
    ),
    "consent.notice": (
        ["consent", "notice", "wm-1", "--purpose", "archiving", "--notice", SHA],
        {"person": "wm-1", "purpose": "archiving", "notice_sha256": SHA},
    ),
    "hold.place": (
        ["hold", "place", "--matter", "M-1", "--custodian", "a", "--custodian", "b", "--conversation", "room"],
        {"matter": "M-1", "custodians": ["a", "b"], "conversations": ["room"]},
    ),
    "hold.release": (["hold", "release", ACT.upper()], {"hold": ACT}),
    "erasure.request": (
        ["erase", RECORD.upper(), "--ground", "consent_withdrawn"],
        {"record": RECORD, "ground": "consent_withdrawn"},
    ),
    "secret.clear": (["quarantine", "clear", RECORD], {"record": RECORD}),
    "secret.confirm": (["quarantine", "confirm", RECORD], {"record": RECORD}),
    "secret.destroy": (
        ["quarantine", "destroy", RECORD, "--order", "国密〔2026〕12号"],
        {"record": RECORD, "order_number": "国密〔2026〕12号"},
    ),
}


@pytest.mark.parametrize("kind", sorted(COMMANDS))
def test_a_command_sends_a_document_that_the_office_takes(office: Standin, kind: str, capsys: Any) -> None:
    arguments, expected = COMMANDS[kind]

    assert main([*arguments, "--reason", "因为", "--id", ACT]) == 0

    ((path, sent),) = office.posted
    assert path == f"/v1/acts/{kind}"
    assert sent == {"id": ACT, "reason": "因为", **expected}
    assert read_document(kind, json.dumps(sent).encode())
    assert f"act {ACT}: {kind}, proposed" in capsys.readouterr().out


def test_an_act_that_is_given_no_id_gets_one_of_its_own(office: Standin, capsys: Any) -> None:
    for _ in range(2):
        assert main(["quarantine", "clear", RECORD, "--reason", "r"]) == 0

    first, second = (sent["id"] for _, sent in office.posted)
    assert first != second
    assert read_document("secret.clear", json.dumps({"id": first, "reason": "r", "record": RECORD}).encode())


def test_any_kind_is_proposed_from_a_file_with_options_over_it(office: Standin, tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "act.json"
    file.write_text(json.dumps({"reason": "old", "record": RECORD, "hours": 1}))

    arguments = ["act", "propose", "override", "--file", str(file), "--set", "hours=4", "--reason", "new"]
    assert main([*arguments, "--json"]) == 0

    ((path, sent),) = office.posted
    assert (path, sent["hours"], sent["reason"], sent["record"]) == ("/v1/acts/override", 4, "new", RECORD)
    assert json.loads(capsys.readouterr().out)["act"] == ACT


def test_any_kind_is_proposed_from_options_alone(office: Standin) -> None:
    text = ["--set", 'custodians=["a"]', "--set", "matter=M-1", "--reason", "r", "--id", ACT]

    assert main(["act", "propose", "hold.place", *text]) == 0

    assert office.posted[0][1] == {"id": ACT, "custodians": ["a"], "matter": "M-1", "reason": "r"}


@pytest.mark.parametrize(("content", "reason"), [("[]", "not a JSON object"), ("{", "not JSON"), (None, "cannot read")])
def test_a_file_that_is_no_document_is_exit_2(
    office: Standin, tmp_path: Path, content: str | None, reason: str, capsys: Any
) -> None:
    file = tmp_path / "act.json"
    if content is not None:
        file.write_text(content)

    assert main(["act", "propose", "restrict", "--file", str(file)]) == 2

    assert reason in capsys.readouterr().err
    assert office.posted == []


@pytest.mark.parametrize("set_text", ["hours", "=4"])
def test_an_option_without_a_name_or_a_value_is_exit_2(office: Standin, set_text: str, capsys: Any) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["act", "propose", "override", "--set", set_text])

    assert ended.value.code == 2
    assert "NAME=VALUE" in capsys.readouterr().err


@pytest.mark.parametrize(("command", "decision"), [("approve", "approved"), ("refuse", "refused")])
def test_a_decision_finds_the_kind_of_an_open_proposal_itself(
    office: Standin, command: str, decision: str, capsys: Any
) -> None:
    assert main(["act", command, ACT, "--reason", "seen"]) == 0

    assert office.posted == [(f"/v1/acts/unrestrict/{ACT}/approval", {"decision": decision, "reason": "seen"})]
    assert "done" in capsys.readouterr().out


def test_a_decision_about_what_is_no_longer_open_needs_its_kind(office: Standin, capsys: Any) -> None:
    assert main(["act", "approve", act_id(5), "--reason", "seen"]) == 1
    assert "--kind" in capsys.readouterr().err

    assert main(["act", "approve", ACT, "--kind", "unrestrict", "--reason", "seen", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "done"


def test_an_act_is_laid_out_whole_and_cannot_steer_the_terminal(office: Standin, capsys: Any) -> None:
    assert main(["act", "show", ACT]) == 0

    said = capsys.readouterr().out
    assert "第一行 \\u202e第二行" in said
    assert "proposed  by alice, officer" in said
    assert "act.unrestrict: PIPL, art. 47" in said


def test_an_act_that_was_decided_says_by_whom_and_what_the_gate_said(office: Standin, capsys: Any) -> None:
    reasons = [{"rule": "cn.dsl.36", "missing": ["approval_id"]}, {"rule": "cn.pipl.41", "missing": []}]
    gate = {"allowed": False, "route": "security_assessment", "reasons": reasons}
    decided = {"by": "urn:fengcun:office", "reason": "its time ran out"}
    shown = {**SHOWN, "state": "expired", "decided": decided, "gate": gate}
    office.answers[f"/v1/acts/border.approval/{ACT}"] = (200, json.dumps(shown))

    assert main(["act", "show", ACT, "--kind", "border.approval"]) == 0

    said = capsys.readouterr().out
    assert "decided  by urn:fengcun:office, nobody\n  its time ran out" in said
    assert "gate  closed, route security_assessment\n  cn.dsl.36: approval_id\n  cn.pipl.41: met" in said
    assert main(["act", "show", ACT, "--json"]) == 0
    gate["allowed"] = True
    office.answers[f"/v1/acts/border.approval/{ACT}"] = (200, json.dumps(shown))
    assert main(["act", "show", ACT, "--kind", "border.approval"]) == 0
    assert "gate  open" in capsys.readouterr().out


def test_an_incident_says_by_when_whom_to_tell(office: Standin, capsys: Any) -> None:
    clock = {"rule": "cn.ndr.10", "citation": "NDR 10", "tell": "authority", "due": "2026-11-23T09:00:00.000Z"}
    shown = {**SHOWN, "gate": {"allowed": True, "clocks": [clock]}}
    office.answers[f"/v1/acts/incident.open/{ACT}"] = (200, json.dumps(shown))

    assert main(["act", "show", ACT, "--kind", "incident.open"]) == 0

    assert "tell the authority: cn.ndr.10, NDR 10" in capsys.readouterr().out


def test_acts_are_listed_by_state(office: Standin, capsys: Any) -> None:
    assert main(["acts"]) == 0
    assert f"{ACT}  unrestrict        since 2026-11-22T09:30:00.000Z, open until" in capsys.readouterr().out

    assert main(["acts", "--state", "done"]) == 0
    assert capsys.readouterr().out == "done: 0 acts, and there are more\n"
    done = {"state": "done", "acts": [{**STANDING, "state": "done"}], "complete": True}
    office.answers["/v1/acts?state=done"] = (200, json.dumps(done))
    assert main(["acts", "--state", "done", "--json"]) == 0
    assert main(["acts", "--state", "done"]) == 0
    assert "open until" not in capsys.readouterr().out


def test_suspects_are_listed_by_codes(office: Standin, capsys: Any) -> None:
    assert main(["quarantine", "list"]) == 0
    assert "mark.top_secret" in capsys.readouterr().out

    assert main(["quarantine", "list", "--json"]) == 0
    office.answers["/v1/suspects"] = (200, json.dumps({"suspects": [], "complete": False}))
    assert main(["quarantine", "list"]) == 0
    assert "0 suspects, and there are more" in capsys.readouterr().out


def test_a_suspect_is_shown_so_that_it_cannot_steer_the_terminal(office: Standin, capsys: Any) -> None:
    assert main(["quarantine", "show", RECORD]) == 0

    said = capsys.readouterr().out
    assert "绝密\\u202e★" in said
    assert "\x1b" not in said
    assert "recorded" in said
    assert main(["quarantine", "show", RECORD, "--json"]) == 0


def test_a_suspect_whose_bytes_are_not_those_of_its_hash_is_exit_4(office: Standin, capsys: Any) -> None:
    wrong = {**LOOKED, "capture": {**LOOKED["capture"], "sha256": "0" * 64}}  # type: ignore[dict-item]
    office.answers[f"/v1/suspects/{RECORD}"] = (200, json.dumps(wrong))

    assert main(["quarantine", "show", RECORD]) == 4


COUNTED = {
    "records": 12,
    "persons": 5,
    "sensitive_persons": 2,
    "consent_persons": 1,
    "tiers": ["general"],
    "left_out": {"erased": 3, "restricted": 1},
    "broken": 1,
    "scope_sha256": SHA,
}
SCOPED = {"act": ACT, "state": "ready", "measured_at": "2026-11-22T09:30:00.000Z", "most_records": 100_000}


def test_a_scope_is_told_in_numbers_with_what_is_not_in_it(office: Standin, capsys: Any) -> None:
    path = f"/v1/border/scopes/{ACT}"
    office.answers[path] = (200, json.dumps({**SCOPED, "counted": COUNTED}))
    assert main(["border", "scope", ACT]) == 0
    said = capsys.readouterr().out
    assert "5, of 2 something sensitive" in said
    assert "3 erased, 1 restricted" in said
    assert "1 segments did not verify" in said
    assert SHA in said

    whole = {**COUNTED, "broken": 0, "left_out": {}, "tiers": []}
    office.answers[path] = (200, json.dumps({**SCOPED, "counted": whole}))
    main(["border", "scope", ACT])
    assert "left out   nothing" in capsys.readouterr().out


def test_a_scope_that_is_not_there_yet_or_never_will_be_says_so(office: Standin, capsys: Any) -> None:
    path, nothing = f"/v1/border/scopes/{ACT}", {"counted": None}
    office.answers[path] = (200, json.dumps({**SCOPED, **nothing, "state": "measuring", "measured_at": None}))
    assert main(["border", "scope", ACT]) == 0
    assert capsys.readouterr().out == f"scope {ACT}: measuring\n"
    office.answers[path] = (200, json.dumps({**SCOPED, **nothing, "state": "too_large"}))
    assert main(["border", "scope", ACT]) == 0
    assert "at most    100000 records" in capsys.readouterr().out


def test_a_year_is_told_with_its_approvals_and_the_route_they_ask_for(office: Standin, capsys: Any) -> None:
    one = {"act": ACT, "scope": ACT, "at": "2026-11-22T09:30:00.000Z"}
    told = {"year": 2026, "persons": 5, "sensitive_persons": 2, "route": "security_assessment", "approvals": [one]}
    office.answers["/v1/border/years/2026"] = (200, json.dumps(told))

    assert main(["border", "year", "2026"]) == 0
    assert "route      security assessment" in capsys.readouterr().out
    assert main(["border", "year", "2026", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == told


def test_an_answer_that_does_not_come_tells_how_to_send_the_same_again(office: Standin, capsys: Any) -> None:
    office.answers["/v1/acts/secret.clear"] = (503, '{"detail":"busy"}')

    assert main(["quarantine", "clear", RECORD, "--reason", "r", "--id", ACT]) == 3

    assert f"--id {ACT}" in capsys.readouterr().err


def test_a_refusal_is_exit_1(office: Standin, capsys: Any) -> None:
    office.answers["/v1/acts/secret.clear"] = (403, '{"detail":"secret.clear is proposed by: security_officer"}')

    assert main(["quarantine", "clear", RECORD, "--reason", "r"]) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["act", "approve", "not-an-id", "--reason", "r"],
        ["act", "approve", ACT],
        ["act", "propose", "coffee"],
        ["border", "year", "26"],
        ["border", "scope", "all"],
        ["quarantine", "destroy", RECORD, "--reason", "r"],
        ["erase", "abc", "--ground", "wish", "--reason", "r"],
        ["consent", "grant", "wm-1", "--purpose", "p", "--at", "yesterday", "--reason", "r"],
        ["consent", "grant", "wm-1", "--purpose", "p", "--guardian", "--turns-14", "May", "--reason", "r"],
    ],
)
def test_what_an_act_needs_is_asked_for(office: Standin, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2
    assert office.asked == []
