"""The policy file: three ready ones, and everything that is refused, with file, line, key and reason."""

from pathlib import Path

import pytest

from functions.errors import Rejected
from functions.law.consent import Person
from functions.law.policy import PROFILES, READY, deployed, parse_policy, profile
from functions.law.retention import rule_book

READY_ONES = sorted(path.stem for path in PROFILES.glob("*.toml"))
GENERAL = profile("general-enterprise")
LOCAL = (Path(__file__).parents[3] / "policies" / "local.toml").read_text(encoding="utf-8")


def reason(text: str) -> str:
    with pytest.raises(Rejected) as refused:
        parse_policy(text, name="ours.toml")
    return str(refused.value)


@pytest.mark.parametrize("name", READY_ONES)
def test_a_ready_profile_is_a_policy_under_its_own_name(name: str) -> None:
    policy = parse_policy(profile(name), name=name)

    assert policy.name == name
    assert len(policy.version) == 16
    assert set(policy.retention.regimes) <= set(rule_book().rules)


def test_there_are_three_ready_profiles() -> None:
    assert READY_ONES == ["foreign-bank-branch", "general-enterprise", "mainland-securities"]
    with pytest.raises(Rejected, match="no ready profile 'bank'; there are foreign-bank-branch, general"):
        profile("bank")


def test_policies_differ_by_a_single_character() -> None:
    assert parse_policy(GENERAL + "\n", name="a").version != parse_policy(GENERAL, name="a").version


def test_a_pattern_of_the_firms_own_catalogue_is_kept_as_it_stands() -> None:
    text = GENERAL.replace('lists = ["work_secret"]', 'pattern = "密级[:：]"')

    assert parse_policy(text, name="ours.toml").tiers.catalogue[0].pattern == "密级[:：]"


def test_the_local_policy_keeps_everything_under_five_regimes() -> None:
    policy = parse_policy(LOCAL, name="local.toml")

    assert policy.scope.no_custodian == "keep"
    assert len(policy.retention.regimes) == 5


def test_without_a_policy_in_the_zip_it_is_the_ready_general_one(tmp_path: Path) -> None:
    assert deployed(tmp_path / "policy.toml") == parse_policy(GENERAL, name=READY)


