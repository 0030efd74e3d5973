"""The retention rules: what is shipped, and which files are refused."""

import re
from datetime import date

import pytest

from functions.errors import Rejected
from functions.law.retention import FLOOR, PRC_SOURCES, Rule, RuleBook, parse_rules, rule_book
from functions.law.tier import DEFAULT, TIERS

SHIPPED = list(rule_book().rules.values())
FLOORS = [rule for rule in SHIPPED if rule.kind == "floor"]
OWN_WORD = {"GB": "uk"}
"""Where the law's own country code is not ISO's."""
RULE = """
[[rule]]
id = "cn.test.1"
citation = "A law of ten characters and more"
jurisdiction = "CN"
legal_source = "prc_law"
clock = "sent"
years = 20
applies_to = ["communication"]
read = 2026-11-22
"""
FILE = 'version = "1"\n' + RULE


def reason(text: str) -> str:
    with pytest.raises(Rejected) as refused:
        parse_rules(text, name="rules.toml")
    return str(refused.value)


@pytest.mark.parametrize("rule", SHIPPED, ids=lambda rule: rule.id)
def test_every_shipped_rule_cites_an_article_and_its_period(rule: Rule) -> None:  # G10
    assert re.search(r"art\. \d+|s\. \d+|\d+ CFR \d+|Rule \d+|arts?\.", rule.citation)
    assert re.search(r"(\d+|six) (years?|months)", rule.citation) or rule.kind == "ceiling"


@pytest.mark.parametrize("rule", SHIPPED, ids=lambda rule: rule.id)
def test_every_shipped_rule_says_when_its_citation_was_read(rule: Rule) -> None:  # G10
    assert date(2026, 1, 1) <= rule.read


@pytest.mark.parametrize("rule", SHIPPED, ids=lambda rule: rule.id)
def test_every_shipped_rules_id_jurisdiction_and_source_agree(rule: Rule) -> None:
    assert rule.id.startswith(OWN_WORD.get(rule.jurisdiction, rule.jurisdiction.lower()) + ".")
    assert (rule.legal_source in PRC_SOURCES) == (rule.jurisdiction == "CN")


def test_the_citation_and_the_number_of_years_of_a_shipped_rule_agree() -> None:
    for rule in FLOORS:
        said = (f"{rule.years} year", f"{rule.years} is kept")
        assert any(one in rule.citation for one in said) or rule.months == 6


def test_what_was_written_from_memory_says_so_when_it_is_explained() -> None:  # G10
    unread = {rule.id for rule in SHIPPED if "from memory and not confirmed" in rule.explain()}

    assert unread == {rule.id for rule in SHIPPED if not rule.confirmed}
    assert {"us.finra.2210", "us.ia.204.2", "hk.amlo", "cn.csrc.suit.32"} <= unread
    assert not unread & {"cn.sec.137", "us.sec.17a4.b4", "eu.mifid2.16.7", "cn.aml.34"}


def test_every_shipped_rule_explains_itself_by_its_citation_and_source() -> None:
    for rule in SHIPPED:
        assert rule.citation in rule.explain()
        assert rule.legal_source in rule.explain()


def test_what_is_kept_for_hong_kong_is_marked_as_of_two_regimes() -> None:
    assert {rule.id for rule in SHIPPED if rule.dual_regime} == {r.id for r in SHIPPED if r.jurisdiction == "HK"}


def test_the_whole_table_is_shipped() -> None:
    assert len(FLOORS) >= 38
    assert {rule.legal_source for rule in SHIPPED} >= {"prc_law", "prc_admin_reg", "prc_dept_rule", "foreign"}
    assert [rule.id for rule in SHIPPED if rule.kind == "ceiling"] == ["cn.pipl.19"]


def test_the_shipped_rules_are_a_version() -> None:
    assert rule_book().version
    assert rule_book() is rule_book()


def test_the_floor_is_no_rules_id() -> None:
    assert FLOOR not in rule_book().rules


