"""Marks of secrecy: every form that is one, and what only looks like one."""

import sys
import unicodedata

import pytest
from hypothesis import given, strategies as st

from functions.classify.lexicon import Hit
from functions.classify.lexicon_fold import fold
from functions.classify.marks import NEEDED, find_marks, find_signs
from functions.classify.scan import Finding
from functions.law.secrecy import Sign

ANYTHING = st.text(st.characters() | st.sampled_from("绝机秘密★☆*长期年月前商业工作级：〔〕12号\n "), max_size=60)


def codes(text: str) -> list[str]:
    return [sign.code for sign in find_marks([fold(text)])]


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("机密★20年", "机密★20年"),
        ("绝密★", "绝密★"),
        ("秘 密 ★ 5年", "秘 密 ★ 5年"),
        ("秘密★6个月", "秘密★6个月"),
        ("机密★2027年6月30日", "机密★2027年6月30日"),
        ("机密★公布前", "机密★公布前"),
        ("绝密★长期", "绝密★长期"),
        ("绝密★30年", "绝密★30年"),
        ("機密★20年", "機密★20年"),
        ("絕密★長期", "絕密★長期"),
        ("祕密★十年", "祕密★十年"),
        ("秘密★六個月", "秘密★六個月"),
        ("绝密☆二十五年", "绝密☆二十五年"),
        ("机密⭐10年", "机密⭐10年"),
        ("机密⭐️10年", "机密⭐️10年"),
        ("机密*20年", "机密*20年"),
        ("机密＊２０年", "机密＊２０年"),
        ("机密★２０年", "机密★２０年"),
        ("机\u200b密\u200b★\u200b1年", "机\u200b密\u200b★\u200b1年"),
        ("机　密　★　１　年", "机　密　★　１　年"),
        ("【机密】★3年", "机密】★3年"),
        ("特急 机密★1年 国办", "机密★1年"),
        ("机密★2027-06-30", "机密★2027-06-30"),
        ("机密★2027年6月30日前", "机密★2027年6月30日前"),
        ("机密★会议结束后", "机密★会议结束后"),
        ("绝密★90天", "绝密★90天"),
        ("机密★   \n\n\n\n\n\n\n", "机密★"),
    ],
)
def test_a_mark_is_found_in_every_form_people_give_it(text: str, span: str) -> None:
    (mark,) = find_marks([fold(text)])

    assert mark.code == "mark"
    assert text[mark.start : mark.end] == span


@pytest.mark.parametrize(
    "text",
    [
        "商业秘密★5年",
        "商业机密★5年",
        "商 业 秘 密 ★ 5年",
        "商業秘密★5年",
        "個人秘密★",
        "个人秘密★5年",
        "这是我们的秘密",
        "工作秘密是什么",
        "机密",
        "机密20年",
        "**机密** 请查收",
        "机密* 见附注",
        "机密*请在会议前交",
        "★机密",
        "保密★5年",
        "",
    ],
)
def test_what_only_looks_like_a_mark_is_none(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    "text",
    ["绝密★启用前", "绝密★启用前 数学试卷", "絕密★啟用前", "机密★考试结束前", "绝密 ★ 启用前", "绝密★本科目考试启用前"],
)
def test_an_examination_paper_has_a_code_of_its_own(text: str) -> None:
    assert codes(text) == ["mark_exam"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("绝密★30年", "mark"),
        ("绝密★31年", "malformed_mark"),
        ("机密★20年", "mark"),
        ("机密★21年", "malformed_mark"),
        ("秘密★10年", "mark"),
        ("秘密★11年", "malformed_mark"),
        ("秘密★十一年", "malformed_mark"),
        ("秘密★120个月", "mark"),
        ("秘密★121个月", "malformed_mark"),
        ("秘密★0年", "malformed_mark"),
        ("机密★三十年", "malformed_mark"),
        ("绝密★三十年", "mark"),
    ],
)
def test_a_term_longer_than_its_level_allows_is_malformed(text: str, expected: str) -> None:
    assert codes(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "工作秘密",
        "工作秘密\n关于某事的通知",
        "【工作秘密】通知",
        "通知（工作秘密）",
        "工作秘密：通知",
        "第一行\n  工 作 秘 密  \n第三行",
        "工作秘密★5年",
        "工作秘密5年",
        "工作祕密",
    ],
)
def test_a_work_secret_is_known_by_its_heading_and_bears_no_mark(text: str) -> None:
    assert codes(text) == ["work_secret_heading"]


