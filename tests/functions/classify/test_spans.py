"""One kind for a place."""

from itertools import pairwise

from hypothesis import given, strategies as st

from functions.classify.spans import Span, apart

spans = st.tuples(st.integers(0, 12), st.integers(1, 6), st.sampled_from("ab")).map(
    lambda one: (one[0], one[0] + one[1], one[2])
)


@given(st.lists(spans, max_size=8))
def test_of_overlapping_places_one_is_kept_whatever_their_order(found: list[Span]) -> None:
    kept = apart(found)

    assert kept == apart(found[::-1])
    assert all(one[1] <= other[0] for one, other in pairwise(kept))
    assert set(kept) <= set(found)
    assert bool(kept) == bool(found)


@given(spans, spans)
def test_of_two_that_overlap_the_longer_is_kept(one: Span, other: Span) -> None:
    kept = apart([one, other])

    assert max(end - start for start, end, _ in (one, other)) in {end - start for start, end, _ in kept}
