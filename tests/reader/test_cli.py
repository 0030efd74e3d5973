"""The `fengcun` command from arguments to exit code."""

import json
from pathlib import Path
from typing import Any

import pytest

from reader.cli import main
from tests.reader.standin import Standin
from tests.reader.test_show import RECORD, answer

CAPTURE = b'{"data":"\xe4\xbd\xa0\xe5\xa5\xbd"}'
SENT = "2026-11-22T09%3A30%3A00.000Z"
FOUND = {
    "gateway": "gateway-one",
    "id": "m-1",
    "status": "archived",
    "records": [
        {"record_id": RECORD, "sent_at": "2026-11-22T09:30:00.000Z", "received_at": "2026-11-22T09:30:01.000Z"}
    ],
}


@pytest.fixture
def stocked(archive: Standin) -> Standin:
    archive.answers[f"/v1/records/{RECORD}"] = (200, json.dumps(answer(CAPTURE)))
    archive.answers[f"/v1/receipts/gateway-one/m-1?sent={SENT}"] = (200, json.dumps(FOUND))
    return archive


def test_show_lays_a_record_out_for_a_person(stocked: Standin, capsys: Any) -> None:
    assert main(["show", RECORD.upper()]) == 0

    said = capsys.readouterr()
    assert said.out.startswith(f"record {RECORD}\n")
    assert "你好" in said.out
    assert said.err == ""


def test_show_json_gives_the_answer_as_it_came(stocked: Standin, capsys: Any) -> None:
    assert main(["show", RECORD, "--json"]) == 0

    assert json.loads(capsys.readouterr().out) == answer(CAPTURE)


def test_show_capture_writes_the_bytes_and_never_over_a_file(stocked: Standin, tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "capture"

    assert main(["show", RECORD, "--capture", str(file)]) == 0
    assert file.read_bytes() == CAPTURE
    assert main(["show", RECORD, "--capture", str(file)]) == 2
    assert "exists" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["show"], ["policy", "explain"]])
def test_an_override_is_named_to_the_archive(stocked: Standin, command: list[str]) -> None:
    act = "01939c5e-7f2a-7000-8000-000000000001"
    whole = stocked.answers.pop(f"/v1/records/{RECORD}")
    stocked.answers[f"/v1/records/{RECORD}?use=statutory&act={act}"] = whole

    assert main([*command, RECORD]) == 1
    assert main([*command, RECORD, "--override", act.upper()]) == 0
    with pytest.raises(SystemExit):
        main([*command, RECORD, "--override", "x"])


def test_a_record_that_is_not_there_is_exit_1(stocked: Standin, capsys: Any) -> None:
    assert main(["show", "0" * 48]) == 1

    assert capsys.readouterr().err == "fengcun: not found: nothing here\n"


def test_a_receipt_is_asked_for_by_gateway_event_and_time(stocked: Standin, capsys: Any) -> None:
    assert main(["receipt", "gateway-one", "m-1", "--sent", "2026-11-22T17:30:00+08:00"]) == 0

    assert "archived: event m-1" in capsys.readouterr().out


def test_a_receipt_without_a_time_is_asked_for_in_the_last_day(stocked: Standin, capsys: Any) -> None:
    stocked.answers["/v1/receipts/gateway-one/m-1"] = (200, json.dumps(FOUND))

    assert main(["receipt", "--json", "gateway-one", "m-1"]) == 0

    assert json.loads(capsys.readouterr().out) == FOUND


def test_the_door_named_on_the_command_line_is_asked_and_no_stack(stocked: Standin, capsys: Any) -> None:
    stocked.stacks.clear()
    stocked.answers[f"/records/{RECORD}"] = stocked.answers[f"/v1/records/{RECORD}"]

    assert main(["--door", stocked.url, "show", RECORD, "--region", "cn-north-1"]) == 0


def test_another_endpoint_than_aws_has_another_door(stocked: Standin, capsys: Any) -> None:
    assert main(["show", RECORD, "--endpoint-url", stocked.url]) == 2

    assert "--door" in capsys.readouterr().err


def test_another_deployment_has_other_stacks(stocked: Standin, capsys: Any) -> None:
    assert main(["show", RECORD, "--deployment", "beijing"]) == 2

    assert "Fengcun-beijing-Flow" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "COMMAND"),
        (["show", "abc"], "48 hex digits"),
        (["receipt", "gateway-one", "m-1", "--sent", "yesterday"], "RFC 3339"),
        (["config"], "ACTION"),
        (["show", RECORD, "--no-such-option"], "no-such-option"),
    ],
)
def test_wrong_arguments_are_exit_2_with_a_reason(arguments: list[str], reason: str, capsys: Any) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2
    assert reason in capsys.readouterr().err


def test_help_lists_the_exit_codes(capsys: Any) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])

    assert ended.value.code == 0
    assert "3 nobody could say" in " ".join(capsys.readouterr().out.split())
