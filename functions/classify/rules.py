"""What a run of digits and letters can be, rule by rule: by what it is made of, or by that and what it is called.

A rule of `ALONE` has its two signals in the run itself. A rule of `CALLED` has one, and needs the word beside it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from functions.classify import tables
from functions.classify.identifiers import (
    RESIDENT_ID,
    is_business_registration,
    is_date,
    is_hkid,
    is_luhn,
    is_organisation_code,
    is_resident_id,
    is_taiwan_id,
    is_uscc,
    is_vin,
)

SEGMENTS = frozenset(tables.words("telephone", "mobile_segments"))
AREAS = frozenset(tables.words("telephone", "area_codes"))
ISSUERS = frozenset(tables.words("banks", "issuers") + tables.words("banks", "short"))
PROVINCES = frozenset(tables.table("places")["province_codes"].split())
MOBILE = re.compile(r"(?:(?:00)?86)?(1[3-9][0-9]{9})")
UNIONPAY = re.compile(r"62[0-9]{14}|62[0-9]{15}|62[0-9]{17}")  # lengths 16, 17, 19 are in use
SCHEMES = re.compile(  # ISO/IEC 7812 ranges of UnionPay, Visa, Mastercard, American Express, JCB, Diners, Discover
    r"62[0-9]{14,17}|4[0-9]{12}(?:[0-9]{3}){0,2}|5[1-5][0-9]{14}|2(?:2[2-9]|[3-6][0-9]|7[01])[0-9]{13}|3[47][0-9]{13}"
    r"|35[2-8][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|6(?:011|5[0-9]{2})[0-9]{12}|9[0-9]{15,18}"
)
ISSUED_LENGTH = 16
"""Cards of Chinese issuers in the ranges of Visa, Mastercard and others are no shorter; two banks have some of 19."""
LIKE_A_CARD = re.compile(r"62[0-9]{14}|62[0-9]{17}")
AUTHORITIES = frozenset(tables.table("places")["authorities"].split())
OLD_RESIDENT_SHAPE = re.compile(r"[1-8][0-9]{14}")
ALL_DIGITS = re.compile(r"[0-9]+")


def is_mobile(run: str) -> bool:
    """A mainland mobile number of a segment in use, with or without 86 before it."""
    found = MOBILE.fullmatch(run)
    return found is not None and found.group(1)[:3] in SEGMENTS


def is_bank_card(run: str) -> bool:
    """Right by Luhn, and of UnionPay or of a Chinese issuer."""
    if run.startswith("62"):
        return UNIONPAY.fullmatch(run) is not None and is_luhn(run)
    known = not ISSUERS.isdisjoint((run[:5], run[:6])) and (len(run) >= ISSUED_LENGTH or run[0] in "69")
    return known and is_luhn(run)


def is_scheme_card(run: str) -> bool:
    """Right by Luhn, and within a scheme's range: too little alone."""
    return SCHEMES.fullmatch(run) is not None and is_luhn(run)


def is_permit(run: str) -> bool:
    """A residence permit for Hong Kong, Macau, Taiwan people: GB 11643 with its own area."""
    return run.startswith(("810000", "820000", "830000")) and is_resident_id(run)


def is_foreigner(run: str) -> bool:
    """A foreigner's permanent residence number since 2023: 9, then GB 11643's date and check digit."""
    return run.startswith("9") and is_resident_id(run)


def is_registered(run: str) -> bool:
    """A credit code of a known authority; one of digits alone must also hold a right organisation code."""
    if run[:2].upper() not in AUTHORITIES or not is_uscc(run.upper()):
        return False
    if ALL_DIGITS.fullmatch(run) is None:
        return True
    return is_organisation_code(run[8:17]) and RESIDENT_ID.fullmatch(run) is None


def is_chassis(run: str) -> bool:
    """A VIN with some letters in it: a number of 17 digits is none."""
    return not run.isdigit() and is_vin(run) and sum(one.isalpha() for one in run) > 2  # noqa: PLR2004


def is_chip(run: str) -> bool:
    """An ICCID of a Chinese operator."""
    return run.startswith("8986") and is_luhn(run)


def is_old_resident_id(run: str) -> bool:
    """15 digits with a known province and a date of the twentieth century."""
    return OLD_RESIDENT_SHAPE.fullmatch(run) is not None and run[:2] in PROVINCES and is_date(f"19{run[6:12]}")


def is_account(run: str) -> bool:
    """What only a bank can check; never a card's number whose check digit is wrong."""
    return 10 <= len(run) <= 25 and ALL_DIGITS.fullmatch(run) is not None and LIKE_A_CARD.fullmatch(run) is None  # noqa: PLR2004


