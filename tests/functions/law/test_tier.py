"""Tiers: the highest wins, every reason is named, and what adds up raises too."""

from collections.abc import Collection, Mapping
from typing import Any

import pytest
from hypothesis import given, strategies as st

from functions.errors import Rejected
from functions.law.counters import ARCHIVE, Increment, increments, scopes
from functions.law.rulebook import parse_book
from functions.law.sections import CatalogueEntry, TierPolicy
from functions.law.tier import DEFAULT, ORDER, TIERS, Found, Tier, decide_tier, raised
from functions.law.tier_rules import Rule, arrange, tiers, under

RULES = tiers()
COUNTERS = sorted({rule.counter for rule in RULES.raising if rule.counter})
LISTS = ["catalogue.finance@1", "work_secret@2", "supervision.complaint@1", "cataloguex@1", "secrecy.weak@1"]


def make_found(
    kinds: Mapping[str, int] | None = None,
    lists: Mapping[str, int] | None = None,
    marks: Collection[str] = (),
    folded: Collection[str] = (),
) -> Found:
    return Found(kinds=kinds or {}, lists=lists or {}, marks=marks, folded=tuple(folded))


def counts(names: list[str]) -> st.SearchStrategy[dict[str, int]]:
    return st.dictionaries(st.sampled_from(names), st.integers(1, 5), max_size=4)


FOUND = st.builds(
    make_found,
    counts(["resident_id", "plate_mil", "military_id", "geo"]),
    counts(LISTS),
    st.sets(st.sampled_from(["work_secret_heading", "mark", "document_number"])),
)
SUMS = st.dictionaries(st.sampled_from([*COUNTERS, "unknown"]), st.integers(0, 20_000_000))


def decided(found: Found | None = None, **counters: int) -> Tier:
    return decide_tier(found or make_found(), counters=counters, rules=RULES)


@given(FOUND, SUMS)
def test_the_highest_tier_of_all_reasons_wins_and_names_its_rule(found: Found, sums: dict[str, int]) -> None:  # G10
    tier = decide_tier(found, counters=sums, rules=RULES)

    assert tier.name == max((reason.tier for reason in tier.reasons), key=ORDER.index, default="general")
    assert tier.rule in {"tier.default", *(reason.rule for reason in tier.reasons)}
    assert tier.version == RULES.version
    assert len(set(tier.reasons)) == len(tier.reasons)


@given(FOUND, SUMS, FOUND, SUMS)
def test_finding_more_never_lowers_a_tier(
    found: Found, sums: dict[str, int], more: Found, sums_more: dict[str, int]
) -> None:
    both = make_found({**found.kinds, **more.kinds}, {**found.lists, **more.lists}, {*found.marks, *more.marks})
    higher = {name: max(sums.get(name, 0), sums_more.get(name, 0)) for name in {*sums, *sums_more}}

    lower, upper = decide_tier(found, counters=sums, rules=RULES), decide_tier(both, counters=higher, rules=RULES)

    assert ORDER.index(upper.name) >= ORDER.index(lower.name)


def test_what_nothing_raises_has_the_default_tier() -> None:
    assert decided() == Tier("general", "tier.default", RULES.version)
    assert set(ORDER) == set(TIERS)
    assert DEFAULT.name == decided().name


@pytest.mark.parametrize(
    ("found", "tier", "rule", "on"),
    [
        (make_found(lists={"catalogue.finance@1": 1}), "important", "tier.catalogue", "list:catalogue.finance@1"),
        (make_found(lists={"work_secret@2": 1}), "work_secret", "cn.ssl.64.lexicon", "list:work_secret@2"),
        (make_found(marks=["work_secret_heading"]), "work_secret", "cn.ssl.64.heading", "mark:work_secret_heading"),
        (make_found({"military_id": 1}), "important", "tier.military", "kind:military_id"),
    ],
)
def test_what_is_found_raises_and_is_named_with_its_version(found: Found, tier: str, rule: str, on: str) -> None:
    made = decided(found)

    assert (made.name, made.rule, made.reasons[0].on) == (tier, rule, on)


