"""On which line of a TOML file a key stands: tomllib tells the line of a slip in the syntax, of no other."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

SYNTAX = re.compile(r"(.*) \(at line (\d+), column \d+\)")
SAID = {
    "extra_forbidden": "this file has no such key",
    "missing": "is missing, and has no default",
    "unexpected_keyword_argument": "this file has no such key",
}
"""What pydantic says less plainly."""
Location = tuple[int | str, ...]
"""`("custodian", 0, "regimes")`: keys, and places in arrays counted from 0."""


class Misplaced(ValueError):
    """A slip that a check of the whole finds, and where it is, from the checked object."""

    def __init__(self, message: str, at: Location) -> None:
        super().__init__(message)
        self.at = at


def complaints(error: ValidationError, *, text: str, name: str) -> str:
    """One line for each slip: `file:line: key: reason`. Never quotes the input."""
    places = list(_places(text))
    return "\n".join(
        f"{name}:{_line(places, location)}: {spell(location)}: {reason}" for location, reason in _faults(error)
    )


def located(error: tomllib.TOMLDecodeError, *, name: str) -> str:
    """`file:line: reason`, of a slip in the syntax."""
    message = str(error)
    found = SYNTAX.search(message)
    return f"{name}:{found[2]}: {found[1]}" if found else f"{name}: {message}"


def line_of(text: str, location: Location) -> int:
    """The line on which the statement begins that sets `location`; else its table's, else 1. The text must be TOML."""
    return _line(list(_places(text)), location)


def spell(location: Location) -> str:
    """`gateway[0].secrets[1]`, counted from 0."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return re.sub(r"^\.", "", text) or "the file"


def _faults(error: ValidationError) -> Iterator[tuple[Location, str]]:
    for fault in error.errors(include_input=False, include_url=False):
        cause = fault.get("ctx", {}).get("error")
        at = cause.at if isinstance(cause, Misplaced) else ()
        reason = SAID.get(fault["type"], fault["msg"].removeprefix("Value error, "))
        yield (*fault["loc"], *at), reason


def _line(places: list[tuple[Location, int]], location: Location) -> int:
    """The first statement whose place is the longest beginning of `location`."""
    holding = [(len(place), -line) for place, line in places if location[: len(place)] == place]
    return -max(holding)[1] if holding else 1


def _places(text: str) -> Iterator[tuple[Location, int]]:
    """What each statement sets, and the line it begins on."""
    table: Location = ()
    numbers: dict[Location, int] = {}
    for line, statement in _statements(text):
        keys = _keys(tomllib.loads(statement))
        if not statement.startswith("["):
            yield from ((table + keys[:length], line) for length in range(1, len(keys) + 1))
            continue
        if statement.startswith("[["):
            array = _counted(keys[:-1], numbers) + keys[-1:]
            numbers[array] = numbers.get(array, -1) + 1
        table = _counted(keys, numbers)
        yield table, line


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """A statement ends with the first line up to which it is TOML by itself: an open bracket or quote is not."""
    begun, lines = 0, list[str]()
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if not lines and (not line.strip() or line.lstrip().startswith("#")):
            continue
        begun = begun if lines else number
        lines.append(line)
        try:
            tomllib.loads("\n".join(lines))
        except tomllib.TOMLDecodeError:
            continue
        yield begun, "\n".join(lines).lstrip()
        lines.clear()


def _keys(value: Any) -> Location:
    """What the statement names: one key, or as many as are nested alone (`a.b = 1`, `[a.b]`)."""
    if not isinstance(value, dict) or len(value) != 1:
        return ()
    [(key, inner)] = value.items()
    return (key, *_keys(inner))


def _counted(keys: Location, numbers: dict[Location, int]) -> Location:
    """The place of a table, with its number in each array of tables that it lies in."""
    place: Location = ()
    for key in keys:
        place += (key,)
        if place in numbers:
            place += (numbers[place],)
    return place
