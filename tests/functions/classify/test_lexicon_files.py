"""Lexicon files: good ones, and a museum of bad ones, each refused with file, line and reason."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from functions.classify.lexicon import FOLDER
from functions.classify.lexicon_file import parse_lexicons, parse_plain, read_lexicons
from functions.classify.lexicon_terms import parse_term
from functions.errors import Rejected

HEAD = """\
version = "1"
citation = "long enough a citation"
jurisdiction = "CN"
legal_source = "policy"
read = 2026-11-26
"""
FILE = f"""\
{HEAD}
[[list]]
id = "house.one"
zh-Hans = [
    "保本",  # "not a term"
    "稳赚",
]
en = ["guarante*", "push w/5 price"]
never = ["非保本"]

[[list]]
id = "house.two"
en = ["kickback"]
"""


def reason(text: str) -> str:
    with pytest.raises(Rejected) as refused:
        parse_lexicons(text, name="house.toml")
    return str(refused.value)


def test_a_good_file_is_read() -> None:
    one, two = parse_lexicons(FILE, name="house.toml")

    assert [term.text for term in one.terms] == ["保本", "稳赚", "guarante*", "push w/5 price"]
    assert (one.id, one.version, one.never, one.place) == ("house.one", "1", ("非保本",), "house.toml:7")
    assert (two.id, two.place) == ("house.two", "house.toml:16")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('citation = "long enough a citation"\n', "", "house.toml:1: citation: Field required"),
        ('"long enough a citation"', '"short"', "house.toml:2: citation: "),
        ('version = "1"\n', "", "house.toml:1: version: "),
        ('version = "1"', 'version = "a b"', "house.toml:1: version: "),
        ('"policy"', '"rumour"', "house.toml:4: legal_source: "),
        ("2026-11-26", '"soon"', "house.toml:5: read: "),
        ('jurisdiction = "CN"', 'jurisdiction = "China"', "house.toml:3: jurisdiction: "),
        ('id = "house.one"', 'id = "House One"', "house.toml:8: list.0.id: "),
        ('id = "house.two"\n', "", "house.toml:16: list.1.id: "),
        ('"稳赚"', "5", "house.toml:11: list.0.zh-Hans.1: "),
        ("zh-Hans = [", "zh-hans = [", "house.toml:9: list.0.zh-hans: "),
        ('"稳赚"', '""', "house.toml:11: zh-Hans: the term is empty"),
        ('"稳赚"', '"  "', "house.toml:11: zh-Hans: the term is empty"),
        ('"稳赚"', '"\\u200b"', "house.toml:11: zh-Hans: nothing to search for is left"),
        ('"稳赚"', '"*"', "house.toml:11: zh-Hans: nothing to search for is left"),
        ('"稳赚"', '"稳*赚"', "house.toml:11: zh-Hans: a star stands only at the end"),
        ('"稳赚"', '"稳赚\\n"', "house.toml:11: zh-Hans: control characters"),
        ('"稳赚"', f'"{"稳" * 201}"', "house.toml:11: zh-Hans: longer than 200"),
        ('"稳赚"', '"保\\u200b本"', "house.toml:11: zh-Hans: finds the same as the term at house.toml:10: zh-Hans"),
        ('"guarante*"', '"保本*"', "house.toml:13: en: finds the same as the term at house.toml:10: zh-Hans"),
        ('"guarante*"', '"price w/5 PUSH"', "house.toml:13: en: finds the same as the term at house.toml:13: en"),
        ('"guarante*"', '"a w/5 b w/5 c"', "house.toml:13: en: proximity is written"),
        ('"guarante*"', '"a w/5"', "house.toml:13: en: proximity is written"),
        ('"guarante*"', '"w/5 b"', "house.toml:13: en: proximity is written"),
        ('"guarante*"', '"a w/ b"', "house.toml:13: en: proximity is written"),
        ('"guarante*"', '"a w/0 b"', "house.toml:13: en: proximity is of 1 to 100 words"),
        ('"guarante*"', '"a w/101 b"', "house.toml:13: en: proximity is of 1 to 100 words"),
        ('"guarante*"', '"* w/5 b"', "house.toml:13: en: nothing to search for is left"),
        ('"非保本"', '"非保*"', "house.toml:14: never: a negative term is a plain one"),
        ('"非保本"', '"非 w/5 保本"', "house.toml:14: never: a negative term is a plain one"),
        ('"非保本"', '"保本"', "house.toml:14: never: holds no term of its list"),
        ('"非保本"', '"零风险"', "house.toml:14: never: holds no term of its list"),
        ('"非保本"', '"非保本", "非保本"', "house.toml:14: never: finds the same as"),
        ('en = ["kickback"]\n', "", "house.toml:16: house.two: no term"),
        ("[[list]]", "[[lists]]", "house.toml:1: list: Field required"),
        ("[[list]]", "[list]", "house.toml:"),
        ('never = ["非保本"]', "never = [", "house.toml:"),
        ('"非保本"', '"非保本', "house.toml:14: "),
    ],
)
def test_a_bad_file_is_refused_with_file_line_and_reason(old: str, new: str, expected: str) -> None:
    assert old in FILE

    assert reason(FILE.replace(old, new)).startswith(expected)


def test_a_file_without_lists_is_refused() -> None:
    assert reason(HEAD).startswith("house.toml:1: list: ")
    assert reason("").startswith("house.toml:1: version: ")
    assert reason(HEAD + "list = 5").startswith("house.toml:6: list: ")
    assert reason(HEAD + "list = [{}]").startswith("house.toml:6: list.0.id: ")


def test_a_file_that_ends_too_soon_is_refused_at_its_last_line() -> None:
    assert reason(HEAD + "list = [").startswith("house.toml:6: ")


def test_terms_in_a_spelling_that_cannot_be_placed_are_refused_where_their_array_begins() -> None:
    text = HEAD + '[[list]]\nid = "a"\nen = ["""one""", ""]\n'

    assert reason(text).startswith("house.toml:8: en: the term is empty")


def test_terms_of_a_key_in_a_spelling_of_its_own_are_placed_in_their_table() -> None:
    text = HEAD + '[[list]]\nid = "a"\nen = ["one"]\n"zh\\u002dHans" = ["保", "本", "利", "息", ""]\n'

    assert reason(text).startswith("house.toml:8: zh-Hans: the term is empty")


def test_terms_of_an_inline_table_are_refused_with_a_line_too() -> None:
    assert reason(HEAD + 'list = [{ id = "a", en = ["x", ""] }]').startswith("house.toml:6: en: the term is empty")


def test_a_plain_list_has_a_term_on_each_line() -> None:
    lexicon = parse_plain("# mine\n\n保本\r\n guarante* \n", name="house.txt", list_id="house")

    assert [term.text for term in lexicon.terms] == ["保本", "guarante*"]
    assert (lexicon.id, lexicon.never) == ("house", ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "house.txt:1: no term; "),
        ("# nothing\n", "house.txt:1: no term; "),
        ("保本\n\n保本\n", "house.txt:3: finds the same as the term at house.txt:1; "),
        ("保本\n*\n", "house.txt:2: nothing to search for is left"),
        ("a w/x b w/5 c w/2 d", "house.txt:1: proximity is written"),
    ],
)
def test_a_bad_plain_list_is_refused_with_file_line_and_reason(text: str, expected: str) -> None:
    with pytest.raises(Rejected) as refused:
        parse_plain(text, name="house.txt", list_id="house")

    assert str(refused.value).startswith(expected)


def test_files_are_read_by_their_ending_and_refused_where_they_cannot_be_read(tmp_path: Path) -> None:
    plain, gbk = tmp_path / "house.list", tmp_path / "gbk.txt"
    plain.write_bytes(b"\xef\xbb\xbf" + "保本".encode())
    gbk.write_bytes(b"abc\n" + "保本".encode("gbk"))

    (lexicon,) = read_lexicons(plain)

    assert (lexicon.id, lexicon.terms[0].text) == ("house", "保本")
    with pytest.raises(Rejected, match=r"^gbk\.txt:2: not UTF-8"):
        read_lexicons(gbk)
    with pytest.raises(Rejected, match=r"^none\.txt:1: cannot be read: No such file"):
        read_lexicons(tmp_path / "none.txt")


def test_refusals_quote_no_term() -> None:
    assert "稳" not in reason(FILE.replace('"稳赚"', '"稳*赚"'))


@given(st.text(st.characters()))
def test_any_line_is_a_term_or_refused(line: str) -> None:
    with suppress(ValueError):
        assert all(part.literal.strip() for part in parse_term(line).parts)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_file_is_good(path: Path) -> None:
    assert read_lexicons(path)