def test_the_default_tier_is_a_tier_and_says_which_rule_chose_it() -> None:  # G10
    assert DEFAULT.name in TIERS
    assert DEFAULT.rule
    assert DEFAULT.version


def test_a_good_file_is_read() -> None:
    assert parse_rules(FILE, name="rules.toml").rules["cn.test.1"].years == 20


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('version = "1"', "", "rules.toml: version: "),
        ('version = "1"', "version = 1", "rules.toml: version: "),
        ('version = "1"', 'version = ""', "rules.toml: version: "),
        ("[[rule]]", "[rule]", "rules.toml: rule: "),
        ("[[rule]]", "[[rules]]", "rules.toml: rule: "),
        ("[[rule]]", "[[rule]", "rules.toml: "),
        (RULE, "rule = []", "rules.toml: rule: "),
        (RULE, "rule = 5", "rules.toml: rule: "),
        ('id = "cn.test.1"', 'id = "CN"', "rules.toml: rule.0.id: "),
        ('id = "cn.test.1"', 'id = "policy"', "rules.toml: rule.0.id: "),
        ('id = "cn.test.1"', "", "rules.toml: rule.0.id: "),
        ('"A law of ten characters and more"', '"a law"', "rules.toml: rule.0.citation: "),
        ('jurisdiction = "CN"', 'jurisdiction = "China"', "rules.toml: rule.0.jurisdiction: "),
        ('"prc_law"', '"law"', "rules.toml: rule.0.legal_source: "),
        ('clock = "sent"', 'clock = "read"', "rules.toml: rule.0.clock: "),
        ("years = 20", "years = 0", "rules.toml: rule.0: "),
        ("years = 20", "years = -1", "rules.toml: rule.0.years: "),
        ("years = 20", "years = 101", "rules.toml: rule.0.years: "),
        ("years = 20", "years = 1.5", "rules.toml: rule.0.years: "),
        ("years = 20", "months = 12", "rules.toml: rule.0.months: "),
        ("years = 20", "", "rules.toml: rule.0: "),
        ("years = 20", 'years = 20\nkind = "ceiling"', "rules.toml: rule.0: "),
        ("years = 20", 'years = 20\nkind = "wall"', "rules.toml: rule.0.kind: "),
        ("years = 20", 'years = 20\nneed = ""', "rules.toml: rule.0.need: "),
        ('["communication"]', "[]", "rules.toml: rule.0.applies_to: "),
        ('["communication"]', '["gossip"]', "rules.toml: rule.0.applies_to.0: "),
        ('applies_to = ["communication"]', "", "rules.toml: rule.0.applies_to: "),
        ("read = 2026-11-22", "", "rules.toml: rule.0.read: "),
        ("read = 2026-11-22", 'read = "soon"', "rules.toml: rule.0.read: "),
        ("read = 2026-11-22", "read = 2026-11-22\nnote = 1", "rules.toml: rule.0.note: "),
    ],
)
def test_a_bad_file_is_refused_with_file_rule_and_reason(old: str, new: str, expected: str) -> None:
    assert old in FILE

    assert reason(FILE.replace(old, new)).startswith(expected)


def test_two_rules_of_one_id_are_refused() -> None:
    assert reason(FILE + RULE) == "rules.toml: two rules have the id cn.test.1"


def test_rules_are_chosen_once_each_and_in_one_order() -> None:
    ids = ["us.finra.4511b", "cn.sec.137", "us.finra.4511b"]

    assert [rule.id for rule in rule_book().choose(ids)] == ["cn.sec.137", "us.finra.4511b"]
    assert rule_book().choose([]) == ()


def test_a_rule_that_does_not_exist_is_refused_with_those_that_do() -> None:
    book = RuleBook("1", {"cn.test.1": SHIPPED[0], "cn.test.2": SHIPPED[1]})

    with pytest.raises(Rejected, match=r"'cn\.test\.3'; there are cn\.test\.1, cn\.test\.2"):
        book.choose(["cn.test.1", "cn.test.3"])
