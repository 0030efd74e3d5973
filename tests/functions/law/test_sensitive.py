"""Sensitive personal information: by three profiles at once, and minors by their birth dates."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from functions.law.sensitive import Sensitive, birth_date, classify_sensitive, is_minor, profiles
from tests.functions.classify.known import DATES, resident_ids

NOON = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


def by(profile: str, kinds: dict[str, int], *born: date, at: datetime = NOON) -> Sensitive:
    book = profiles()
    rule = book.rules[f"sensitive.{profile}"]
    return classify_sensitive(kinds, born=born, at=at, rule=rule, version=book.version)


def test_three_profiles_ship() -> None:
    assert set(profiles().rules) == {"sensitive.gbt35273_2020", "sensitive.gbt45574_2025", "sensitive.pipl28"}


@pytest.mark.parametrize(
    ("kinds", "gbt35273", "gbt45574", "pipl28"),
    [
        ({}, (), (), ()),
        ({"resident_id": 1}, ("identity",), (), ()),
        ({"bank_card": 2}, ("property",), ("financial_account",), ("financial_account",)),
        ({"geo": 1}, ("whereabouts",), ("whereabouts",), ("whereabouts",)),
        ({"email": 1, "uscc": 3, "bank_card": 0}, (), (), ()),
    ],
)
def test_each_profile_names_its_own_categories(
    kinds: dict[str, int], gbt35273: tuple[str, ...], gbt45574: tuple[str, ...], pipl28: tuple[str, ...]
) -> None:
    assert set(by("gbt35273_2020", kinds).categories) == {"communications", *gbt35273}
    assert by("gbt45574_2025", kinds).categories == gbt45574
    assert by("pipl28", kinds).categories == pipl28


def test_an_answer_names_profile_rule_and_version_and_counts_findings() -> None:
    made = by("pipl28", {"bank_card": 2, "geo": 1, "email": 4})

    assert (made.profile, made.rule, made.version, made.findings, made.minors) == (
        "pipl28",
        "sensitive.pipl28",
        profiles().version,
        3,
        0,
    )


def test_everything_about_a_minor_is_sensitive() -> None:
    made = by("pipl28", {"resident_id": 1, "mobile": 2}, date(2015, 1, 1), date(1980, 1, 1))

    assert (made.categories, made.findings, made.minors) == (("minors",), 3, 1)


@pytest.mark.parametrize(
    ("born", "day", "minor"),
    [
        (date(2012, 11, 26), date(2026, 11, 26), True),  # full years are reached on the next day
        (date(2012, 11, 25), date(2026, 11, 26), False),
        (date(2012, 2, 29), date(2026, 2, 28), True),
        (date(2012, 2, 29), date(2026, 3, 1), True),
        (date(2012, 2, 29), date(2026, 3, 2), False),
        (date(2026, 11, 27), date(2026, 11, 26), False),
        (date(2026, 11, 26), date(2026, 11, 26), True),
        (date(9999, 1, 1), date(9999, 12, 31), True),
    ],
)
def test_somebody_is_a_minor_up_to_the_fourteenth_birthday(born: date, day: date, *, minor: bool) -> None:
    assert is_minor(born, day, under=14) == minor


def test_the_day_of_a_message_is_that_of_china() -> None:
    born = date(2012, 11, 26)
    evening = datetime(2026, 11, 26, 15, 59, tzinfo=UTC)

    assert by("pipl28", {"resident_id": 1}, born, at=evening).minors == 1
    assert by("pipl28", {"resident_id": 1}, born, at=evening + timedelta(minutes=1)).minors == 0


@given(resident_ids)
def test_a_resident_id_holds_its_birth_date_however_it_is_written(text: str) -> None:
    born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    full_width = "".join(chr(ord(one) + 0xFEE0) for one in text)

    assert birth_date(text) == birth_date(text.lower()) == birth_date(full_width) == born
    assert birth_date(f"{text[:6]}-{text[6:14]} {text[14:]}") == born
    assert birth_date("".join("〇一二三四五六七八九"[int(one)] if one.isdigit() else one for one in text)) == born


@pytest.mark.parametrize("text", ["", "110105491231002", "110105194913310021", "11010519491231002", "abc"])
def test_what_holds_no_birth_date_gives_none(text: str) -> None:
    assert birth_date(text) is None


@given(DATES, DATES, st.integers(1, 18), st.integers(1, 18))
def test_who_is_under_an_age_is_under_every_higher_one(born: date, day: date, one: int, other: int) -> None:
    if is_minor(born, day, under=min(one, other)):
        assert is_minor(born, day, under=max(one, other))


@given(st.text(st.characters()))
def test_any_text_holds_a_birth_date_or_none(text: str) -> None:
    assert birth_date(text) is None or isinstance(birth_date(text), date)
