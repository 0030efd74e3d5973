"""`fengcun members`: who was in a conversation, and when."""

import json
from typing import Any

import pytest

from reader.cli import main
from reader.members import describe_memberships
from tests.reader.standin import Standin

STAY = {
    "conversation": "wr-1",
    "account": "zhang\u202esan",
    "since": "2026-11-22T01:00:00.000Z",
    "until": None,
    "records": ["00" * 24],
}
WITNESS = {"record_id": "11" * 24, "sent_at": "2026-11-22T02:00:00.000Z", "accounts": ["zhangsan", "wm1"]}
TOLD: dict[str, Any] = {"stays": [STAY], "witnesses": [WITNESS], "complete": True}


def test_a_conversation_at_a_moment_is_asked_for(archive: Standin, capsys: Any) -> None:
    archive.answers["/v1/memberships?conversation=wr-1&at=2026-11-22T09%3A30%3A00.000Z"] = (200, json.dumps(TOLD))

    assert main(["members", "--conversation", "wr-1", "--at", "2026-11-22T17:30:00+08:00"]) == 0
    assert "(2026-11-22 09:00:00 Beijing)" in capsys.readouterr().out


def test_an_account_is_asked_for_and_the_answer_given_as_it_came(archive: Standin, capsys: Any) -> None:
    archive.answers["/v1/memberships?account=zhangsan"] = (200, json.dumps(TOLD))

    assert main(["members", "--account", "zhangsan", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == TOLD


@pytest.mark.parametrize("arguments", [[], ["--account", "a", "--conversation", "c"]])
def test_one_of_both_must_be_asked_for(arguments: list[str], capsys: Any) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["members", *arguments])

    assert ended.value.code == 2
    assert "--conversation" in capsys.readouterr().err


def test_each_stay_names_the_records_that_say_so_and_steers_no_terminal() -> None:
    assert describe_memberships(TOLD).splitlines() == [
        "zhang\\u202esan in wr-1",
        "    from   2026-11-22T01:00:00.000Z  (2026-11-22 09:00:00 Beijing)",
        "    until  nobody has said when",
        f"    says   record {'00' * 24}",
        f"message of 2026-11-22T02:00:00.000Z  (2026-11-22 10:00:00 Beijing), record {'11' * 24}",
        "    sent by and to  zhangsan, wm1",
    ]


def test_what_is_not_known_or_not_all_is_said() -> None:
    nothing: dict[str, Any] = {"stays": [], "witnesses": [{**WITNESS, "accounts": []}], "complete": False}
    lines = describe_memberships(nothing).splitlines()

    assert lines[0] == "no record says who was in it"
    assert lines[2].endswith("nobody named")
    assert "there may be more" in lines[-1]


def test_somebody_who_was_found_there_has_an_end_and_no_beginning() -> None:
    stay = {**STAY, "since": None, "until": "2026-11-22T01:00:00.000Z"}
    lines = describe_memberships({**TOLD, "stays": [stay]}).splitlines()

    assert "nobody has said when" in lines[1]
    assert "Beijing" in lines[2]
