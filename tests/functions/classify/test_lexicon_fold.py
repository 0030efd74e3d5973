"""Folding: what is equal to a reader is equal to a search, and offsets lead back."""

import re
import sys
import unicodedata

from hypothesis import example, given, strategies as st

from functions.classify.lexicon_fold import KEPT, UNUSUAL, fold

ANYTHING = st.text(st.characters())


def test_what_is_taken_for_usual_folds_to_itself_but_for_ascii_letters() -> None:
    for number in range(sys.maxunicode + 1):
        character = chr(number)
        if UNUSUAL.search(character) is None and not character.isascii() and character not in KEPT:
            assert unicodedata.normalize("NFKC", character).casefold() == character == character.lower()
            assert unicodedata.category(character) not in {"Cf", "Cs", "Mn"}


@given(ANYTHING)
@example("㎏")
@example("İstanbul")
@example("\ud800")
def test_folding_is_that_of_each_character_one_after_the_other(text: str) -> None:
    assert fold(text).text == "".join(fold(one).text for one in text)


@given(ANYTHING)
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    once = fold(text).text

    assert fold(once).text == once


@given(ANYTHING, st.data())
def test_a_span_of_the_folded_text_leads_to_what_folds_to_it(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    start = data.draw(st.integers(0, len(folded.text)))
    end = data.draw(st.integers(start, len(folded.text)))
    if start == end or not folded.whole(start, end):
        return

    first, last = folded.span(start, end)

    assert 0 <= first < last <= len(text)
    assert fold(text[first:last]).text == folded.text[start:end]


@given(st.text(st.sampled_from("aZ９Ａ密★\u200b\ufe0f機㎏ﬁ，")))
def test_full_width_and_invisible_characters_make_no_difference(text: str) -> None:
    plain = unicodedata.normalize("NFKC", re.sub("[\u200b\ufe0f]", "", text).replace("，", "\0")).replace("\0", "，")

    assert fold(text).text == plain.casefold()


def test_a_character_that_stands_for_several_is_not_cut() -> None:
    folded = fold("5㎏")

    assert folded.text == "5kg"
    assert folded.whole(1, 3)
    assert not folded.whole(1, 2)
    assert not folded.whole(2, 3)
    assert folded.span(1, 3) == (1, 2)


def test_curly_apostrophes_are_straight_ones() -> None:
    assert fold("can’t").text == "can't"
