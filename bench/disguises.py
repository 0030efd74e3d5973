"""How people write a number to be read: in groups, wide, aloud, with something between."""

import random
from collections.abc import Callable

FORMS = ("plain", "separated", "wide", "hidden", "aloud", "alike")
WEIGHTS = (60, 18, 8, 6, 4, 4)
GROUPED = {
    "mobile": ((3, 4, 4), (3, 4, 4), (3, 3, 5)),
    "resident_id": ((6, 8, 4), (6, 4, 4, 4)),
    "bank_card": ((4,) * 5,),
}
DISGUISED = frozenset({*GROUPED, "residence_permit_hmt"})
"""Kinds that are seen in all forms; others are written plainly or wide."""
WIDE_TOO = frozenset(
    {"passport", "uscc", "plate", "hkid", "hrp", "exit_hm", "bank_account", "qq", "imei", "vin", "driver_licence"}
)
ALOUD = ("〇一二三四五六七八九", "零一二三四五六七八九", "零幺二三四五六七八九", "零壹贰叁肆伍陆柒捌玖")


def wide(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


def grouped(dice: random.Random, text: str, sizes: tuple[int, ...]) -> str:
    """In groups with one sign between all of them."""
    parts, at = [], 0
    for size in sizes:
        parts.append(text[at : at + size])
        at += size
    return dice.choice((" ", "-", " ")).join(part for part in (*parts, text[at:]) if part)


def hidden(dice: random.Random, text: str) -> str:
    at = dice.randrange(1, len(text))
    return text[:at] + dice.choice("\u200b\u200d\u2060\ufeff") + text[at:]


def aloud(dice: random.Random, text: str) -> str:
    spoken = dice.choice(ALOUD)
    return "".join(spoken[int(one)] if one.isdigit() else one for one in text)


def alike(dice: random.Random, text: str) -> str:
    """Zeros as O, or ones as l, not the first."""
    other = dice.choice((("0", "O"), ("0", "о"), ("1", "l")))
    return text[0] + text[1:].replace(*other)


def disguise(dice: random.Random, kind: str, text: str) -> tuple[str, str]:
    """The form's name and the text in it."""
    form = dice.choices(FORMS, WEIGHTS)[0]
    if kind not in DISGUISED:
        return ("wide", wide(text)) if kind in WIDE_TOO and form == "wide" else ("plain", text)
    if text.startswith("+"):
        return "plain", text.replace("+86", dice.choice(("+86", "+86 ", "+86-", "86 ")))
    sizes = dice.choice(GROUPED.get(kind, GROUPED["resident_id"]))
    makers: dict[str, Callable[[], str]] = {
        "separated": lambda: grouped(dice, text, sizes),
        "wide": lambda: wide(text),
        "hidden": lambda: hidden(dice, text),
        "aloud": lambda: aloud(dice, text),
        "alike": lambda: alike(dice, text),
    }
    return form, makers.get(form, lambda: text)()
