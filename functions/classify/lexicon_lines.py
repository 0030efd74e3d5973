"""On which line of a lexicon file a term stands. tomllib does not say, and long arrays ask for one pass.

What cannot be told (a term in a spelling of its own, a table written inline) is placed where what holds it begins.
"""

import re
from collections.abc import Iterator
from itertools import islice, takewhile

ARRAY = re.compile(r"^[ \t]*\[\[[ \t]*list[ \t]*\]\]", re.MULTILINE)
ELEMENT = re.compile(r"""#[^\n]*|(?P<end>\])|(?P<element>"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s,\[\]#"']+)""")

Location = tuple[int | str, ...]
"""`("list", 2, "en", 5)`: the sixth term in English of the third list."""


def line_at(text: str, location: Location) -> int:
    """The line of `location`, or of the nearest thing around it that can be found."""
    if len(location) > 3 and isinstance(location[3], int):  # noqa: PLR2004 - list, number, key, number
        return lines_of(text, location[:3], location[3] + 1)[-1]
    return text.count("\n", 0, _offset(text, location)) + 1


def lines_of(text: str, location: Location, count: int) -> list[int]:
    """The lines of the first `count` elements of the array at `location`."""
    begin = _offset(text, location)
    lines, line, at = list[int](), text.count("\n", 0, begin) + 1, begin
    for start in islice(_elements(text, text.find("=", begin) + 1), count):
        line, at = line + text.count("\n", at, start), start
        lines.append(line)
    return lines + [line] * (count - len(lines))


def _elements(text: str, begin: int) -> Iterator[int]:
    inside = takewhile(lambda match: not match["end"], ELEMENT.finditer(text, begin))
    return (match.start() for match in inside if match["element"])


def _offset(text: str, location: Location) -> int:
    """Where a key of the file, a table, or a key of a table begins."""
    tables = [match.start() for match in ARRAY.finditer(text)]
    ends = [*tables, len(text)]
    begin, end, key = 0, ends[0], location[:1]
    if len(location) > 1 and isinstance(location[1], int) and location[1] < len(tables):
        begin, end, key = tables[location[1]], ends[location[1] + 1], location[2:3]
    if not key:
        return begin
    set_ = re.compile(rf"""^[ \t]*["']?{re.escape(str(key[0]))}["']?[ \t]*=""", re.MULTILINE)
    match = set_.search(text, begin, end)
    return match.start() if match else begin