def test_the_policy_in_the_zip_is_the_deployments(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(LOCAL, encoding="utf-8")

    assert deployed(path).name == "local"
    assert deployed(path) is deployed(path)


def test_a_policy_that_went_bad_in_the_zip_is_refused_by_name_and_line(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(GENERAL.replace("[border]", "[boarder]"), encoding="utf-8")

    with pytest.raises(Rejected, match=r"policy\.toml:1: border: is missing"):
        deployed(path)


def test_the_foreign_banks_counterparties_are_asked_and_the_securities_firms_need_not_be() -> None:
    foreign, mainland = (parse_policy(profile(name), name=name) for name in (READY_ONES[0], READY_ONES[2]))

    assert foreign.consent.basis(Person(token=b"c"), "general") == "consent"
    assert mainland.consent.basis(Person(token=b"c"), "general") == "statutory_duty"


PATTERN = 'lists = ["work_secret"]'
ANNEX = 'citation = "Data Security Law of the PRC (2021), art. 21; GB/T 43697-2024, annex G"\n'
WEEK = "weekdays = [1, 2, 3, 4, 5]"
MUSEUM = {
    "not TOML": ("[border]", "[border", "[border", "Expected ']' at the end of a table declaration"),
    "a section under another name": ("[border]", "[files]", "[files]", "files: this file has no such key"),
    "a missing section": ("[border]", "[files]", "# An enterprise", "border: is missing, and has no default"),
    "a missing key": ("remind_days = 7\n", "", "[consent]", "consent.remind_days: is missing, and has no default"),
    "an unknown key": ("ciio = false", "ciioo = false", "ciioo", "border.ciioo: this file has no such key"),
    "an unknown choice": ('= "vault"', '= "bin"', "uninspected", "secrecy.uninspected: Input should be 'vault' or"),
    "a threshold above a mark": (
        "= 100 #",
        "= 101 #",
        "threshold",
        "secrecy.threshold: Input should be l",
    ),
    "a number as text": ("= 100 #", '= "100" #', "threshold", "secrecy.threshold: Input should be a valid integer"),
    "a no as text": ("ciio = false", 'ciio = "no"', "ciio", "border.ciio: Input should be a valid boolean"),
    "an unknown rule": ("cn.csl.23", "cn.csl.24", "regimes =", "retention.regimes[0]: no retention rule 'cn.csl.24'; "),
    "no rule": ('["cn.csl.23"]', "[]", "regimes =", "retention.regimes: Tuple should have at least 1 item"),
    "an unknown ground": ('"contract"', '"habit"', '"habit"', "consent.other.general: Input should be 'consent', "),
    "an unknown sector": ("sectors = []", 'sectors = ["farms"]', "sectors", "border.sectors[0]: Input should be "),
    "a broken pattern": (
        PATTERN,
        'pattern = "(?P<x"',
        "pattern =",
        "tiers.catalogue[0].pattern: not a regular",
    ),
    "an entry without a match": (
        PATTERN,
        "",
        "[[tiers.catalogue]]",
        "tiers.catalogue[0]: give lists, kinds or",
    ),
    "an entry without citation": (ANNEX, "", "[[tiers.catalogue]]", "tiers.catalogue[1].citation: is missing"),
    "an id twice": ('"important-data"', '"work-secret"', 'id = "work-secret"', "tiers.catalogue[1].id: two entries"),
    "core below important": ("= 100_000_000", "= 1", "core_persons", "tiers.core_persons: must be more than tiers.imp"),
    "important beyond ten million": ("= 1_000_000", "= 10_000_001", "important_p", "tiers.important_persons: Input sh"),
    "a day that ends before it begins": ("end = 18", "end = 08", "end =", "scope.hours.end: the working day must end"),
    "a day for work and holiday": (
        "holidays = []",
        "holidays = [2026-10-01]",
        "workdays =",
        "scope.hours.workdays: 2026-10-01 is named as a holiday too",
    ),
    "an eighth day of the week": (WEEK, "weekdays = [8]", "weekdays", "scope.hours.weekdays[0]: Input should be less"),
    "work in a week without days": (
        WEEK,
        "weekdays = []",
        'hours = "work"',
        "scope.byod.hours: only working hours",
    ),
    "holding nothing back for days": ("hold_days = 0", "hold_days = 3", "hold_days", "consent.hold_days: must be 0"),
    "holding back for no days": ('= "restrict" #', '= "hold_back" #', "hold_days", "consent.hold_days: give the days"),
    "keeping what was refused": (
        'refused = "restrict"',
        'refused = "keep"',
        "refused",
        "consent.refused: Input sh",
    ),
    "asking daily after a no": ("= 180", "= 1", "ask_again_days", "consent.ask_again_days: Input should be greater"),
    "reminding too late": ("= 7\n", "= 200\n", "ask_again_days", "consent.ask_again_days: who refused would be asked"),
    "a duty without a law": (
        '"contract"',
        '"statutory_duty"',
        "regimes =",
        "retention.regimes: a statutory duty is a ground of consent, and no retention rule here is of a PRC source",
    ),
    "children at work": ("[consent.minor]", "[consent.minor]", "[consent.minor]", "consent.minor: nobody under 14 is"),
    "a gateway twice": ("gateways = []", 'gateways = ["a", "a"]', "gateways", "completeness.gateways: one gateway sta"),
    "a version of its own": ("name = ", 'version = "1"\nname = ', "version =", "version: this file has no such key"),
}
ALSO = {
    "a day for work and holiday": ("workdays = []", "workdays = [2026-10-01]"),
    "work in a week without days": ('contacts = "business"\nhours = "always"', 'contacts = "business"\nhours = "work"'),
    "a duty without a law": ('["cn.csl.23"]', '["us.finra.4511b"]'),
    "children at work": ('general = "consent"', 'general = "hr_rules"'),
}
"""What makes those bad together with the first change."""


@pytest.mark.parametrize("name", MUSEUM)
def test_a_bad_policy_is_refused_with_file_line_key_and_reason(name: str) -> None:
    old, new, where, expected = MUSEUM[name]
    also = ALSO.get(name, ("", ""))
    assert old in GENERAL
    assert also[0] in GENERAL
    text = GENERAL.replace(old, new, 1).replace(*also)

    [said] = [line for line in reason(text).split("\n") if expected in line]

    file, line, rest = said.split(":", 2)
    assert file == "ours.toml"
    assert where in text.split("\n")[int(line) - 1]
    assert rest.strip().startswith(expected)
