"""Two people are two names of the firm's IAM; whoever is not clearly one of ours is nobody."""

import pytest
from hypothesis import given, strategies as st

from functions.office.person import Person, Stranger, person
from tests.office import ACCOUNT, ROLES, arn

NAMES = st.from_regex(r"[A-Za-z0-9+=,.@_-]{2,64}", fullmatch=True)


@given(name=NAMES, role=st.sampled_from(sorted(ROLES)))
def test_a_session_of_our_roles_is_the_user_it_is_named_after(name: str, role: str) -> None:
    assert person(arn(name, role), ROLES) == Person(name, role)


@pytest.mark.parametrize(
    "caller",
    [
        None,
        "",
        f"arn:aws-cn:iam::{ACCOUNT}:user/alice",
        f"arn:aws-cn:iam::{ACCOUNT}:root",
        f"arn:aws-cn:sts::{ACCOUNT}:federated-user/alice",
        f"arn:aws-cn:sts::{ACCOUNT}:assumed-role/Fengcun-other/alice",
        f"arn:aws-cn:sts::{ACCOUNT}:assumed-role/Fengcun-officer-0A1B2C",
        f"arn:aws-cn:sts::{ACCOUNT}:assumed-role/Fengcun-officer-0A1B2C/",
        f"arn:aws-cn:sts::{ACCOUNT}:assumed-role/Fengcun-officer-0A1B2C/a",
        f"arn:aws-cn:sts::{ACCOUNT}:assumed-role/Fengcun-officer-0A1B2C/alice/bob",
        f"arn:aws-cn:sts::{ACCOUNT}:assumed-role/Fengcun-officer-0A1B2C/alice bob",
        f"arn:aws-cn:sts::{ACCOUNT}:assumed-role/Fengcun-officer-0A1B2C/alice\n",
        f"arn:aws-cn:sts::{ACCOUNT}:assumed-role/Fengcun-officer-0A1B2C/陈",
        "arn:aws-cn:sts::999999999999:assumed-role/Fengcun-officer-0A1B2C/alice",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/Fengcun-officer-0A1B2C/alice",
        f"x arn:aws-cn:sts::{ACCOUNT}:assumed-role/Fengcun-officer-0A1B2C/alice",
    ],
)
def test_whoever_comes_otherwise_is_a_stranger(caller: str | None) -> None:
    with pytest.raises(Stranger):
        person(caller, ROLES)


@given(st.text())
def test_no_text_is_a_person_by_luck(caller: str) -> None:
    with pytest.raises(Stranger):
        person(caller, ROLES)


def test_a_role_that_is_no_arn_lets_nobody_in() -> None:
    with pytest.raises(Stranger, match="role officer"):
        person(arn("alice"), {"officer": "Fengcun-officer-0A1B2C"})


def test_a_roles_path_is_not_part_of_its_sessions() -> None:
    roles = {"officer": f"arn:aws-cn:iam::{ACCOUNT}:role/firm/people/Officer"}

    assert person(f"arn:aws-cn:sts::{ACCOUNT}:assumed-role/Officer/alice", roles).name == "alice"