def test_important_data_that_is_a_work_secret_too_is_still_known_to_be_one() -> None:
    made = decided(make_found(lists={"catalogue.health@1": 1}, marks=["work_secret_heading"]))

    assert made.name == "important"
    assert [reason.tier for reason in made.reasons] == ["important", "work_secret"]


def test_a_list_that_only_begins_with_the_same_letters_raises_nothing() -> None:
    assert decided(make_found(lists={"cataloguex@1": 1})).name == "general"


@pytest.mark.parametrize(
    ("counter", "at_least", "rule"),
    [
        ("people", 10_000_000, "cn.ndr.28"),
        ("people.automotive", 100_001, "cn.auto.3.5"),
        ("sensitive", 1000, "tier.aggregate.sensitive"),
        ("coordinates", 500, "tier.aggregate.coordinates"),
        ("secrecy", 50, "cn.ssl.36"),
    ],
)
def test_what_adds_up_raises_from_its_threshold_on(counter: str, at_least: int, rule: str) -> None:
    assert raised({counter: at_least - 1}, RULES) == ()
    assert [(one.tier, one.rule, one.on) for one in raised({counter: at_least}, RULES)] == [
        ("important", rule, f"counter:{counter}={at_least}")
    ]
    assert decided(None, **{counter: at_least}).name == "important"


def steps(
    found: Found, *, sensitive: int = 0, people: Collection[bytes] = (), conversation: bytes | None = b"c"
) -> Any:
    return increments(found, sensitive=sensitive, people=people, conversation=conversation, rules=RULES)


def test_a_record_adds_its_people_its_sensitive_findings_and_its_cues() -> None:
    found = make_found({"geo": 3}, {"secrecy.weak@1": 2, "catalogue.automotive@1": 1})

    assert set(steps(found, sensitive=2, people=[b"b", b"a", b"a"])) == {
        Increment(name="people", scope=ARCHIVE, member=b"a"),
        Increment(name="people", scope=ARCHIVE, member=b"b"),
        Increment(name="people.automotive", scope=ARCHIVE, member=b"a"),
        Increment(name="people.automotive", scope=ARCHIVE, member=b"b"),
        Increment(name="sensitive", scope=b"c", by=2),
        Increment(name="coordinates", scope=b"c", by=3),
        Increment(name="secrecy", scope=b"c", by=1),
    }


def test_a_record_adds_nothing_that_it_does_not_hold() -> None:
    assert steps(make_found()) == ()
    assert steps(make_found({"geo": 3}), sensitive=2, conversation=None) == ()


def test_the_sums_that_concern_a_record_stand_in_its_own_scopes() -> None:
    assert scopes(b"c", RULES)["people"] == ARCHIVE
    assert scopes(b"c", RULES)["sensitive"] == b"c"
    assert set(scopes(None, RULES)) == {"people", "people.automotive"}


@given(FOUND, st.integers(0, 9), st.sets(st.binary(min_size=1, max_size=2), max_size=3), st.none() | st.just(b"c"))
def test_increments_say_one_thing_each_and_show_no_token(
    found: Found, sensitive: int, people: set[bytes], conversation: bytes | None
) -> None:
    made = steps(found, sensitive=sensitive, people=people, conversation=conversation)

    assert all((one.by > 0) != (one.member is not None) for one in made)
    assert len(set(made)) == len(made)
    assert {one.name for one in made} <= set(scopes(conversation, RULES))
    assert not any("b'" in repr(one) for one in made)


def make_policy(**changed: Any) -> TierPolicy:
    fields = {"default": "general", "important_persons": 1000, "core_persons": 2000, "catalogue": ()}
    return TierPolicy(**{**fields, **changed})


def entry(**changed: Any) -> CatalogueEntry:
    fields = {"id": "house", "tier": "core", "citation": "a citation long enough", "at_least": 1}
    return CatalogueEntry(**{**fields, **changed})


def test_a_policys_thresholds_hold_beside_the_laws() -> None:
    rules = under(make_policy(), "abc")

    assert decide_tier(make_found(), counters={"people": 999}, rules=rules).name == "general"
    assert decide_tier(make_found(), counters={"people": 1000}, rules=rules).name == "important"
    assert decide_tier(make_found(), counters={"people": 2000}, rules=rules).name == "core"
    assert rules.version == f"{RULES.version}+abc"
    assert rules is under(make_policy(), "abc")


