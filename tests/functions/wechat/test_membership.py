"""Callbacks about the members of customers' groups."""

import pytest

from functions.capture.capture import Interpretation, Kind
from functions.wechat.message import interpret
from tests.callbacks import DATA


def callback(**fields: str) -> bytes:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return f"<xml><Event>change_external_chat</Event><ChatId>wr1</ChatId>{inner}</xml>".encode()


NAMED = "<Item>Jack</Item><Item> Rose </Item><Item></Item><Item>Jack</Item>"


def test_the_published_callback_names_who_came() -> None:
    assert interpret((DATA / "callbacks" / "wecom.external_chat.update.xml").read_bytes()) == Interpretation(
        kind=Kind.MEMBERSHIP, conversation="CHAT_ID", participants=("Jack", "Rose"), joined=("Jack", "Rose")
    )


def test_the_published_callback_of_a_dissolved_group_ends_it_for_everybody() -> None:
    assert interpret((DATA / "callbacks" / "wecom.external_chat.dismiss.xml").read_bytes()) == Interpretation(
        kind=Kind.MEMBERSHIP, conversation="CHAT_ID", dissolved=True
    )


def test_a_callback_of_an_own_application_names_who_left() -> None:
    said = callback(ChangeType="update", UpdateDetail="del_member", MemChangeList=NAMED)

    assert interpret(said) == Interpretation(
        kind=Kind.MEMBERSHIP, conversation="wr1", participants=("Jack", "Rose"), left=("Jack", "Rose")
    )


def test_members_that_are_only_counted_are_nobody() -> None:
    said = interpret(callback(ChangeType="update", UpdateDetail="add_member", MemChangeCnt="2"))

    assert (said.kind, said.joined) == (Kind.MEMBERSHIP, ())


@pytest.mark.parametrize("fields", [{"ChangeType": "create"}, {"ChangeType": "update", "UpdateDetail": "change_name"}])
def test_what_changes_no_member_is_a_callback_like_any_other(fields: dict[str, str]) -> None:
    assert interpret(callback(**fields)).kind is Kind.CALLBACK


def test_json_of_such_a_callback_names_nobody() -> None:
    said = b'{"Event": "change_external_chat", "ChangeType": "update", "UpdateDetail": "add_member", "ChatId": "wr1"}'

    assert interpret(said) == Interpretation(kind=Kind.MEMBERSHIP, conversation="wr1")
