"""A rule that names a kind or a list nobody finds decides nothing, in silence. None does."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench import chats
from functions.classify.lexicon import load
from functions.classify.marks import COPY_NUMBER, DOCUMENT_NUMBER, EXAM, LEVEL_STATED, MALFORMED, MARK, WORK_SECRET
from functions.law import policy
from functions.law.rulebook import FOLDER
from functions.law.tier import names

KINDS = frozenset(chats.kinds())
MARKS = frozenset({MARK, MALFORMED, EXAM, WORK_SECRET, LEVEL_STATED, DOCUMENT_NUMBER, COPY_NUMBER})
DEPLOYMENTS = frozenset({"sector.automotive"})
"""Lists that no release can have: who is in a sector says so by a list of its own."""


def rules(subject: str) -> Iterator[dict[str, Any]]:
    yield from tomllib.loads((FOLDER / f"{subject}.toml").read_text(encoding="utf-8"))["rule"]


def is_a_list(id_: str) -> bool:
    return id_ in DEPLOYMENTS or any(names([id_], listed) for listed in load().lists)


def test_every_kind_that_tiers_and_profiles_name_is_one_that_is_found() -> None:
    tiers = {kind for rule in rules("tiers") for kind in rule.get("kinds", ())}
    sensitive = {kind for rule in rules("sensitive") for kinds in rule["categories"].values() for kind in kinds}

    assert tiers | sensitive <= KINDS


def test_every_list_and_mark_that_tiers_name_is_one_that_is_found() -> None:
    assert all(is_a_list(id_) for rule in rules("tiers") for id_ in rule.get("lists", ()))
    assert {mark for rule in rules("tiers") for mark in rule.get("marks", ())} <= MARKS


def test_every_sign_that_is_weighed_is_a_mark_a_kind_or_a_list() -> None:
    signs = {of for rule in rules("secrecy") for of in (*rule.get("of", ()), *rule.get("near", ()))}

    assert all(sign in MARKS | KINDS or is_a_list(sign) for sign in signs)


@pytest.mark.parametrize("path", sorted(policy.PROFILES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_list_and_kind_that_a_ready_profile_names_is_one_that_is_found(path: Path) -> None:
    tiers = policy.parse_policy(path.read_text(encoding="utf-8"), name=path.name).tiers

    for entry in tiers.catalogue:
        assert all(is_a_list(id_) for id_ in entry.lists)
        assert set(entry.kinds) <= KINDS
