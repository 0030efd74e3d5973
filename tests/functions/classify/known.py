"""Identifiers made by other means than the code under test."""

from datetime import date

from hypothesis import strategies as st

DATES = st.dates(min_value=date(1800, 1, 1), max_value=date(2099, 12, 31))
SEGMENTS = ("130", "135", "138", "139", "147", "150", "159", "166", "170", "177", "186", "188", "191", "198", "199")


def resident_check(digits: str) -> str:
    """ISO 7064 MOD 11-2 by its recursion, not by weights."""
    product = 0
    for digit in digits:
        product = (product + int(digit)) * 2 % 11
    return "0123456789X"[(12 - product) % 11]


def luhn_check(digits: str) -> str:
    """ISO/IEC 7812-1 annex B, digit by digit from the right."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if position % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    return str(-total % 10)


def _resident_id(area: int, born: date, serial: int) -> str:
    digits = f"{area}{born:%Y%m%d}{serial:03}"
    return digits + resident_check(digits)


def _bank_card(digits: str) -> str:
    return digits + luhn_check(digits)


resident_ids = st.builds(_resident_id, st.integers(110_000, 659_999), DATES, st.integers(0, 999))
"""Of people: neither a permit's area (81 to 83) nor a foreigner's (9)."""
bank_cards = st.sampled_from([16, 17, 19]).flatmap(
    lambda size: st.from_regex(rf"62[0-9]{{{size - 3}}}", fullmatch=True).map(_bank_card)
)
mobiles = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["", "86", "0086"]), st.sampled_from(SEGMENTS), st.from_regex(r"[0-9]{8}", fullmatch=True)
    ),
)
identifiers = (
    resident_ids.map(lambda text: ("resident_id", text))
    | bank_cards.map(lambda text: ("bank_card", text))
    | mobiles.map(lambda text: ("mobile", text))
)
"""Kind and text of something that must be found."""
RULES = {"resident_id": "cn.resident_id@3", "bank_card": "bank_card@3", "mobile": "cn.mobile@3"}
