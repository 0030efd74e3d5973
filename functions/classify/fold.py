"""Make written forms plain, when a cheap look says that there are any, and remember where each character came from.

Two layers. The first undoes what can mean one thing only: full-width forms, digits of other scripts, zero-width
characters, letters of other alphabets beside a digit. The second reads as digits what may also be a word or the mark of
a list, Chinese numerals and circled numbers, so that what it finds must not contradict the first.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

LOOKALIKES = dict(zip("×ОоΟοІіΙӀЗзАВЕКМНРСТУХхАΒΕΖΗΚΜΝΡΤΥΧ", "XOoOoIiII33ABEKMHPCTYXxABEZHKMNPTYX", strict=True))
ALIKE = "".join(LOOKALIKES)
Spans = tuple[tuple[int, int], ...]
HIDDEN: Spans = ((0xAD, 0xAD), (0x180E, 0x180E), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x2064), (0x2066, 0x2069))
HIDDEN += ((0xFEFF, 0xFEFF),)
"""What has no width: left out."""
FORMS: Spans = ((0x660, 0x669), (0x6F0, 0x6F9), (0x966, 0x96F), (0xFF10, 0xFF19), (0xFF20, 0xFF3A), (0xFF41, 0xFF5A))
FORMS += ((0xFF0E, 0xFF0E), (0x1D400, 0x1D6A3), (0x1D7CE, 0x1D7FF))
"""Full-width forms, other scripts' digits, mathematical letters and digits."""


def _characters(spans: Spans) -> str:
    return "".join(chr(code) for first, last in spans for code in range(first, last + 1))


FOLDED = _characters(HIDDEN + FORMS) + ALIKE
"""What gives a text away as not plain."""
DROPPED = re.compile(f"[{_characters(HIDDEN)}]")
NUMERALS = dict(
    zip("〇零○洞一二三四五六七八九壹贰叁肆伍陆柒捌玖貳參陸幺两兩拐", "00001234567891234567892361227", strict=True)
)
HAN = "".join(NUMERALS)
CIRCLES: Spans = ((0xB2, 0xB3), (0xB9, 0xB9), (0x2070, 0x2070), (0x2074, 0x2079), (0x2080, 0x2089), (0x2460, 0x2468))
CIRCLES += ((0x24EA, 0x24EA), (0x24F5, 0x24FD), (0x2776, 0x277E), (0x2780, 0x2788), (0x278A, 0x2792))
CIRCLED = _characters(CIRCLES)
KEYCAP = "\ufe0f\u20e3"
GAP = r"[ \u3000\-·.]?"
READ_ALOUD = re.compile(rf"[{HAN}{CIRCLED}\u20e3]{GAP}[0-9{HAN}{CIRCLED}]{GAP}[0-9{HAN}{CIRCLED}\ufe0f]")
SPOKEN = (*CIRCLED, "\u20e3", *(one + other for one in HAN for other in f"{HAN}0123456789 \u3000-·."))
"""With what something begins that may be read aloud: one numeral alone is a word."""


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
    circles = {ord(one): str(unicodedata.digit(one)) for one in CIRCLED}
    return circles | {ord(one): digit for one, digit in NUMERALS.items()}


PLAIN = _plain_forms() | {ord(one): plain for one, plain in LOOKALIKES.items()}
NUMBERS = _numbers()
CAPS = re.compile(f"[{KEYCAP}]")


def fold(text: str) -> Folded:
    """The first layer."""
    return Folded(text).without(DROPPED, PLAIN)


def read_aloud(folded: Folded) -> Folded | None:
    """The second layer; none if there is nothing in it."""
    if READ_ALOUD.search(folded.text) is None:
        return None
    return folded.without(CAPS, NUMBERS)
