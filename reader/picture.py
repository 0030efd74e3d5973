"""Days as a line of signs: how much came, and where something is missing. Pure; 80 columns."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

NONE, GAP, UNREPORTED = "·", "✗", "?"
LEVELS = "▁▂▃▅▇"
LEGEND = f"{LEVELS[0]} few to {LEVELS[-1]} most of its own   {NONE} none   {GAP} missing   {UNREPORTED} no report"
WIDTH, LONGEST_LABEL = 80, 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the picture."""

    label: str
    counts: Mapping[date, int]
    """Of the days that were reported."""
    missing: frozenset[date] = frozenset()


def draw(rows: Sequence[Row], days: Sequence[date]) -> Iterator[str]:
    """A block of lines for as many days as fit beside the labels, and the next below it."""
    wide = min(max((len(row.label) for row in rows), default=0), LONGEST_LABEL)
    fitting = WIDTH - wide - 4
    for at in range(0, len(days), fitting):
        block = days[at : at + fitting]
        yield f"  {'':<{wide}}  {_ruler(block)}"
        yield from (f"  {_fit(row.label, wide)}  {''.join(_cells(row, block))}" for row in rows)


def _ruler(block: Sequence[date]) -> str:
    """The first day, and the last where there is room for both."""
    first, last = f"{block[0]:%m-%d}", f"{block[-1]:%m-%d}"
    room = len(block) - len(first) - len(last)
    return first + " " * room + last if room > 0 else first


def _cells(row: Row, days: Iterable[date]) -> Iterator[str]:
    most = max(row.counts.values(), default=0)
    for day in days:
        count = row.counts.get(day)
        if day in row.missing:
            yield GAP
        elif count is None:
            yield UNREPORTED
        else:
            yield LEVELS[(count * len(LEVELS) - 1) // most] if count else NONE


def _fit(label: str, wide: int) -> str:
    return label.ljust(wide) if len(label) <= wide else label[: wide - 1] + "…"
