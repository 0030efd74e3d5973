"""`fengcun unseal`: sealed records are read here and opened by the room that has the keys."""

import json
from typing import Any

import pytest

from reader.cli import main
from reader.unseal import MOST
from tests.reader.standin import Standin
from tests.reader.test_show import answer

SEALED = "11" * 24
CAPTURE = '{"data":{"encrypt_chat_msg":"…"}}'.encode()


@pytest.fixture
def pulling(archive: Standin) -> Standin:
    archive.stacks["Fengcun-trial-Flow"] = {"Door": f"{archive.url}/v1/", "PullFunction": "pull"}
    archive.answers[f"/v1/records/{SEALED}"] = (200, json.dumps(answer(CAPTURE)))
    return archive


class Room:
    """Opens everything, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def __call__(self, event: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(event)
        return {"opened": [one["record_id"] for one in event["unseal"]], "left": {}}


def test_the_room_is_given_each_record_with_its_capture(pulling: Standin, capsys: Any) -> None:
    room = pulling.functions["pull"] = Room()

    assert main(["unseal", SEALED, SEALED]) == 0
    assert room.asked == [{"unseal": [{"record_id": SEALED, "capture": CAPTURE.decode()}]}]
    assert capsys.readouterr().out == f"opened       {SEALED}\n"


def test_the_sealed_records_of_a_day_are_found(pulling: Standin, capsys: Any) -> None:
    told = {"records": [{"record_id": SEALED, "sent_at": "", "received_at": ""}], "complete": True}
    pulling.answers["/v1/exceptions/sealed?day=2026-11-22"] = (200, json.dumps(told))
    pulling.functions["pull"] = lambda _: {"opened": [], "left": {SEALED: "no key 3"}}

    assert main(["unseal", "--day", "2026-11-22", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"opened": [], "left": {SEALED: "no key 3"}}


def test_what_stays_sealed_says_why(pulling: Standin, capsys: Any) -> None:
    pulling.functions["pull"] = lambda _: {"opened": [], "left": {SEALED: "no key 3"}}

    assert main(["unseal", SEALED]) == 0
    assert capsys.readouterr().out == f"left sealed  {SEALED}  no key 3\n"


def test_a_day_without_sealed_records_is_said(pulling: Standin, capsys: Any) -> None:
    pulling.answers["/v1/exceptions/sealed?day=2026-11-22"] = (200, json.dumps({"records": [], "complete": True}))

    assert main(["unseal", "--day", "2026-11-22"]) == 0
    assert capsys.readouterr().out == "no sealed record\n"


def test_a_day_with_too_many_is_not_done_by_half(pulling: Standin, capsys: Any) -> None:
    pulling.answers["/v1/exceptions/sealed?day=2026-11-22"] = (200, json.dumps({"records": [], "complete": False}))

    assert main(["unseal", "--day", "2026-11-22"]) == 1
    assert "more sealed records" in capsys.readouterr().err


def test_many_records_are_several_calls(pulling: Standin, capsys: Any) -> None:
    ids = [f"{number:048x}" for number in range(MOST + 1)]
    pulling.answers |= {f"/v1/records/{one}": (200, json.dumps(answer(CAPTURE))) for one in ids}
    room = pulling.functions["pull"] = Room()

    assert main(["unseal", *ids]) == 0
    assert [len(one["unseal"]) for one in room.asked] == [MOST, 1]


def test_a_deployment_without_the_room_cannot_open_them(archive: Standin, capsys: Any) -> None:
    assert main(["unseal", SEALED]) == 2
    assert "no room pull" in capsys.readouterr().err


def test_what_the_room_refuses_is_said(pulling: Standin, capsys: Any) -> None:
    pulling.functions["pull"] = lambda _: {"refused": "unseal.0.capture: too long"}

    assert main(["unseal", SEALED]) == 1
    assert "unseal.0.capture: too long" in capsys.readouterr().err


def test_a_room_that_fails_is_to_be_asked_again(pulling: Standin, capsys: Any) -> None:
    pulling.functions["pull"] = lambda _: 1 / 0

    assert main(["unseal", SEALED]) == 3
    said = capsys.readouterr().err
    assert "look at its log" in said
    assert "it says this" not in said


def test_a_day_is_a_date(capsys: Any) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["unseal", "--day", "yesterday"])

    assert ended.value.code == 2
    assert "2026-11-22" in capsys.readouterr().err
