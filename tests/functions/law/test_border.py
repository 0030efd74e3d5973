"""What may leave the country: nothing for which a condition of the law is not on record."""

import weakref
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

from functions.law.border import (
    ROUTES,
    SATISFIES,
    BorderPolicy,
    BorderRule,
    Counters,
    ExportRequest,
    Gate,
    Handover,
    count,
    gate,
)
from functions.law.rulebook import shipped

POLICY = BorderPolicy(sectors=frozenset(), ciio=False, exemptions=frozenset())
EXEMPTING = replace(POLICY, exemptions=frozenset({"exempt_contract"}))
NOBODY = Counters(year=2026, persons=0, sensitive_persons=0)
RECORDED: dict[str, Any] = {"approval_id": "2026-7", "scope_sha256": "00"}
AUTHORITIES = ("court", "regulator", "law_enforcement")


def make_request(**changed: Any) -> ExportRequest:
    fields: dict[str, Any] = {
        "recipient": "company",
        "country": "US",
        "records": 1,
        "persons": 1,
        "sensitive_persons": 0,
        "tiers": frozenset({"general"}),
    }
    return ExportRequest(**fields | changed)


def ask(policy: BorderPolicy = POLICY, counters: Counters = NOBODY, **changed: Any) -> Gate:
    return gate(make_request(**changed), counters, policy)


def blocking(answer: Gate) -> set[str]:
    return {reason.rule for reason in answer.reasons if reason.blocks}


def in_sector(sector: Any) -> BorderPolicy:
    return replace(POLICY, sectors=frozenset({sector}))


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        (ask(recipient="regulator"), "cn.dsl.36"),
        (ask(recipient="regulator"), "cn.pipl.41"),
        (ask(unconsented=1), "cn.pipl.39"),
        (ask(in_sector("securities")), "cn.sec.177"),
        (ask(in_sector("futures")), "cn.fut.124"),
        (ask(recipient="law_enforcement"), "cn.icjal.4"),
        (ask(recipient="court"), "cn.cpl.294"),
        (ask(in_sector("banking"), recipient="regulator"), "cn.aml.50"),
        (ask(tiers=frozenset({"general", "natsec"})), "cn.esp.4"),
        (ask(tiers=frozenset({"core"})), "cn.dsl.21"),
        (ask(tiers=frozenset({"work_secret"})), "cn.ssl.64"),
        (ask(tiers=frozenset({"important"})), "cn.dsl.31"),
        (ask(replace(POLICY, ciio=True)), "cn.cac.ciio"),
        (ask(persons=1_000_000), "cn.cac.persons.1m"),
        (ask(sensitive_persons=10_000), "cn.cac.sensitive.10k"),
        (ask(persons=100_000), "cn.cac.persons.100k"),
        (ask(sensitive_persons=1), "cn.cac.sensitive.1"),
        (ask(), "cn.ndr.12.export"),
    ],
)
def test_each_rule_blocks_what_it_is_about_and_is_cited(answer: Gate, rule: str) -> None:  # G10
    book = shipped("border", BorderRule)
    [reason] = [one for one in answer.reasons if one.rule == rule]

    assert not answer.allowed
    assert reason.blocks
    assert (reason.citation, reason.version) == (book.rules[rule].citation, book.version)


def test_every_rule_of_the_file_is_in_that_table() -> None:
    table = test_each_rule_blocks_what_it_is_about_and_is_cited.pytestmark[0].args[1]  # type: ignore[attr-defined]

    assert {rule for _, rule in table} == set(shipped("border", BorderRule).rules)


@pytest.mark.parametrize(
    ("persons", "sensitive", "route"),
    [
        (1, 0, "exempt"),
        (99_999, 0, "exempt"),
        (100_000, 0, "contract_or_certification"),
        (999_999, 0, "contract_or_certification"),
        (1_000_000, 0, "security_assessment"),
        (1, 1, "contract_or_certification"),
        (9_999, 9_999, "contract_or_certification"),
        (10_000, 10_000, "security_assessment"),
    ],
)
def test_the_route_goes_by_the_distinct_persons_of_the_year(persons: int, sensitive: int, route: str) -> None:
    counters = Counters(year=2026, persons=persons, sensitive_persons=sensitive)

    assert ask(counters=counters, sensitive_persons=min(sensitive, 1)).route == route
    assert ask(persons=persons, sensitive_persons=sensitive).route == route


@pytest.mark.parametrize("legal_route", sorted(set().union(*SATISFIES.values()) | {"exempt_contract", "a_letter"}))
def test_a_heavier_route_will_do_for_a_lighter_one_and_no_other_way_round(legal_route: str) -> None:
    def allowed(policy: BorderPolicy = POLICY, **changed: Any) -> bool:
        return ask(policy, legal_route=legal_route, **RECORDED, **changed).allowed

    assert allowed()
    assert allowed(persons=100_000) == (legal_route in SATISFIES["contract_or_certification"])
    assert allowed(persons=1_000_000) == (legal_route == "security_assessment")
    assert allowed(EXEMPTING, persons=1_000_000) == (legal_route in {"security_assessment", "exempt_contract"})
    assert allowed(recipient="court") == (legal_route in SATISFIES["authority_approval"])


def test_inside_the_country_the_gate_is_open_whatever_is_in_it() -> None:
    answer = ask(country="CN", recipient="regulator", tiers=frozenset({"core"}), persons=10**7)

    assert answer == Gate(allowed=True, reasons=(), route="none")


