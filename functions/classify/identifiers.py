"""Check digits. Each test is pure, total, and no finding by itself: one in ten random numbers passes Luhn."""

import re
from datetime import date

RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999 §4, ISO 7064 MOD 11-2
CHECK_CHARACTERS = "10X98765432"
RESIDENT_ID = re.compile(r"[1-9][0-9]{5}(?:18|19|20)[0-9]{9}[0-9Xx]")
LUHN_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)  # ISO/IEC 7812-1 annex B
DIGITS = re.compile(r"[0-9]+")
USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015 table 1: no I, O, S, V, Z
USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
ORGANISATION = re.compile(r"[0-9A-Z]{8}[0-9X]")
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714-1997
HKID = re.compile(r"[A-NP-Z]{1,2}[0-9]{6}[0-9A]")  # Immigration Department; blank counts 36
TAIWAN = re.compile(r"[A-Z][1289][0-9]{8}")
TAIWAN_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"  # A is 10; in this order since the letters I, O, W and Z were added
TAIWAN_WEIGHTS = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)
VIN = re.compile(r"[A-HJ-NPR-Z0-9]{13}[0-9]{4}")  # ISO 3779: no I, O, Q; the last four are digits
VIN_VALUES = dict(
    zip(
        "0123456789ABCDEFGHJKLMNPRSTUVWXYZ", (*range(10), *range(1, 9), 1, 2, 3, 4, 5, 7, 9, *range(2, 10)), strict=True
    )
)
VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
MRZ_LINE = re.compile(r"[A-Z0-9<]{44}")
MRZ_FIELDS = ((0, 9), (13, 19), (21, 27))  # ICAO 9303-4: document number, date of birth, date of expiry


def is_resident_id(text: str) -> bool:
    """18 characters with a real birth date and the right last one."""
    if RESIDENT_ID.fullmatch(text) is None or not is_date(text[6:14]):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(RESIDENT_WEIGHTS, text, strict=False))
    return CHECK_CHARACTERS[total % 11] == text[17].upper()


def is_luhn(text: str) -> bool:
    """ASCII digits whose last one is right by ISO/IEC 7812-1."""
    if DIGITS.fullmatch(text) is None:
        return False
    digits = [int(digit) for digit in reversed(text)]
    return (sum(digits[::2]) + sum(LUHN_DOUBLED[digit] for digit in digits[1::2])) % 10 == 0


def is_uscc(text: str) -> bool:
    """18 characters of GB 32100's alphabet with the right last one."""
    if USCC.fullmatch(text) is None:
        return False
    total = sum(weight * USCC_ALPHABET.index(one) for weight, one in zip(USCC_WEIGHTS, text, strict=False))
    return USCC_ALPHABET[-total % 31] == text[17]


def is_organisation_code(text: str) -> bool:
    """GB 11714, with or without the hyphen before the check character."""
    plain = text.replace("-", "")
    if ORGANISATION.fullmatch(plain) is None:
        return False
    total = sum(weight * int(one, 36) for weight, one in zip(ORGANISATION_WEIGHTS, plain, strict=False))
    return "0123456789X0"[11 - total % 11] == plain[8]


def is_business_registration(text: str) -> bool:
    """15 digits, ISO 7064 MOD 11,10 (GS 15-2006)."""
    if len(text) != 15 or DIGITS.fullmatch(text) is None:  # noqa: PLR2004 - the format's own length
        return False
    product = 10
    for digit in text[:14]:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return (product + int(text[14])) % 10 == 1


def is_hkid(text: str) -> bool:
    """One or two letters, six digits, the check character; without its parentheses."""
    if HKID.fullmatch(text) is None:
        return False
    values = [36 if one == " " else int(one, 36) for one in text.rjust(9)]
    return sum(weight * value for weight, value in zip(range(9, 0, -1), values, strict=True)) % 11 == 0


def is_taiwan_id(text: str) -> bool:
    """A national or a resident's number of Taiwan."""
    if TAIWAN.fullmatch(text) is None:
        return False
    digits = f"{TAIWAN_LETTERS.index(text[0]) + 10}{text[1:]}"
    return sum(weight * int(digit) for weight, digit in zip(TAIWAN_WEIGHTS, digits, strict=True)) % 10 == 0


def is_vin(text: str) -> bool:
    """17 characters, the ninth of which is right: what GB 16735 and North America demand."""
    if VIN.fullmatch(text) is None:
        return False
    total = sum(weight * VIN_VALUES[one] for weight, one in zip(VIN_WEIGHTS, text, strict=True)) % 11
    return "0123456789X"[total] == text[8]


def is_passport_mrz(text: str) -> bool:
    """The second line of a passport's machine readable zone: three fields, each with its own check digit."""
    if MRZ_LINE.fullmatch(text) is None:
        return False
    return all(text[end] == _mrz_digit(text[start:end]) for start, end in MRZ_FIELDS)


def _mrz_digit(field: str) -> str:
    values = [0 if one == "<" else int(one, 36) for one in field]
    return str(sum((7, 3, 1)[at % 3] * value for at, value in enumerate(values)) % 10)


def is_date(digits: str) -> bool:
    """YYYYMMDD of the calendar."""
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True
