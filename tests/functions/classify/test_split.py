"""Identifiers that a sender spreads over messages."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from functions.classify.scan import scan
from functions.classify.split import APART_MS, Part, join
from tests.functions.classify.known import identifiers


def parts(*texts: str, gap_ms: int = 1000, sender: str = "one") -> list[Part]:
    return [Part(sender=sender, sent_at_ms=at * gap_ms, text=text) for at, text in enumerate(texts)]


def joined(sent: list[Part]) -> list[tuple[str, int, str]]:
    return [(one.kind, one.field, sent[one.field].text[one.start : one.end]) for one in join(sent)]


cuts = identifiers.flatmap(
    lambda one: st.tuples(st.just(one), st.lists(st.integers(1, len(one[1]) - 1), min_size=1, max_size=4, unique=True))
)


@given(cuts, st.sampled_from(["", "号码是", "我的："]), st.sampled_from(["", "，好了", " 收到吗"]))
def test_an_identifier_cut_anywhere_is_found_in_its_pieces(
    cut: tuple[tuple[str, str], list[int]], before: str, after: str
) -> None:
    (kind, text), at = cut
    bounds = [0, *sorted(at), len(text)]
    pieces = [text[start:end] for start, end in pairwise(bounds)]
    sent = parts(*pieces)
    sent[0] = Part(sender="one", sent_at_ms=0, text=before + pieces[0])
    sent[-1] = Part(sender="one", sent_at_ms=sent[-1].sent_at_ms, text=pieces[-1] + after)
    if any(scan([part.text]) for part in sent):
        return  # a piece that is something itself

    found = joined(sent)

    assert {kind for kind, *_ in found} == {kind}
    assert "".join(piece for *_, piece in found) in text
    assert [part for _, part, _ in found] == sorted({part for _, part, _ in found})


@given(
    st.lists(
        st.builds(
            Part,
            sender=st.sampled_from("ab"),
            sent_at_ms=st.integers(0, 200_000),
            text=st.text(st.sampled_from("0138X一 -QQ号：是后面\ud800"), max_size=20),
        ),
        max_size=8,
    ),
    st.integers(),
)
def test_any_messages_in_any_order_can_be_joined_and_findings_lie_inside_them(sent: list[Part], seed: int) -> None:
    shuffled = random.Random(seed).sample(sent, len(sent))

    for one in join(sent):
        assert 0 <= one.start < one.end <= len(sent[one.field].text)
        assert "split@" in one.rule
    if len({(part.sender, part.sent_at_ms) for part in sent}) == len(sent):
        assert sorted(map(repr, joined(sent))) == [
            repr(one)
            for one in sorted(
                ((kind, sent.index(shuffled[field]), text) for kind, field, text in joined(shuffled)), key=repr
            )
        ]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("我手机138", "0013", "8000 记一下"), [("mobile", 0, "138"), ("mobile", 1, "0013"), ("mobile", 2, "8000")]),
        (
            ("前半110105", "后面是19491231002X，好了"),
            [("resident_id", 0, "110105"), ("resident_id", 1, "19491231002X")],
        ),
        (
            ("一三八", "零零一三", "八零零零"),
            [("mobile", 0, "一三八"), ("mobile", 1, "零零一三"), ("mobile", 2, "八零零零")],
        ),
        (("我的护照号", "E12345678"), [("passport", 1, "E12345678")]),
        (("我的QQ号：", " 12345678"), [("qq", 1, "12345678")]),
        (("QQ号", "12345678，13800138000"), [("qq", 1, "12345678")]),
        (("护照E1234", "5678"), []),
        (("护照", "好的", "E12345678"), []),
        (("护照找不到了", "E12345678"), []),
        (("2", "3", "13800138000", "6222021234567890128"), []),
        (("138", "好的", "00138000"), []),
        (("好的", "收到"), []),
        (("13800138000",), []),
        ((), []),
    ],
)
def test_pieces_are_put_together_only_where_nothing_else_stands_between(
    texts: tuple[str, ...], expected: list[tuple[str, int, str]]
) -> None:
    assert joined(parts(*texts)) == expected


def test_what_is_more_than_a_minute_apart_or_of_two_senders_is_not_put_together() -> None:
    assert joined(parts("138", "00138000", gap_ms=APART_MS)) != []
    assert joined(parts("138", "00138000", gap_ms=APART_MS + 1)) == []
    assert joined([*parts("138"), *parts("00138000", sender="other")]) == []
