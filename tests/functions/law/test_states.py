"""Which record may be used for what."""

from itertools import product

import pytest

from functions.law.states import Allowed, Refused, State, Use, may

EVERY = list(product(State, Use))


@pytest.mark.parametrize("use", Use)
def test_an_active_record_serves_every_use(use: Use) -> None:
    assert may(State.ACTIVE, use) == Allowed()


@pytest.mark.parametrize("use", Use)
def test_a_restricted_record_serves_a_statutory_duty_alone(use: Use) -> None:
    answer = may(State.RESTRICTED, use)

    assert (answer == Allowed()) == (use is Use.STATUTORY)
    if isinstance(answer, Refused):
        assert answer.rule == "cn.pipl.47.2"


@pytest.mark.parametrize(("state", "use"), [pair for pair in EVERY if pair[0] in (State.SECRET_FROZEN, State.ERASED)])
def test_what_is_frozen_or_erased_serves_nothing(state: State, use: Use) -> None:
    answer = may(state, use)

    assert isinstance(answer, Refused)
    assert answer.rule
    assert answer.reason


def test_each_state_refuses_by_a_rule_of_its_own() -> None:
    answers = [may(state, Use.READ) for state in State]

    assert len({one.rule for one in answers if isinstance(one, Refused)}) == len(State) - 1
