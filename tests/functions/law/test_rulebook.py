"""The rule files: every one cited, and a bad one refused with file, line, key and reason."""

import re
from datetime import date

import pytest

from functions.errors import Rejected
from functions.law.border import BorderRule
from functions.law.consent import ConsentRule
from functions.law.incident import IncidentRule
from functions.law.rulebook import FOLDER, Cited, citations, parse_book, shipped
from functions.law.scope import ScopeRule

MODELS: dict[str, type[Cited]] = {
    "scope": ScopeRule,
    "consent": ConsentRule,
    "border": BorderRule,
    "incident": IncidentRule,
}
SHIPPED = [rule for subject, model in MODELS.items() for rule in shipped(subject, model).rules.values()]
RULE = """
[[rule]]
id = "cn.test.1"
citation = "A law of ten characters and more, art. 1"
jurisdiction = "CN"
legal_source = "prc_law"
keeps = true
read = 2026-11-26
"""
FILE = 'version = "1"\n' + RULE


def reason(text: str) -> str:
    with pytest.raises(Rejected) as refused:
        parse_book(text, name="rules.toml", model=ScopeRule)
    return str(refused.value)


@pytest.mark.parametrize("rule", SHIPPED, ids=lambda rule: rule.id)
def test_every_shipped_rule_cites_an_article_or_says_that_it_is_the_firms_own(rule: Cited) -> None:  # G10
    assert re.search(r"art\. \d+", rule.citation) or rule.legal_source == "policy"
    assert date(2026, 1, 1) <= rule.read


def test_every_rule_of_every_file_can_be_cited_by_its_id_alone() -> None:
    known = citations()

    assert {rule.id for rule in SHIPPED} <= set(known)
    assert known["cn.dsl.36"].file == "border.toml"
    assert known["cn.sec.137"].legal_source == "prc_law"
    counted = sum(path.read_text(encoding="utf-8").count("[[rule]]") for path in FOLDER.glob("*.toml"))
    assert len(known) == counted, "no id stands in two files"


def test_a_good_file_is_read() -> None:
    assert parse_book(FILE, name="rules.toml", model=ScopeRule).rules["cn.test.1"].keeps


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('version = "1"', "", "rules.toml:1: version: is missing, and has no default"),
        ("[[rule]]", "[[rules]]", "rules.toml:1: rule: is missing"),
        ("[[rule]]", "[[rule]", "rules.toml:3: Expected ']]'"),
        ("cn.test.1", "CN", "rules.toml:4: rule[0].id: "),
        ('citation = "A law of ten characters and more, art. 1"\n', "", "rules.toml:3: rule[0].citation: is missing"),
        ('"A law of ten characters and more, art. 1"', '"a law"', "rules.toml:5: rule[0].citation: "),
        ('"prc_law"', '"law"', "rules.toml:7: rule[0].legal_source: "),
        ("keeps = true", "keep = true", "rules.toml:8: rule[0].keep: this file has no such key"),
        ("read = 2026-11-26", "", "rules.toml:3: rule[0].read: is missing"),
    ],
)
def test_a_bad_file_is_refused_with_file_line_key_and_reason(old: str, new: str, expected: str) -> None:
    assert old in FILE

    assert expected in reason(FILE.replace(old, new))


def test_two_rules_of_one_id_are_refused() -> None:
    assert reason(FILE + RULE) == "rules.toml:12: rule[1].id: two rules have the id cn.test.1"


def test_a_clock_without_anything_that_starts_it_is_refused() -> None:
    text = FILE.replace("keeps = true", 'tell = "authority"\nhours = 1')

    with pytest.raises(Rejected, match=r"rules\.toml:3: rule\[0\]: give facts, persons or loss_yuan"):
        parse_book(text, name="rules.toml", model=IncidentRule)
