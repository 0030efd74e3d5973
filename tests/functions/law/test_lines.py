"""On which line a key stands: whatever the file looks like, the statement that sets it."""

import tomllib
from typing import Any

import pytest
from hypothesis import given, strategies as st

from functions.law.lines import line_of, located, spell

FILE = '''# a comment, and = in it
title = "x" # line 2

[owner]
name = """
[not.a.table]
key = 1
"""
born.year = 1 # line 9

[[rule]]
ids = [ # line 12
  "a", # ] not yet
  "b",
]
limits = { low = 1, high = 2 } # line 16
[[rule]]
[rule.detail] # line 18
"odd key" = true
[[rule.part]] # line 20
[[rule.part]]
size = 3 # line 22
[[rule]]
[[rule.part]] # line 24
size = 4
'''


@pytest.mark.parametrize(
    ("location", "line"),
    [
        (("title",), 2),
        (("owner", "name"), 5),
        (("owner", "born", "year"), 9),
        (("owner", "born"), 9),
        (("owner", "missing"), 4),
        (("rule", 0, "ids"), 12),
        (("rule", 0, "ids", 1), 12),
        (("rule", 0, "limits", "high"), 16),
        (("rule", 0, "missing"), 11),
        (("rule", 1), 17),
        (("rule", 1, "detail", "odd key"), 19),
        (("rule", 1, "part", 0), 20),
        (("rule", 1, "part", 1, "size"), 22),
        (("rule", 2, "part", 0, "size"), 25),
        (("missing",), 1),
        ((), 1),
    ],
)
def test_a_key_is_found_where_its_statement_begins(location: tuple[int | str, ...], line: int) -> None:
    assert line_of(FILE, location) == line
    assert line_of(FILE.replace("\n", "\r\n"), location) == line


KEYS = st.sampled_from(["a", "b c", "[d]", "e.f", 'g"', "密"])
VALUES = st.sampled_from(
    ["1", '"x # y"', "[1,\n2,\n]", '"""\nkey = 1\n[[t]]\n"""', "{ p = 1, q = [2] }", "'''\n'''", "\n"]
)


@st.composite
def files(draw: Any) -> tuple[str, dict[tuple[int | str, ...], int]]:
    """A file of array tables and where each key of it was written."""
    lines, places = list[str](), dict[tuple[int | str, ...], int]()
    for number in range(draw(st.integers(0, 3))):
        lines += draw(st.sampled_from([[], ["# [[x]]"], [""]]))
        places["t", number] = len(lines) + 1
        lines.append("[[t]]")
        for key in draw(st.lists(KEYS, unique=True, max_size=4)):
            value = draw(VALUES.filter(lambda value: value.strip()))
            places["t", number, key] = len(lines) + 1
            escaped = key.replace('"', '\\"')
            lines += f'"{escaped}" = {value}'.split("\n")
    return "\n".join(lines), places


@given(files())
def test_every_key_of_any_file_is_found_on_the_line_it_was_written_on(
    written: tuple[str, dict[tuple[int | str, ...], int]],
) -> None:
    text, places = written
    tomllib.loads(text)

    assert {place: line_of(text, place) for place in places} == places


def test_a_slip_of_syntax_is_located_as_far_as_tomllib_can() -> None:
    def said(text: str) -> str:
        with pytest.raises(tomllib.TOMLDecodeError) as refused:
            tomllib.loads(text)
        return located(refused.value, name="f.toml")

    assert said("a = 1\nb =\n").startswith("f.toml:2: ")
    assert said('a = "').startswith("f.toml: ")


def test_places_are_spelled_as_people_write_them() -> None:
    assert spell(("gateway", 0, "secrets", 1)) == "gateway[0].secrets[1]"
    assert spell(()) == "the file"