def test_a_policys_default_is_named_as_its_own() -> None:
    rules = under(make_policy(default="important"), "abc")
    made = decide_tier(make_found(marks=["work_secret_heading"]), counters={}, rules=rules)

    assert (made.name, made.rule) == ("important", "policy.tiers.default")
    assert [reason.tier for reason in made.reasons] == ["work_secret"]


def test_a_policys_catalogue_asks_for_so_many_hits_together() -> None:
    rules = under(make_policy(catalogue=(entry(lists=("house",), kinds=("uscc",), at_least=3),)), "abc")

    assert decide_tier(make_found({"uscc": 1}, {"house.a@1": 1}), counters={}, rules=rules).name == "general"
    made = decide_tier(make_found({"uscc": 1}, {"house.a@1": 2}), counters={}, rules=rules)
    assert (made.name, made.rule) == ("core", "policy.tiers.catalogue.house")
    assert [reason.on for reason in made.reasons] == ["kind:uscc", "list:house.a@1"]


def test_a_policys_pattern_looks_at_folded_texts_and_is_not_quoted() -> None:
    rules = under(make_policy(catalogue=(entry(pattern="proj-[0-9]+", at_least=2),)), "abc")

    assert decide_tier(make_found(folded=["proj-1"]), counters={}, rules=rules).name == "general"
    made = decide_tier(make_found(folded=["proj-1", "proj-2"]), counters={}, rules=rules)
    assert (made.name, made.reasons[0].on) == ("core", "pattern")
    assert decide_tier(make_found(folded=["x"]), counters={}, rules=rules).reasons == ()


HEAD = 'version = "1"\n'
COMMON = 'citation = "a citation long enough"\njurisdiction = "CN"\nlegal_source = "policy"\nread = 2026-11-26\n'


def rule(fields: str, id_: str = "a.b") -> str:
    return f'[[rule]]\nid = "{id_}"\n{COMMON}{fields}\n'


GOOD = rule('default = "general"', "a.default")
ROW = rule('object = "x"\ndegrees = { ordinary = "important" }', "a.row")
COUNTER = 'counter = "c"\ncounts = "people"\nscope = "archive"\nat_least = 1\ntier = "core"'


@pytest.mark.parametrize(
    "fields",
    [
        "",
        'tier = "core"',
        'object = "x"',
        'degrees = { ordinary = "core" }',
        'degrees = { slight = "core" }\nobject = "x"',
        'degrees = { ordinary = "secret" }\nobject = "x"',
        'kinds = ["x"]',
        'kinds = ["x"]\ntier = "core"\ndefault = "general"',
        'kinds = ["x"]\ntier = "core"\nharms = "x"\ndegree = "ordinary"',
        'kinds = ["x"]\nharms = "x"',
        'kinds = ["X"]\ntier = "core"',
        'default = "general"\ntier = "core"',
        'counter = "c"\ntier = "core"',
        'kinds = ["x"]\nat_least = 5\ntier = "core"',
        COUNTER.replace("at_least = 1", "at_least = 0"),
    ],
)
def test_a_bad_rule_is_refused_with_file_line_and_reason(fields: str) -> None:
    with pytest.raises(Rejected, match=r"^tiers\.toml:\d+: rule\[1\]"):
        parse_book(HEAD + GOOD + rule(fields), name="tiers.toml", model=Rule)


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        (ROW, "need one default"),
        (GOOD + rule('default = "core"'), "need one default"),
        (GOOD + ROW + ROW.replace("a.row", "a.row2"), "one row for each object"),
        (GOOD + ROW + rule('kinds = ["k"]\nharms = "x"\ndegree = "serious"'), "a.b: no row of the matrix"),
        (GOOD + ROW + rule('kinds = ["k"]\nharms = "y"\ndegree = "ordinary"'), "a.b: no row of the matrix"),
        (GOOD + rule(COUNTER) + rule(COUNTER.replace("people", "records"), "a.c"), "rules of one counter"),
    ],
)
def test_rules_that_do_not_answer_each_other_are_refused(rules: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        arrange(parse_book(HEAD + rules, name="tiers.toml", model=Rule))
