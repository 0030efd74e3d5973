"""What messages of the chat archive say about consent, and whether they name everybody."""

import pytest

from functions.canonical import from_epoch_ms
from tests.functions.wechat.test_chatarchive import read
from tests.msgaudit import sample


@pytest.mark.parametrize(
    ("name", "state", "at_ms"), [("agree", "granted", 1603875826656), ("disagree", "refused", 1603875944122)]
)
def test_an_answer_about_being_archived_says_whose_it_is_and_when(name: str, state: str, at_ms: int) -> None:
    (said,) = read(sample(name)).said

    assert (said.person, said.state, said.purpose) == (sample(name)[name]["userid"], state, None)
    assert said.at == from_epoch_ms(at_ms)


@pytest.mark.parametrize("told", [None, "soon", 1, 2**53 - 1, [], "9007199254740991"])
def test_an_answer_without_a_time_that_can_be_one_has_its_messages(told: object) -> None:
    (said,) = read(sample("agree", agree={"userid": "wm1", "agree_time": told})).said

    assert said.at is None


def test_an_answer_of_nobody_says_nothing() -> None:
    assert read(sample("agree", agree={"userid": ""})).said == ()
    assert read(sample("text")).said == ()


def test_a_message_with_all_its_recipients_names_everybody() -> None:
    assert read(sample("text")).complete
    assert not read(sample("text", tolist=[])).complete
