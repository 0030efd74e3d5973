"""Make written forms plain, when a cheap look says that there are any, and remember where each character came from.

Two layers. The first undoes what can mean one thing only: full-width forms, digits of other scripts, zero-width
characters, letters of other alphabets beside a digit. The second reads as digits what may also be a word or the mark of
a list, Chinese numerals and circled numbers, so that what it finds must not contradict the first.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

ZERO_WIDTH = "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
LOOKALIKES = dict(zip("ОоΟοІіΙӀАВЕКМНРСТУХхАΒΕΖΗΚΜΝΡΤΥΧ", "OoOoIiIIABEKMHPCTYXxABEZHKMNPTYX", strict=True))
ALIKE = "".join(LOOKALIKES)
OTHER_DIGITS = "\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\uff10-\uff19\U0001d7ce-\U0001d7ff"
WIDE = "\uff20-\uff3a\uff41-\uff5a\U0001d400-\U0001d6a3"
SUSPICIOUS = re.compile(f"[{OTHER_DIGITS}{WIDE}{ZERO_WIDTH}{ALIKE}]")
DROPPED = re.compile(f"[{ZERO_WIDTH}]")
NUMERALS = dict(zip("〇零○洞一二三四五六七八九壹贰叁肆伍陆柒捌玖貳參陸幺两兩拐", "00001234567891234567892361227", strict=True))
HAN = "".join(NUMERALS)
CIRCLED = "\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u24ea\u24f5-\u24fd\u2776-\u277e\u2780-\u2788\u278a-\u2792"
KEYCAP = "\ufe0f\u20e3"
GAP = r"[ \u3000\-·.]?"
READ_ALOUD = re.compile(rf"[{HAN}{CIRCLED}\u20e3]{GAP}[0-9{HAN}{CIRCLED}]{GAP}[0-9{HAN}{CIRCLED}\ufe0f]")


@dataclass(frozen=True, slots=True)
class Folded:
    """A text made plain."""

    text: str
    origin: Sequence[int] | None = None
    """Where each of its characters stood in the text as given; none where no character was left out."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The same place in the text as given."""
        if self.origin is None:
            return start, end
        return self.origin[start], self.origin[end - 1] + 1

    def without(self, dropped: re.Pattern[str], plain: dict[int, str]) -> "Folded":
        """Some characters left out, others replaced one by one."""
        text = self.text.translate(plain)
        if dropped.search(text) is None:
            return Folded(text, self.origin)
        kept = [at for at, one in enumerate(text) if dropped.match(one) is None]
        origin = kept if self.origin is None else [self.origin[at] for at in kept]
        return Folded("".join(text[at] for at in kept), origin)


def _plain_forms() -> dict[int, str]:
    """Every compatibility form that stands for one ASCII character, and every look-alike."""
    spans = ((0xFF01, 0xFF5F), (0x1D400, 0x1D800), (0x660, 0x66A), (0x6F0, 0x6FA), (0x966, 0x970))
    forms = {}
    for code in (code for first, last in spans for code in range(first, last)):
        plain = unicodedata.normalize("NFKC", chr(code))
        forms[code] = str(unicodedata.digit(plain)) if plain.isdigit() else plain
    return {code: plain for code, plain in forms.items() if len(plain) == 1 and plain.isascii()}


def _numbers() -> dict[int, str]:
    """Chinese numerals and numbers in circles, as digits."""
    spans = ((0xB2, 0xB4), (0xB9, 0xBA), (0x2070, 0x208A), (0x2460, 0x2469), (0x24EA, 0x24EB), (0x24F5, 0x24FE), (0x2776, 0x2793))
    circles = {code: unicodedata.digit(chr(code), None) for first, last in spans for code in range(first, last)}
    digits = {code: str(digit) for code, digit in circles.items() if digit is not None}
    return digits | {ord(one): digit for one, digit in NUMERALS.items()}


PLAIN = _plain_forms()
ALIKE_PLAIN = {ord(one): plain for one, plain in LOOKALIKES.items()}
NUMBERS = _numbers()
CAPS = re.compile(f"[{KEYCAP}]")


def fold(text: str) -> Folded:
    """The first layer."""
    if text.isascii() or SUSPICIOUS.search(text) is None:
        return Folded(text)
    return Folded(text).without(DROPPED, PLAIN | ALIKE_PLAIN)


def read_aloud(folded: Folded) -> Folded | None:
    """The second layer; none if there is nothing in it."""
    if folded.text.isascii() or READ_ALOUD.search(folded.text) is None:
        return None
    return folded.without(CAPS, NUMBERS)
