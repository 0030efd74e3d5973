"""Check digits, good and bad."""

import pytest
from hypothesis import given, strategies as st

from functions.classify import identifiers
from functions.classify.identifiers import (
    is_business_registration,
    is_hkid,
    is_luhn,
    is_organisation_code,
    is_passport_mrz,
    is_resident_id,
    is_taiwan_id,
    is_uscc,
    is_vin,
)
from functions.classify.rules import is_bank_card, is_mobile
from tests.functions.classify.known import bank_cards, mobiles, resident_ids
from tests.functions.strategies import texts

TESTS = [getattr(identifiers, name) for name in vars(identifiers) if name.startswith("is_") and name != "is_date"]


@pytest.mark.parametrize(
    "text",
    [
        "11010519491231002X",  # GB 11643-1999's own example
        "11010519491231002x",
        "440524188001010014",  # the standard's second
        "810000199408230021",  # residence permits for Hong Kong and Taiwan: GB 11643 numbers too
        "830000199201300022",
    ],
)
def test_a_known_resident_id_is_one(text: str) -> None:
    assert is_resident_id(text)


@pytest.mark.parametrize(
    "text",
    [
        "110105194912310021",  # the wrong check digit; from the fourth on the check digit is right
        "11010519491231002Y",
        "11010519491231002 ",
        "010105194912310026",
        "110105174912310021",
        "110105194902290029",
        "110105190002290025",
        "110105194913310021",
        "110105194912320025",
        "110105194900310022",
        "11010519491231002",
        "11010519491231002XX",
        "１１０１０５１９４９１２３１００２Ｘ",
        "11010519491231002X\n",
        "",
    ],
)
def test_what_only_looks_like_a_resident_id_is_none(text: str) -> None:
    assert not is_resident_id(text)


@pytest.mark.parametrize(
    ("test", "right", "wrong"),
    [
        (is_hkid, "A1234563", "A1234564"),
        (is_hkid, "AB9876543", "AB9876542"),
        (is_hkid, "G123456A", "G123456B"),
        (is_hkid, "C1234569", "O1234569"),
        (is_taiwan_id, "A123456789", "A123456788"),
        (is_taiwan_id, "A123456789", "A323456789"),
        (is_uscc, "91110000600037341L", "91110000600037341M"),
        (is_uscc, "91110000600037341L", "9111000060003734IL"),
        (is_organisation_code, "600037341", "600037342"),
        (is_organisation_code, "60003734-1", "6000373-41X"),
        (is_business_registration, "110108000000016", "110108000000017"),
        (is_business_registration, "110108000000016", "11010800000001"),
        (is_business_registration, "110108000000016", "11010800000001X"),
        (is_vin, "1M8GDM9AXKP042788", "1M8GDM9A1KP042788"),
        (is_vin, "1M8GDM9AXKP042788", "IM8GDM9AXKP042788"),
        (is_luhn, "79927398713", "79927398710"),
        (is_luhn, "0", "x"),
        (
            is_passport_mrz,
            "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
            "L898902C37UTO7408122F1204159ZE184226B<<<<<10",
        ),
        (is_passport_mrz, "L898902C36UTO7408122F1204159ZE184226B<<<<<10", "L898902C36UTO7408122F1204159"),
    ],
)  # GB 32100, GB 11714, GS 15, ISO 3779, ICAO 9303 and the issuers' own examples
def test_a_published_number_is_right_and_its_neighbour_wrong(test: object, right: str, wrong: str) -> None:
    assert callable(test)
    assert test(right)
    assert not test(wrong)


@given(resident_ids)
def test_every_resident_id_with_its_check_digit_is_one(text: str) -> None:
    assert is_resident_id(text)
    assert is_resident_id(text.lower())


@given(resident_ids, st.sampled_from("0123456789X"))
def test_no_other_check_digit_will_do(text: str, digit: str) -> None:
    assert is_resident_id(text[:17] + digit) == (digit == text[17])


@given(resident_ids, st.integers(0, 16), st.sampled_from("0123456789"))
def test_one_wrong_digit_anywhere_is_noticed(text: str, at: int, digit: str) -> None:
    assert is_resident_id(text[:at] + digit + text[at + 1 :]) == (digit == text[at])


@given(bank_cards, st.integers(0, 18), st.sampled_from("0123456789"))
def test_one_wrong_digit_in_a_card_is_noticed(text: str, at: int, digit: str) -> None:
    at %= len(text)

    assert is_bank_card(text)
    assert is_bank_card(text[:at] + digit + text[at + 1 :]) == (digit == text[at])


@pytest.mark.parametrize("text", ["6212345678901232", "6222021234567890128", "62220212345678903", "4367420000000009"])
def test_a_known_issuers_card_is_one(text: str) -> None:
    assert is_bank_card(text)


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111111",  # Visa's test number: right by Luhn, of no Chinese issuer
        "6011000990139424",
        "620000000000000005",  # right by Luhn, of a length nobody issues
        "62000000000000",
        "6212345678901233",
        "6212 3456 7890 1232",
        "６２１２３４５６７８９０１２３２",
        "",
    ],
)
def test_what_only_looks_like_a_card_is_none(text: str) -> None:
    assert not is_bank_card(text)


@given(mobiles)
def test_every_mobile_number_with_or_without_country_code_is_one(text: str) -> None:
    assert is_mobile(text)


@pytest.mark.parametrize(
    "text",
    ["12800138000", "15400138000", "1380013800", "138001380000", "2386013800138", "008613800138", "+8613800138000", ""],
)
def test_what_only_looks_like_a_mobile_number_is_none(text: str) -> None:
    assert not is_mobile(text)


@given(texts | st.from_regex(r"[0-9A-Z<-]{8,44}"))
def test_any_text_is_an_identifier_or_none(text: str) -> None:
    for test in (*TESTS, is_mobile, is_bank_card):
        assert test(text) in {True, False}
