"""The identifiers this release finds, each by two signals that do not depend on each other.

A check digit alone is no finding: one in ten random numbers passes Luhn. So a resident id also needs a real birth date,
a bank card a UnionPay prefix and one of the lengths in use, a mobile number its prefix and no digit on either side.
"""

import re
from collections.abc import Callable
from datetime import date

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999 §4, ISO 7064 MOD 11-2
CHECK_CHARACTERS = "10X98765432"
RESIDENT_ID = re.compile(r"[1-9][0-9]{5}(?:18|19|20)[0-9]{9}[0-9Xx]")
MOBILE = re.compile(r"(?:(?:00)?86)?(1[3-9][0-9]{9})")  # MIIT numbering plan, segments 13x to 19x
BANK_CARD = re.compile(r"62[0-9]{14}|62[0-9]{15}|62[0-9]{17}")  # UnionPay: 62, lengths 16, 17, 19 in use
LUHN_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)  # ISO/IEC 7812-1 annex B


def is_resident_id(text: str) -> bool:
    """18 characters with a real birth date and the right last one."""
    if RESIDENT_ID.fullmatch(text) is None or not _is_date(text[6:14]):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, text, strict=False))
    return CHECK_CHARACTERS[total % 11] == text[17].upper()


def is_mobile(text: str) -> bool:
    """A mainland mobile number, with or without 86 before it."""
    return MOBILE.fullmatch(text) is not None


def is_bank_card(text: str) -> bool:
    """A UnionPay number whose Luhn digit is right."""
    if BANK_CARD.fullmatch(text) is None:
        return False
    digits = [int(digit) for digit in reversed(text)]
    return (sum(digits[::2]) + sum(LUHN_DOUBLED[digit] for digit in digits[1::2])) % 10 == 0


def _is_date(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


BY_LENGTH: dict[int, tuple[tuple[str, Callable[[str], bool]], ...]] = {
    11: (("mobile", is_mobile),),
    13: (("mobile", is_mobile),),
    15: (("mobile", is_mobile),),
    16: (("bank_card", is_bank_card),),
    17: (("bank_card", is_bank_card),),
    18: (("resident_id", is_resident_id),),
    19: (("bank_card", is_bank_card),),
}
"""Which tests a run of letters and digits is put to. Kinds are named once each, without their country."""
