"""Kinds, flags, and the values they stand in."""

import pytest
from hypothesis import given, strategies as st

from functions.capture.capture import Flag, Interpretation, Kind
from tests.functions.builders import make_delivery, make_item


def test_kinds_have_the_numbers_of_the_format_page() -> None:
    names = ("unparsed", "message", "recall", "call", "membership", "consent", "callback", "unknown", "act", "report")

    assert {kind.name.lower(): kind.value for kind in Kind} == {name: at for at, name in enumerate(names)}


def test_flags_have_the_bits_of_the_format_page() -> None:
    names = ("unknown_type", "unparsed", "conflict", "late", "unauthenticated", "media_missing", "has_findings")

    assert [Flag(1 << bit).names() for bit in range(len(names))] == [[name] for name in names]


@given(st.integers(0, 127).map(Flag))
def test_flags_are_the_same_after_they_were_written_as_names(flags: Flag) -> None:
    assert Flag.of(flags.names()) == flags


def test_a_flag_nobody_knows_is_not_read() -> None:
    with pytest.raises(KeyError):
        Flag.of(["late", "invented"])


def test_a_capture_is_cut_from_the_last_part_of_its_delivery() -> None:
    item = make_item(offset=2, length=3)

    assert make_delivery(b"01234567", items=(item,)).capture(item) == b"234"


def test_what_a_person_wrote_does_not_show_when_it_is_printed() -> None:
    assert "您好" not in repr(Interpretation(kind=Kind.MESSAGE, texts=("您好",)))
