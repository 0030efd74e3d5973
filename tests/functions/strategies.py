"""What laws are tried on."""

from datetime import UTC, datetime

from hypothesis import strategies as st

moments = st.datetimes(
    min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 31, 23, 59, 59, 999999), timezones=st.just(UTC)
).map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))
"""Any moment there is, aware UTC, whole milliseconds."""

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
