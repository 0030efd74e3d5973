"""On which line of a lexicon file a term stands. tomllib does not say, and long arrays ask for one pass.

What cannot be told (a term in a spelling of its own, a table written inline) is placed where what holds it begins.
"""

import re
from collections.abc import Iterator

ARRAY = re.compile(r"^[ \t]*\[\[[ \t]*list[ \t]*\]\]", re.MULTILINE)
STRING = re.compile(r"""#[^\n]*|("(?:[^"\\\n]|\\.)*"|'[^'\n]*')""")

Location = tuple[int | str, ...]
"""`("list", 2, "en", 5)`: the sixth term in English of the third list."""


def line_at(text: str, location: Location) -> int:
    """The line of `location`, or of the nearest thing around it that can be found."""
    *around, last = location or ("",)
    if len(around) == 3 and isinstance(last, int):  # noqa: PLR2004 - list, number, key
        return lines_of(text, tuple(around), last + 1)[last]
    return text.count("\n", 0, _offset(text, location)) + 1


def lines_of(text: str, location: Location, count: int) -> list[int]:
    """The lines of the first `count` terms of the array at `location`."""
    begin = _offset(text, location)
    lines, line, at = list[int](), text.count("\n", 0, begin) + 1, begin
    for start in _strings(text, text.find("=", begin) + 1):
        if len(lines) == count:
            break
        line, at = line + text.count("\n", at, start), start
        lines.append(line)
    return lines + [line] * (count - len(lines))


def _strings(text: str, begin: int) -> Iterator[int]:
    return (match.start() for match in STRING.finditer(text, begin) if match[1])


def _offset(text: str, location: Location) -> int:
    """Where a key of the file, a table, or a key of a table begins."""
    tables = [match.start() for match in ARRAY.finditer(text)] + [len(text)]
    begin, end = 0, tables[0]
    if location[:1] == ("list",) and len(location) > 1 and isinstance(location[1], int):
        number = min(location[1], len(tables) - 2)
        begin, end = tables[max(number, 0)], tables[max(number, 0) + 1] if number >= 0 else len(text)
        location = location[2:]
    key = re.escape(str(location[0])) if location else "$."
    found = re.compile(rf"""^[ \t]*["']?{key}["']?[ \t]*=""", re.MULTILINE).search(text, begin, end)
    return found.start() if found else begin
