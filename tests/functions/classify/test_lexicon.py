"""Terms in texts: whole words, prefixes, neighbours, and what excludes them."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from functions.classify.lexicon import Hit, Lexicons, build, load
from functions.classify.lexicon_file import parse_lexicons, parse_plain
from functions.classify.lexicon_fold import fold
from functions.errors import Rejected


def lexicons(*terms: str, never: Iterable[str] = ()) -> Lexicons:
    """One list of these terms."""
    return build(
        parse_lexicons(
            'version = "1"\ncitation = "long enough a citation"\njurisdiction = "CN"\nlegal_source = "policy"\n'
            f'read = 2026-11-26\n[[list]]\nid = "test"\nen = {list(terms)!r}\nnever = {list(never)!r}\n',
            name="test.toml",
        )
    )


def found(text: str, *terms: str, never: Iterable[str] = ()) -> list[str]:
    return [text[hit.start : hit.end] for hit in lexicons(*terms, never=never).search([text])]


@pytest.mark.parametrize(
    "text",
    [
        "please take this offline now",
        "Take This Offline",
        "请take this offline吧",
        "ＴＡＫＥ ｔｈｉｓ offline",
        "take\u200b th\u200dis off\u00adline",
    ],
)
def test_a_term_is_found_whatever_its_case_width_and_invisible_characters(text: str) -> None:
    (span,) = found(text, "take this offline")

    assert fold(span).text == "take this offline"


@pytest.mark.parametrize(
    "text", ["retake this offline", "take this offline2", "xtake this offlinex", "takethis offline"]
)
def test_an_english_term_is_found_at_word_limits_alone(text: str) -> None:
    assert found(text, "take this offline") == []


def test_a_chinese_term_needs_no_limits() -> None:
    assert found("我们保本的ABC产品", "保本") == ["保本"]
    assert found("加我V信吧", "V信") == ["V信"]
    assert found("TV信号", "V信") == []


def test_a_digit_next_to_a_number_is_another_number() -> None:
    assert found("打12386投诉", "12386") == ["12386"]
    assert found("912386", "12386") == []


def test_a_star_takes_the_rest_of_the_word_and_no_more() -> None:
    assert found("Guaranteed returns, unguaranteed, guarante", "guarante*") == ["Guaranteed", "guarante"]
    assert found("保本型产品", "保本*") == ["保本"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("push the price", ["push the price"]),
        ("the price, push it", ["price, push"]),
        ("push a b c d e price", ["push a b c d e price"]),
        ("push a b c d e f price", []),
        ("push 一二三四五 price", ["push 一二三四五 price"]),
        ("push 一二三四五六 price", []),
        ("push", []),
        ("price", []),
        ("push price push", ["push price", "price push"]),
    ],
)
def test_neighbours_are_found_in_either_order_with_at_most_so_many_words_between(
    text: str, expected: list[str]
) -> None:
    assert found(text, "push w/5 price") == expected


def test_neighbours_may_be_prefixes_and_one_and_the_same() -> None:
    assert found("guaranteed monthly returns", "guarante* w/3 return*") == ["guaranteed monthly returns"]
    assert found("ha, ha", "ha w/2 ha") == ["ha, ha"]
    assert found("ha", "ha w/2 ha") == []


def test_a_stroke_is_a_character_like_others() -> None:
    assert found("buy and/or sell", "and/or") == ["and/or"]
    assert found("push w/o price", "w/o") == ["w/o"]


def test_parts_that_overlap_are_no_neighbours() -> None:
    assert found("内部消息", "内部消息 w/3 消息") == []


def test_a_hit_inside_a_longer_negative_term_does_not_count() -> None:
    assert found("非保本产品", "保本", never=["非保本"]) == []
    assert found("非保本，但保本", "保本", never=["非保本"]) == ["保本"]
    assert found("非保本本", "保本本", "保本", never=["非保本"]) == ["保本本"]


def test_a_neighbour_inside_a_negative_term_is_no_neighbour() -> None:
    assert found("反内幕的消息", "内幕 w/3 消息", never=["反内幕"]) == []
    assert found("反内幕，内幕的消息", "内幕 w/3 消息", never=["反内幕"]) == ["内幕的消息"]


def test_the_negative_terms_of_one_list_leave_other_lists_alone() -> None:
    both = build([*lexicons("保本", never=["非保本"]).lists.values(), parse_plain("保本", name="b.txt", list_id="b")])

    assert [hit.list for hit in both.search(["非保本"])] == ["b"]


def test_a_term_that_holds_another_does_not_hide_it() -> None:
    assert found("稳赚不赔", "稳赚", "稳赚不赔") == ["稳赚", "稳赚不赔"]


def test_hits_are_in_order_of_text_and_offset_and_name_list_and_term_as_listed() -> None:
    hits = lexicons("保本", "稳赚*").search(["", "稳赚保本", "保本"])

    assert hits == (
        Hit(list="test", term="稳赚*", field=1, start=0, end=2),
        Hit(list="test", term="保本", field=1, start=2, end=4),
        Hit(list="test", term="保本", field=2, start=0, end=2),
    )


def test_lists_are_named_with_their_versions() -> None:
    one = lexicons("保本", "稳赚")

    assert one.count(one.search(["保本稳赚"])) == {"test@1": 2}
    assert one.count(()) == {}


TERMS = st.text(st.sampled_from("ab1密保本"), min_size=1, max_size=3)
TEXTS = st.text(st.sampled_from("abAＡ1密保本 \u200b，㎏"), max_size=30)


@given(st.sets(TERMS, min_size=1, max_size=6), TEXTS)
def test_search_finds_what_a_plain_look_at_every_place_finds(terms: set[str], text: str) -> None:
    hits = lexicons(*sorted(terms)).search([text])

    folded = fold(text)
    expected = {
        (term, *folded.span(match.start(), match.start() + len(term)))
        for term in terms
        for match in re.finditer(f"(?={re.escape(term)})", folded.text)
        if folded.whole(match.start(), match.start() + len(term))
        and not _inside_a_word(folded.text, match.start())
        and not _inside_a_word(folded.text, match.start() + len(term))
    }
    assert {(hit.term, hit.start, hit.end) for hit in hits} == expected
    assert len(hits) == len(expected)


def _inside_a_word(text: str, at: int) -> bool:
    return re.match("[0-9a-z]{2}", text[at - 1 : at + 1]) is not None if at else False


@given(st.lists(st.text(st.characters()), max_size=3))
def test_any_texts_can_be_searched_and_offsets_lie_inside_them(texts: list[str]) -> None:
    for hit in load().search(texts):
        assert 0 <= hit.start < hit.end <= len(texts[hit.field])


@given(TERMS, st.text(st.characters()), st.text(st.characters()))
def test_what_a_hit_spans_folds_to_the_folded_term(term: str, before: str, after: str) -> None:
    text = before + "，" + term + "，" + after

    spans = {fold(text[hit.start : hit.end]).text for hit in lexicons(term).search([text])}

    assert spans == {fold(term).text}


@given(TEXTS)
def test_neighbours_lie_as_near_as_they_should(text: str) -> None:
    for hit in lexicons("保本 w/2 密").search([text]):
        span = fold(text[hit.start : hit.end]).text
        between = span.removeprefix("保本").removesuffix("密") if span[0] == "保" else span[1:-2]
        assert len(re.findall(r"[0-9a-z]+|[密保本]", between)) <= 2


def test_two_lists_of_one_id_are_refused_with_both_places() -> None:
    one = parse_plain("保本", name="a.txt", list_id="same")
    two = parse_plain("稳赚", name="b.txt", list_id="same")

    with pytest.raises(Rejected, match=r"b\.txt:1: the list at a\.txt:1 has the same id"):
        build([one, two])


def test_what_ships_is_built_once_and_added_files_join_it(tmp_path: Path) -> None:
    added = tmp_path / "house.txt"
    added.write_text("星辰项目\n", encoding="utf-8")

    assert load() is load()
    assert [hit.list for hit in load(added).search(["星辰项目"])] == ["house"]
    assert load().search(["星辰项目"]) == ()


def test_every_shipped_list_has_terms_in_three_writings_or_says_why_not() -> None:
    for lexicon in load().lists.values():
        assert lexicon.terms
        assert lexicon.citation
        assert any(not term.text.isascii() for term in lexicon.terms)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("换个地方说", "off_channel"),
        ("換個地方說", "off_channel"),
        ("let's take this offline", "off_channel"),
        ("看完就删", "supervision.secrecy_deletion"),
        ("这是内幕", "supervision.inside_information"),
        ("it's before it’s public", "supervision.inside_information"),
        ("保证收益，稳赚", "supervision.guaranteed_return"),
        ("尾盘再拉一下", "supervision.manipulation"),
        ("front-running again", "supervision.front_running"),
        ("给你好处费", "supervision.bribery_gifts"),
        ("走我卡", "supervision.outside_business"),
        ("我要投诉到12386", "supervision.complaint"),
        ("我的密码是", "supervision.credentials"),
        ("性骚扰", "supervision.conduct"),
        ("此件属于工作秘密", "work_secret"),
        ("某军事管理区周边的车辆流量", "catalogue.automotive"),
        ("高精地图切片", "catalogue.surveying"),
        ("全量客户数据", "catalogue.finance"),
        ("电网调度数据", "catalogue.energy"),
        ("军事禁区", "secrecy.military"),
    ],
)
def test_every_category_finds_its_own(text: str, expected: str) -> None:
    assert expected in {hit.list for hit in load().search([text])}


@pytest.mark.parametrize("text", ["明天下午三点开会", "Please find the minutes attached.", "好的，收到", "不保本产品"])
def test_ordinary_talk_hits_nothing(text: str) -> None:
    assert load().search([text]) == ()
