"""Find identifiers in texts: what is known by its writing, then numbers, then what only a word gives away.

A text is made plain first where a cheap look says so (`fold`), and offsets are those of the text as given.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from functions.classify import fold, labels, words, written
from functions.classify.labels import Mention
from functions.classify.numbers import LEAST, NUMBER, Numbers
from functions.classify.spans import Place, Span, apart

RULESET = "identifiers"
VERSION = "2"
ABROAD = {"hkid": "hk", "hk_mobile": "hk", "mo_bir": "mo", "mo_mobile": "mo", "tw_id": "tw", "tw_mobile": "tw"}
ANYWHERE = frozenset(
    "bank_card vin qq email ipv4 ipv6 mac imei iccid imsi geo person_name credentials wechat_id wecom_id".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One identifier. Offsets are in code points of the text as given."""

    kind: str
    field: int
    """Which of the texts."""
    start: int
    end: int
    rule: str


def scan(texts: Sequence[str]) -> tuple[Finding, ...]:
    """All findings, in order of text and offset. One kind for a span."""
    findings: list[Finding] = []
    for field, text in enumerate(texts):
        for start, end, kind in spans(text):
            rule = f"{country(kind)}{kind}@{VERSION}"
            findings.append(Finding(kind=kind, field=field, start=start, end=end, rule=rule))
    return tuple(findings)


def country(kind: str) -> str:
    """Whose identifier it is, as the first part of its rule's name."""
    return "" if kind in ANYWHERE else f"{ABROAD.get(kind, 'cn')}."


def spans(text: str) -> list[Span]:
    """Where in the text as given each kind was found."""
    if text.isascii() or fold.NOT_PLAIN.search(text) is None:
        return _read(text)
    plain = fold.fold(text)
    found = _placed(plain)
    aloud = fold.read_aloud(plain)
    return found if aloud is None else apart([*found, *_placed(aloud)])


def _placed(folded: fold.Folded) -> list[Span]:
    return [(*folded.span(start, end), kind) for start, end, kind in _read(folded.text)]


def _read(text: str) -> list[Span]:
    """Everything in a plain text. Cheap looks first: most texts have neither a word, nor a sign, nor a number."""
    if "://" in text or "-" in text:
        text = written.masked(text)
    named = labels.WORDS.find(text)
    said = labels.whole(text, named) if named else []
    found = words.find(text, said) if said else []
    if "@" in text or "<<" in text:
        found += written.find(text)
    if "w" in text:
        found += written.find_wecom(text)
    digits = [one.span() for one in NUMBER.finditer(text)]
    if digits:
        found += _numeric(text, said, digits, found)
    return apart(found) if len(found) > 1 else found


def _numeric(text: str, said: Sequence[Mention], digits: Sequence[Place], found: Sequence[Span]) -> list[Span]:
    """What holds digits."""
    places = [(start, end) for start, end in digits if end - start >= LEAST]
    made = words.addresses(text, digits) + written.find_numeric(text, digits, places)
    if places:
        taken = [*made, *found]
        made += Numbers(text, places, said, taken=apart(taken) if len(taken) > 1 else taken).find()
    return made