@pytest.mark.parametrize("country", ["HK", "MO", "TW"])
def test_hong_kong_macau_and_taiwan_are_abroad(country: str) -> None:
    assert not ask(country=country, recipient="regulator").allowed


REQUESTS = st.builds(
    ExportRequest,
    recipient=st.sampled_from(["company", "person", *AUTHORITIES]),
    country=st.sampled_from(["CN", "US", "HK"]),
    records=st.integers(0, 10),
    persons=st.sampled_from([0, 1, 99_999, 100_000, 2_000_000]),
    sensitive_persons=st.sampled_from([0, 1, 10_000]),
    tiers=st.frozensets(st.sampled_from(["core", "important", "general", "work_secret", "natsec"])),
    approval_id=st.sampled_from([None, "", "2026-7"]),
    legal_route=st.sampled_from([None, "", "a_letter", "judicial_assistance", "security_assessment"]),
    scope_sha256=st.sampled_from([None, "", "00"]),
)
POLICIES = st.builds(
    BorderPolicy,
    sectors=st.frozensets(st.sampled_from(["securities", "futures", "banking"])),
    ciio=st.booleans(),
    exemptions=st.frozensets(st.sampled_from(["exempt_contract", "exempt_hr"])),
)
COUNTERS = st.builds(
    Counters, year=st.just(2026), persons=st.integers(0, 2_000_000), sensitive_persons=st.integers(0, 20_000)
)


@given(REQUESTS, COUNTERS, POLICIES)
def test_a_foreign_authority_never_gets_anything_without_approval_route_and_scope(
    request: ExportRequest, counters: Counters, policy: BorderPolicy
) -> None:
    complete = request.approval_id and request.scope_sha256 and request.legal_route in SATISFIES["authority_approval"]

    if request.country != "CN" and request.recipient in AUTHORITIES and not complete:
        assert not gate(request, counters, policy).allowed


@given(REQUESTS, COUNTERS, POLICIES, st.data())
def test_an_extra_fact_never_turns_a_block_into_an_allowance(
    request: ExportRequest, counters: Counters, policy: BorderPolicy, data: st.DataObject
) -> None:
    more = replace(
        request,
        persons=request.persons + data.draw(st.sampled_from([0, 1, 10**6])),
        sensitive_persons=request.sensitive_persons + data.draw(st.sampled_from([0, 1, 10**4])),
        tiers=request.tiers | data.draw(st.frozensets(st.sampled_from(["core", "important", "natsec"]))),
    )
    stricter = replace(policy, ciio=policy.ciio or data.draw(st.booleans()), sectors=policy.sectors | {"securities"})
    before, after = gate(request, counters, policy), gate(more, counters, stricter)

    assert blocking(before) <= blocking(after)
    assert ROUTES.index(before.route) <= ROUTES.index(after.route)
    if after.allowed:
        assert before.allowed


@given(REQUESTS, COUNTERS, POLICIES)
def test_a_block_says_what_is_missing_or_that_nothing_will_do(
    request: ExportRequest, counters: Counters, policy: BorderPolicy
) -> None:
    rules = shipped("border", BorderRule).rules

    for reason in gate(request, counters, policy).reasons:
        assert reason.blocks == (rules[reason.rule].blocks or bool(reason.missing))


MOMENTS = st.sampled_from(
    [
        datetime(2025, 12, 31, 15, 59, 59, tzinfo=UTC),
        datetime(2025, 12, 31, 16, 0, tzinfo=UTC),
        datetime(2026, 6, 1, tzinfo=UTC),
        datetime(2026, 12, 31, 16, 0, tzinfo=UTC),
    ]
)
TOKENS = st.frozensets(st.sampled_from([b"a", b"b", b"c"]))
HANDOVERS = st.lists(st.builds(Handover, at=MOMENTS, persons=TOKENS, sensitive=TOKENS), max_size=4)


@given(HANDOVERS, st.randoms(use_true_random=False))
def test_a_person_counts_once_a_year_however_the_volume_is_split(handovers: list[Handover], order: Any) -> None:
    shuffled = [*handovers, *handovers]
    order.shuffle(shuffled)
    within = [one for one in handovers if MOMENT_2026 <= one.at < MOMENT_2027]
    everybody = {token for one in within for token in one.persons | one.sensitive}

    assert count(shuffled, year=2026) == count(handovers, year=2026)
    assert count(handovers, year=2026).persons == len(everybody)


MOMENT_2026, MOMENT_2027 = (datetime(year, 12, 31, 16, 0, tzinfo=UTC) for year in (2025, 2026))


def test_the_year_is_beijings() -> None:
    before, first = (
        Handover(at=at, persons=frozenset({b"a"}), sensitive=frozenset({b"a"}))
        for at in (datetime(2025, 12, 31, 15, 59, 59, tzinfo=UTC), datetime(2025, 12, 31, 16, 0, tzinfo=UTC))
    )

    assert count([before], year=2026) == Counters(year=2026, persons=0, sensitive_persons=0)
    assert count([first], year=2026) == Counters(year=2026, persons=1, sensitive_persons=1)


def test_handovers_are_let_go_as_they_are_counted() -> None:
    seen: list[weakref.ref[frozenset[bytes]]] = []

    def handovers() -> Iterator[Handover]:
        for number in range(9):
            assert sum(one() is not None for one in seen) <= 1, "only what was counted last may still be there"
            persons = frozenset({bytes([number])})
            seen.append(weakref.ref(persons))
            yield Handover(at=MOMENT_2026, persons=persons, sensitive=frozenset())

    assert count(handovers(), year=2026).persons == 9
