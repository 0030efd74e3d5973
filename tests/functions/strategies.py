"""What laws are tried on."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def moments_between(first: datetime, last: datetime) -> st.SearchStrategy[datetime]:
    """Aware UTC, whole milliseconds, both ends included."""
    return st.integers((first - EPOCH) // MILLISECOND, (last - EPOCH) // MILLISECOND).map(
        lambda count: EPOCH + count * MILLISECOND
    )


moments = moments_between(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
"""Any moment there is."""

texts = st.text(st.characters(exclude_categories=["Cs"]))
"""Everything UTF-8 can hold."""

exact_integers = st.integers(min_value=-(2**53 - 1), max_value=2**53 - 1)
ascii_keys = st.text(st.characters(max_codepoint=0x7F))
canonical_values = st.recursive(
    st.none() | st.booleans() | exact_integers | texts,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(ascii_keys, inner, max_size=5),
    max_leaves=25,
)
"""Everything our own canonical JSON can say."""

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=25,
)
"""Everything a stranger's JSON can say."""
