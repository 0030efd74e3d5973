"""Identifiers inside texts."""

import random
import re
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import assume, example, given, strategies as st

from functions.classify.fold import CIRCLED, DROPPED, HAN, LOOKALIKES
from functions.classify.labels import SPELT, mentions
from functions.classify.scan import Finding, scan
from tests.functions.classify.known import RULES, bank_cards, identifiers, mobiles, resident_ids

ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"
NUMERIC = re.compile(f"[{HAN}{CIRCLED}{re.escape(''.join(LOOKALIKES))}\u20e3\ufe0f]")
UNITS = re.compile(r"[_=#@\\&$¥￥€£%*\-.·/+ 元块圆圓塊万萬亿億股份人美港毫这這号订訂工-]")


def _is_plain(character: str) -> bool:
    """Whether it stays outside every number, folded or not."""
    folded = unicodedata.normalize("NFKC", character)
    inside = any((one.isascii() and one.isalnum()) or UNITS.match(one) for one in (*folded, character))
    return (
        not inside and not character.isdecimal() and NUMERIC.match(character) is None and not DROPPED.match(character)
    )


AROUND = st.text(st.characters().filter(_is_plain), max_size=12).filter(lambda text: not mentions(text))
"""Anything but letters, digits, what stands inside numbers, and words that name one: Chinese above all."""


def _spelt(character: str) -> st.SearchStrategy[str]:
    """One character as people write it to be read and not found."""
    full_width = chr(ord(character) + 0xFEE0)
    forms = [character, full_width, *(character + one for one in ZERO_WIDTH)]
    if character.isdigit():
        forms += [chr(0x1D7CE + int(character)), chr(0x1D7F6 + int(character)), chr(0x660 + int(character))]
    return st.sampled_from(forms)


def disguised(text: str) -> st.SearchStrategy[str]:
    return st.tuples(*map(_spelt, text)).map("".join)


def plain(text: str) -> str:
    digits = (str(unicodedata.digit(one)) if one.isdecimal() else unicodedata.normalize("NFKC", one) for one in text)
    return "".join(one for one in digits if one not in ZERO_WIDTH)


@given(identifiers, AROUND, AROUND)
@example(("resident_id", "11010519491231002X"), "身份证", "号")
def test_an_identifier_is_found_wherever_it_stands_between_other_characters(
    identifier: tuple[str, str], before: str, after: str
) -> None:
    kind, text = identifier
    start = len(before)

    assert scan([before + text + after]) == (
        Finding(kind=kind, field=0, start=start, end=start + len(text), rule=RULES[kind]),
    )


@given(identifiers, st.sampled_from("0Az"), st.booleans())
def test_an_identifier_that_is_part_of_a_longer_run_is_none(
    identifier: tuple[str, str],
    neighbour: str,
    before: bool,  # noqa: FBT001 - drawn, not chosen
) -> None:
    _, text = identifier
    run = neighbour + text if before else text + neighbour

    assert [one for one in scan([run]) if one.end - one.start == len(text)] == []


@given(resident_ids | bank_cards, st.sampled_from("0123456789X"), AROUND, AROUND)
def test_with_another_check_digit_an_identifier_vanishes(text: str, digit: str, before: str, after: str) -> None:
    assume(digit != text[-1])

    assert [one for one in scan([before + text[:-1] + digit + after]) if one.kind != "uscc"] == []


@given(identifiers.flatmap(lambda one: st.tuples(st.just(one), disguised(one[1]))), AROUND, AROUND)
def test_offsets_point_at_the_text_as_given_however_it_is_disguised(
    disguise: tuple[tuple[str, str], str], before: str, after: str
) -> None:
    (kind, text), written = disguise
    whole = before + written + after

    (found,) = scan([whole])

    assert found.kind == kind
    assert plain(whole[found.start : found.end]) == text
    assert found.start >= len(before)
    assert whole[found.start] not in ZERO_WIDTH
    assert whole[found.end - 1] not in ZERO_WIDTH


@given(st.lists(st.tuples(AROUND.filter(bool), identifiers), max_size=5))
def test_every_identifier_of_a_text_is_found_in_order(pieces: list[tuple[str, tuple[str, str]]]) -> None:
    text = "".join(between + "，" + identifier for between, (_, identifier) in pieces)

    found = scan([text])

    assert [one.kind for one in found] == [kind for _, (kind, _) in pieces]
    assert [text[one.start : one.end] for one in found] == [identifier for _, (_, identifier) in pieces]


@given(st.lists(mobiles, max_size=4))
def test_a_finding_names_the_text_it_stands_in(numbers: list[str]) -> None:
    assert [one.field for one in scan(["", *numbers, "nothing"])] == list(range(1, len(numbers) + 1))


WORDS_AND_SIGNS = [
    "身份证",
    "QQ",
    "QQ：",
    "微信",
    "密码：",
    "车牌京A",
    "护照E",
    "+86",
    "（852）",
    "A123456",
    "(3)",
    "://",
    "@",
    "..",
    "::",
    "<<",
    "-",
    "。",
    "路1号",
    "①",
    "1️⃣",
    "一三八",
]
NUMBERS = ["138", "0013", "8000", "110105", "19491231", "002X", "6222"]
PIECES = st.sampled_from([*WORDS_AND_SIGNS, *NUMBERS, " ", "\u200b", "\ud800"])


@given(st.lists(st.text(st.characters()) | st.lists(PIECES, max_size=20).map("".join), max_size=3))
def test_any_texts_can_be_scanned_and_findings_lie_inside_them_and_apart(texts: list[str]) -> None:
    found = scan(texts)

    for one in found:
        assert 0 <= one.start < one.end <= len(texts[one.field])
    for one, other in pairwise(found):
        assert (one.field, one.end) <= (other.field, other.start) or one.field < other.field


@given(identifiers.flatmap(lambda one: disguised(one[1])), AROUND)
def test_what_was_found_is_found_again_by_itself(written: str, before: str) -> None:
    whole = before + written

    for one in scan([whole]):
        (again,) = scan([whole[one.start : one.end]])
        assert again.kind == one.kind


def test_nothing_is_found_in_nothing() -> None:
    assert scan([]) == ()


@pytest.mark.parametrize(
    ("length", "most"), [(15, 0.0), (16, 0.003), (17, 0.003), (18, 0.002), (19, 0.003), (20, 0.001)]
)
def test_random_runs_of_digits_are_hardly_ever_taken_for_identifiers(length: int, most: float) -> None:
    source = random.Random(20261122)
    runs = ["".join(source.choices("0123456789", k=length)) for _ in range(3000)]

    assert len(scan(runs)) <= most * len(runs)


def test_random_lowercase_ids_are_never_taken_for_identifiers() -> None:
    source = random.Random(20261122)
    runs = [
        "".join(source.choices("0123456789abcdefghijklmnopqrstuvwxyz", k=source.randint(11, 40))) for _ in range(2000)
    ]

    assert scan(runs) == ()


def test_no_word_hides_the_sign_of_what_stands_right_after_it() -> None:
    wecom = "wmabcdefghijklmnopqrstuvwxyzabcd"

    for word in SPELT:
        assert [one.kind for one in scan([f"{word}粤B12345"])] == ["plate"]
        assert [one.kind for one in scan([f"{word}、{wecom}"])] == ["wecom_id"]


def test_a_finding_holds_no_text() -> None:  # G4
    (found,) = scan(["身份证11010519491231002X号"])

    assert "1101" not in repr(found)