@pytest.mark.parametrize("text", ["请注意保护工作秘密。", "工作秘密管理办法", "涉及工作秘密的材料"])
def test_talk_of_work_secrets_is_no_heading(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "国办发〔2024〕12号",
        "证监会公告[2023]第4号",
        "國辦發〔2024〕12號",
        "银发（2024）第 12 号",
        "财税[2016]36号",
        "京政发【2023】1号",
    ],
)
def test_a_documents_number_is_a_cue(text: str) -> None:
    assert codes(text) == ["document_number"]


@pytest.mark.parametrize(
    "text", ["(2023)京01民终123号", "案号：（2023）京01民终123号", "(2024)12号", "见2024年12号文", "楼〔1824〕3号"]
)
def test_a_courts_number_is_none(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("密级：机密", ["level_stated"]),
        ("密 级 : 【绝密】", ["level_stated"]),
        ("密級：秘密", ["level_stated"]),
        ("密级：内部", []),
        ("000123\n机密文件", ["copy_number"]),
        ("份号：000123", ["copy_number"]),
        ("份號000123", ["copy_number"]),
        ("验证码\n000123\n", []),
        ("000123", []),
        ("0001234\n机密文件", []),
        ("000123\n某某文件", []),
    ],
)
def test_levels_in_forms_and_copy_numbers_are_cues(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_nothing_else_folds_to_the_characters_that_every_sign_needs() -> None:
    others = set(map(chr, range(sys.maxunicode + 1))).difference(NEEDED)

    assert not any(one in unicodedata.normalize("NFKC", other) for other in others for one in NEEDED)


def test_a_sign_names_the_text_it_stands_in() -> None:
    assert [sign.field for sign in find_marks([fold(text) for text in ("", "绝密★", "机密★")])] == [1, 2]


def test_hits_and_findings_are_signs_under_our_words_for_them() -> None:
    hit = Hit(list="secrecy.weak", term="涉密", field=0, start=1, end=3)
    finding = Finding(kind="military_id", field=0, start=4, end=9, rule="cn.military_id@1")

    assert find_signs([fold("x涉密x12345")], hits=[hit], findings=[finding]) == (
        Sign(code="cue:涉密", of="secrecy.weak", field=0, start=1, end=3),
        Sign(code="kind:military_id", of="military_id", field=0, start=4, end=9),
    )


@given(st.lists(ANYTHING, max_size=3))
def test_any_texts_can_be_looked_at_and_offsets_lie_inside_them(texts: list[str]) -> None:
    for sign in find_marks([fold(text) for text in texts]):
        assert 0 <= sign.start < sign.end <= len(texts[sign.field])


@given(
    st.sampled_from(["绝密", "机密", "秘密", "絕密", "機密"]),
    st.sampled_from("★☆⭐✩"),
    st.sampled_from(["", "1年", "长期", "6个月", "2027年"]),
    st.text(st.characters(categories=["Lo"], exclude_characters="业業作人"), max_size=6),
)
def test_a_mark_is_found_after_any_text_but_the_few_that_excuse_it(
    level: str, star: str, term: str, before: str
) -> None:
    assert codes(f"{before}{level}{star}{term}") == ["mark"]


def test_a_long_text_of_near_misses_takes_no_longer_than_it_should() -> None:
    for piece in ("绝 ", "工作秘密", "[2024] 第1 ", "国办发〔2024〕12", "机密\n", "密级："):
        find_marks([fold(piece * 20_000)])
