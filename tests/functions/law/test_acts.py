"""The rules about acts: cited, complete, and refused at load when they say less than they must."""

import re

import pytest

from functions.errors import Rejected
from functions.law.acts import TWO, ActRule, act_rules
from functions.law.rulebook import parse_book

LEAST = {
    "id": '"act.restrict"',
    "people": "1",
    "propose": '["officer"]',
    "effect": '"state"',
    "sets": '"restricted"',
    "citation": '"a law of the land, art. 1"',
    "jurisdiction": '"CN"',
    "legal_source": '"prc_law"',
    "reason": '"because it must be"',
    "read": "2026-11-26",
}


def text(**changed: str | None) -> str:
    lines = (f"{key} = {value}" for key, value in (LEAST | changed).items() if value is not None)
    return "\n".join(('version = "1"', "[[rule]]", *lines))


def test_every_rule_that_ships_is_cited_reasoned_and_ends_in_something() -> None:
    for rule in act_rules().rules.values():
        assert re.search(r"\d", rule.citation), rule.id
        assert (rule.queue is None) == (rule.effect != "order")
        assert bool(rule.approve) == (rule.people == TWO)


def test_what_cannot_be_undone_needs_two_people() -> None:
    rules = act_rules().rules
    undoable = {"act.secret.destroy", "act.erasure.request", "act.hold.release", "act.border.approval", "act.override"}

    assert {rules[one].people for one in undoable | {"act.secret.clear", "act.secret.confirm", "act.unrestrict"}} == {2}


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"people": "3"}, "people"),
        ({"people": "2"}, "who approves"),
        ({"people": "2", "approve": '["officer"]'}, "how many hours"),
        ({"approve": '["officer"]'}, "nobody approves"),
        ({"open_hours": "1"}, "nobody approves"),
        ({"sets": None}, "says which state"),
        ({"effect": '"ledger"'}, "says which state"),
        ({"queue": '"custody"'}, "names the queue"),
        ({"effect": '"order"', "sets": None}, "names the queue"),
        ({"propose": '["janitor"]'}, "propose"),
        ({"propose": "[]"}, "propose"),
        ({"id": '"restrict.record"'}, "begins with act"),
        ({"citation": None}, "citation"),
        ({"reason": '"short"'}, "reason"),
        ({"colour": '"red"'}, "colour"),
    ],
)
def test_a_rule_that_says_less_or_more_than_it_must_is_refused_with_its_line(
    changed: dict[str, str | None], reason: str
) -> None:
    with pytest.raises(Rejected, match=rf"(?s)acts\.toml:\d+: .*{reason}"):
        parse_book(text(**changed), name="acts.toml", model=ActRule)


def test_the_least_rule_is_enough() -> None:
    (rule,) = parse_book(text(), name="acts.toml", model=ActRule).rules.values()

    assert (rule.kind, set(rule.shown_to)) == ("restrict", {"officer", "auditor"})
