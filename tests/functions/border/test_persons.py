"""Who counts as being in a record, and as what: in doubt it is more."""

from typing import Any

import pytest

from functions.border.persons import part_of
from functions.capture.tokens import IndexKey
from functions.law.export import Part, Trait
from tests.make import INDEX_SECRET

KEY = IndexKey(INDEX_SECRET)
RECORD = "0a" * 24
CONTRACT = {"basis": "contract", "rule": "ground.contract", "people": [0, 1]}


def decisions(**changed: Any) -> list[dict[str, Any]]:
    """What the archive room writes about an ordinary message. One set to `...` is left out."""
    results: dict[str, Any] = {
        "classify": {"lists": {}, "sensitive": {}},
        "tier": {"tier": "general", "reasons": []},
        "consent": {"action": "keep", "grounds": [CONTRACT]},
    } | changed
    return [{"about": about, "result": result} for about, result in results.items() if result is not ...]


def part(*accounts: str, flags: tuple[str, ...] = (), **changed: Any) -> Part:
    people = accounts or ("ann",)
    told = {"record_id": RECORD, "participants": list(people), "flags": list(flags), "decisions": decisions(**changed)}
    return part_of(told, "general", KEY)


def trait(found: Part, account: str = "ann") -> Trait:
    return found.people[KEY.token("participant", account)]


def test_an_ordinary_message_says_nothing_special_of_anybody() -> None:
    assert part().records == {bytes.fromhex(RECORD)}
    assert trait(part()) is Trait.NONE


@pytest.mark.parametrize("profile", ["pipl28", "gbt45574_2025"])
def test_what_either_profile_of_the_law_finds_sensitive_is(profile: str) -> None:
    found = part("ann", "bob", classify={"sensitive": {profile: {"categories": ["whereabouts"]}}})

    assert trait(found) == trait(found, "bob") == Trait.SENSITIVE


def test_what_the_older_standard_alone_finds_sensitive_is_not() -> None:
    assert trait(part(classify={"sensitive": {"gbt35273_2020": {"categories": ["identity"]}}})) is Trait.NONE


def test_what_nobody_looked_into_may_hold_anything() -> None:
    assert trait(part(flags=("not_inspected",))) is Trait.SENSITIVE
    assert trait(part(classify=...)) is Trait.SENSITIVE
    assert trait(part(classify={"lists": {}})) is Trait.SENSITIVE


def test_whoever_has_agreed_or_has_no_ground_needs_a_consent_of_their_own() -> None:
    granted = {"basis": "consent", "rule": "consent.granted", "people": [1]}
    unanswered = {"basis": "none", "rule": "consent.unanswered", "people": [2]}
    grounds = [CONTRACT, granted, unanswered]
    found = part("ann", "bob", "carl", consent={"grounds": grounds})

    assert [trait(found, one) for one in ("ann", "bob", "carl")] == [Trait.NONE, Trait.BY_CONSENT, Trait.BY_CONSENT]


@pytest.mark.parametrize("grounds", [[], [CONTRACT]])
def test_whom_no_ground_names_has_none(grounds: list[dict[str, Any]]) -> None:
    """What somebody said about consent is kept without asking anybody, so its decision names nobody."""
    found = part("ann", "bob", "carl", consent={"grounds": grounds})
    by_contract = Trait.NONE if grounds else Trait.BY_CONSENT

    assert [trait(found, one) for one in ("ann", "bob", "carl")] == [by_contract, by_contract, Trait.BY_CONSENT]


def test_all_about_a_child_is_sensitive_and_about_who_is_beside_it_nothing_more() -> None:
    by_guardian = {"basis": "consent", "rule": "consent.guardian", "people": [1]}
    found = part("ann", "bob", consent={"grounds": [CONTRACT, by_guardian]})

    assert [trait(found, one) for one in ("ann", "bob")] == [Trait.NONE, Trait.SENSITIVE | Trait.BY_CONSENT]


def test_of_whom_nothing_was_decided_all_do() -> None:
    found = part("ann", "bob", consent=...)

    assert trait(found) == trait(found, "bob") == Trait.BY_CONSENT


def test_a_group_robot_is_nobody_and_what_only_begins_like_one_is_somebody() -> None:
    found = part("wb" + "A" * 30, "wbo", "wb" + "A" * 31)

    assert found.people.keys() == {KEY.token("participant", one) for one in ("wbo", "wb" + "A" * 31)}


def test_every_tier_that_any_rule_gave_is_in_it() -> None:
    reasons = [{"tier": "important"}, {"tier": "work_secret"}]

    assert part(tier={"tier": "important", "reasons": reasons}).tiers == {"general", "important", "work_secret"}
    assert part(tier=...).tiers == {"general"}
