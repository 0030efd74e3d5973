"""The picture of the days: what a person sees at a glance, in 80 columns."""

from datetime import date, timedelta

from hypothesis import given, strategies as st

from reader.picture import GAP, LEVELS, NONE, UNREPORTED, WIDTH, Row, draw

FIRST = date(2026, 11, 1)


def days(number: int) -> list[date]:
    return [FIRST + timedelta(days=ahead) for ahead in range(number)]


def line(**counts: int | None) -> str:
    """The cells of one row, one day each."""
    known = {day: count for day, count in zip(days(len(counts)), counts.values(), strict=True) if count is not None}
    _, drawn = draw([Row(label="x", counts=known)], days(len(counts)))
    return drawn.split()[-1]


def test_volume_is_shown_against_the_rows_own_most() -> None:
    assert line(a=1, b=20, c=40, d=60, e=80, f=100) == LEVELS[0] + LEVELS
    assert line(a=1, b=0, c=None) == LEVELS[-1] + NONE + UNREPORTED


def test_what_is_missing_is_crossed_whatever_came() -> None:
    row = Row(label="x", counts={FIRST: 9}, missing=frozenset({FIRST}))

    assert list(draw([row], [FIRST])) == ["     11-01", f"  x  {GAP}"]


def test_without_days_there_is_no_picture() -> None:
    assert list(draw([Row(label="x", counts={})], [])) == []


@given(number=st.integers(1, 92), labels=st.lists(st.text("abc/-", min_size=1, max_size=90), min_size=1, max_size=4))
def test_it_never_leaves_the_screen_and_shows_every_day(number: int, labels: list[str]) -> None:
    rows = [Row(label=label, counts=dict.fromkeys(days(number), 1)) for label in labels]

    drawn = list(draw(rows, days(number)))

    assert max(map(len, drawn)) <= WIDTH
    assert "".join(drawn).count(LEVELS[-1]) == number * len(rows)
