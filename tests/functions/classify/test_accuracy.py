"""Precision and recall on sentences that no rule was written for: `python -m bench.classification` reports more."""

import pytest

from bench.chats import kinds, labelled
from bench.classification import Score, score

LEAST = 0.99
EACH = 100


@pytest.fixture(scope="module")
def scored() -> Score:
    return score(labelled(20261126, each=EACH, part="held_out"))


@pytest.mark.parametrize("kind", kinds())
def test_of_each_kind_99_in_100_are_found_and_99_in_100_findings_are_right(scored: Score, kind: str) -> None:
    assert scored.recall(kind) >= LEAST
    assert scored.precision(kind) >= LEAST


def test_every_form_of_writing_is_tried(scored: Score) -> None:
    assert {form for form, _ in scored.forms} == {"plain", "separated", "wide", "hidden", "aloud", "alike"}