def is_fixed_line(run: str) -> bool:
    """An area code and seven or eight digits, or a service number."""
    found = re.fullmatch(r"(0[12][0-9]|0[3-9][0-9]{2})[2-9][0-9]{6,7}|[48]00[0-9]{7}", run)
    return found is not None and (found.group(1) is None or found.group(1) in AREAS)


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of identifier."""

    kind: str
    test: Callable[[str], bool]


def shaped(pattern: str) -> Callable[[str], bool]:
    """Whether all of a run is of this shape."""
    compiled = re.compile(pattern)
    return lambda run: compiled.fullmatch(run) is not None


RESIDENTS = (
    Rule("residence_permit_hmt", is_permit),
    Rule("foreigner_pr", is_foreigner),
    Rule("resident_id", is_resident_id),
)
CARD = Rule("bank_card", is_bank_card)
CHIP = Rule("iccid", is_chip)
PHONE = Rule("mobile", is_mobile)
CREDIT = Rule("uscc", is_registered)
ALONE: dict[int, tuple[Rule, ...]] = {
    11: (PHONE,),
    13: (PHONE, CARD),
    14: (CARD,),
    15: (PHONE, CARD),
    16: (CARD,),
    17: (Rule("vin", is_chassis), CARD),
    18: (*RESIDENTS, CREDIT, CARD),
    19: (CARD, CHIP),
    20: (CHIP,),
}
"""By the length of the run."""

PASSPORT = Rule(  # exit administration of the mainland, Hong Kong and Macau: the letters they print
    "passport",
    shaped(
        r"(?i:E[0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|G[0-9]{8}|[DSP]E?[0-9]{7}|[DSP][0-9]{8}|[KH][A-Z]?[0-9]{7,8}|M[AB]?[0-9]{7,8})"
    ),
)
HOME_RETURN = Rule("hrp", shaped(r"[HMhm][0-9]{8}(?:[0-9]{2})?"))
MAINLAND_TRAVEL = Rule("mtp", shaped(r"[0-9]{8}|[0-9]{10}"))
EXIT_HM = Rule("exit_hm", shaped(r"(?i:[CW][0-9]{8}|[CW][A-Z][0-9]{7})"))
EXIT_TW = Rule("exit_tw", shaped(r"(?i:[LT][0-9]{8}|[LT][A-Z][0-9]{7})"))
FOREIGNER_OLD = Rule("foreigner_pr", shaped(r"(?i:[A-Z]{3}[0-9]{12})"))
HONG_KONG = Rule("hkid", lambda run: is_hkid(run.upper()))
MACAU = Rule("mo_bir", shaped(r"[157][0-9]{7}"))
TAIWAN = Rule("tw_id", lambda run: is_taiwan_id(run.upper()))
OLD_RESIDENT = Rule("resident_id15", is_old_resident_id)
IDS = (*RESIDENTS, OLD_RESIDENT)
PEOPLE = (*IDS, HONG_KONG, TAIWAN)
ACCOUNT = Rule("bank_account", is_account)
SCHEME_CARD = Rule("bank_card", is_scheme_card)
FIXED = Rule("landline", is_fixed_line)
ANY_MOBILE = Rule("mobile", shaped(MOBILE.pattern))
HK_MOBILE = Rule("hk_mobile", shaped(r"(?:852)?[4-9][0-9]{7}"))
MO_MOBILE = Rule("mo_mobile", shaped(r"(?:853)?6[0-9]{7}"))
TW_MOBILE = Rule("tw_mobile", shaped(r"(?:886)?09[0-9]{8}|8869[0-9]{8}"))
COMPANY = (
    Rule("uscc", lambda run: is_uscc(run.upper())),
    Rule("org_code", lambda run: is_organisation_code(run.upper())),
)
BUSINESS = Rule("biz_reg15", is_business_registration)
LOCAL = r"[A-Za-z]{0,2}[0-9]{6,14}"
CALLED: dict[str, tuple[Rule, ...]] = {
    "resident": PEOPLE,
    "document": (*PEOPLE, PASSPORT, HOME_RETURN, EXIT_HM, EXIT_TW),
    "passport": (PASSPORT,),
    "home_return": (HOME_RETURN,),
    "mainland": (MAINLAND_TRAVEL,),
    "exit_hm": (EXIT_HM,),
    "exit_tw": (EXIT_TW,),
    "permit": (HOME_RETURN, EXIT_HM, EXIT_TW, MAINLAND_TRAVEL),
    "foreigner": (FOREIGNER_OLD,),
    "hongkong_id": (HONG_KONG,),
    "macau_id": (MACAU,),
    "taiwan_id": (TAIWAN,),
    "uscc": COMPANY,
    "organisation": COMPANY,
    "business": (*COMPANY, BUSINESS),
    "tax": (*COMPANY, Rule("tax_id", shaped(r"[0-9]{6}[0-9A-Z]{8}[0-9X]|[0-9]{17}[0-9X][0-9]{2}"))),
    "card": (CARD, SCHEME_CARD),
    "account": (CARD, ACCOUNT),
    "mobile": (ANY_MOBILE, TW_MOBILE, FIXED),
    "landline": (FIXED,),
    "vin": (Rule("vin", lambda run: is_vin(run.upper())),),
    "qq": (Rule("qq", shaped(r"[1-9][0-9]{4,10}")),),
    "imei": (Rule("imei", lambda run: len(run) == 15 and is_luhn(run)),),  # noqa: PLR2004 - 3GPP TS 23.003
    "iccid": (Rule("iccid", lambda run: run.startswith("89") and len(run) in {19, 20} and is_luhn(run)),),
    "imsi": (Rule("imsi", shaped(r"460[0-9]{12}")),),
    "code": (Rule("credentials", shaped(r"[0-9]{4,8}")),),
    "military": (Rule("military_id", shaped(r"[0-9]{6,8}")),),
    "driver": (*IDS, Rule("driver_licence", shaped(r"[0-9]{12}"))),
    "securities": (Rule("securities_account", shaped(r"[A-Fa-f][0-9]{9}|[0-9]{8}|[0-9]{10}|[0-9]{12}")),),
    "social": (*IDS, Rule("social_security", shaped(LOCAL))),
    "fund": (*IDS, Rule("housing_fund", shaped(r"[0-9]{8,20}"))),
    "medical": (Rule("medical_record", shaped(LOCAL)),),
}
"""By the label beside the run."""

REGIONAL = {"hongkong": (HK_MOBILE,), "macau": (MO_MOBILE,), "taiwan": (TW_MOBILE,)}
"""By a region's name, where a telephone is spoken of too."""
