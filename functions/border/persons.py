"""Who is in a record and what it says of them, from its description. In doubt it is more. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from functions.capture.tokens import IndexKey
from functions.law.export import Part, Trait

ROBOT = re.compile(r"wb[\w-]{30}", re.ASCII)  # developer.work.weixin.qq.com/document/path/91774 (read 2026-11)
PROFILES = ("gbt45574_2025", "pipl28")
"""By either of which what was found is sensitive at the border (functions/law/rules/sensitive.toml)."""
UNSEEN = "not_inspected"
"""The flag of what nobody could look into: it may hold anything."""
ASKED = ("consent", "none")
"""The grounds of whoever must have agreed that it goes abroad; `none` is that of whoever had no ground."""
BY_A_GUARDIAN = "consent.guardian"
"""The rule that a guardian has agreed: all that is known about somebody under 14 is sensitive (PIPL art. 28)."""


def part_of(description: Mapping[str, Any], tier: str, key: IndexKey) -> Part:
    """The record alone, as a part of a scope. `tier` is its segment's."""
    decided = {one["about"]: one["result"] for one in description["decisions"]}
    always = Trait.SENSITIVE if _sensitive(description, decided) else Trait.NONE
    asked, children = _asked(description, decided), _children(decided)
    people: dict[bytes, Trait] = {}
    for at, account in enumerate(description["participants"]):
        if ROBOT.fullmatch(account) is None:
            token, trait = key.token("participant", account), always
            trait |= Trait.BY_CONSENT if at in asked else Trait.NONE
            trait |= Trait.SENSITIVE if at in children else Trait.NONE
            people[token] = people.get(token, Trait.NONE) | trait
    return Part(
        records=frozenset({bytes.fromhex(description["record_id"])}),
        people=people,
        tiers=frozenset({tier, *_tiers(decided)}),
    )


def _sensitive(description: Mapping[str, Any], decided: Mapping[str, Any]) -> bool:
    """Of all who are in it: who a number belongs to, nobody knows."""
    found = decided.get("classify", {}).get("sensitive")
    return found is None or UNSEEN in description["flags"] or any(profile in found for profile in PROFILES)


def _asked(description: Mapping[str, Any], decided: Mapping[str, Any]) -> frozenset[int]:
    """The places of all but those whose every ground is another one; whom no ground names has none."""
    everybody = frozenset(range(len(description["participants"])))
    grounds = decided.get("consent", {"grounds": ()})["grounds"]
    asked = {at for one in grounds if one["basis"] in ASKED for at in one["people"]}
    grounded = {at for one in grounds for at in one["people"]}
    return everybody - (grounded - asked)


def _children(decided: Mapping[str, Any]) -> frozenset[int]:
    """The places of those for whom a guardian has agreed."""
    grounds = decided.get("consent", {"grounds": ()})["grounds"]
    return frozenset(at for one in grounds if one["rule"] == BY_A_GUARDIAN for at in one["people"])


def _tiers(decided: Mapping[str, Any]) -> set[str]:
    """With those that a higher one outweighs."""
    tier = decided.get("tier", {"reasons": ()})
    return {one["tier"] for one in tier["reasons"]} | ({tier["tier"]} if "tier" in tier else set())
