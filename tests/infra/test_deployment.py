"""A deployment that is not meant as written is refused with a sentence."""

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from infra.app import ROOT
from infra.deployment import Deployment, RefusedDeployment, read

TRIAL: dict[str, Any] = {
    "archive_id": "trial",
    "region": "cn-north-1",
    "stage": "trial",
    "lock_mode": "GOVERNANCE",
    "trial_lock_days": 7,
    "retention_floor_days": 1,
    "policy": "mainland-securities",
    "icp": False,
    "suite": "AES-256-GCM",
}
PROD = {
    **TRIAL,
    "stage": "prod",
    "lock_mode": "COMPLIANCE",
    "acknowledged_compliance_lock": True,
    "trial_lock_days": 0,
    "retention_floor_days": 180,
}


def make(block: dict[str, Any]) -> Deployment:
    return read({"mine": block}, "mine")


def refusal(block: dict[str, Any]) -> str:
    with pytest.raises(RefusedDeployment) as refused:
        make(block)
    return str(refused.value)


def test_the_blocks_of_cdk_json_are_all_good() -> None:
    blocks = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]["deployments"]

    assert {read(blocks, name).name for name in blocks} == {"trial", "local", "ningxia"}
    assert read(blocks, "local").icp
    assert read(blocks, "local").lock_mode == "COMPLIANCE"


def test_a_name_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(RefusedDeployment, match=r"no deployment 'prd'; it has: prod, trial"):
        read({"trial": TRIAL, "prod": PROD}, "prd")


@given(region=st.sampled_from(["us-east-1", "ap-east-1", "cn-north-2", "eu-central-1", ""]) | st.text())
def test_no_region_outside_the_mainland_is_accepted(region: str) -> None:
    if region not in {"cn-north-1", "cn-northwest-1"}:
        assert f"region {region!r} is not in mainland China" in refusal({**TRIAL, "region": region})


@given(key=st.text(min_size=1).filter(lambda key: key not in Deployment.model_fields))
def test_an_unknown_key_is_named(key: str) -> None:
    assert f"{key} is not a key of a deployment, which has: account, acknowledged_" in refusal({**TRIAL, key: 1})


def test_a_block_has_no_name_but_its_own() -> None:
    assert "name is not a key of a deployment" in refusal({**TRIAL, "name": "other"})


@pytest.mark.parametrize("key", sorted(TRIAL))
def test_a_missing_key_is_named(key: str) -> None:
    assert f"{key} is missing" in refusal({name: value for name, value in TRIAL.items() if name != key})


@given(stage=st.sampled_from(["trial", "prod"]), acknowledged=st.booleans())
def test_compliance_is_for_production_that_acknowledges_it(*, stage: str, acknowledged: bool) -> None:
    days = {"trial_lock_days": 7, "retention_floor_days": 1} if stage == "trial" else {}
    block = {**PROD, **days, "stage": stage, "acknowledged_compliance_lock": acknowledged}

    if stage == "prod" and acknowledged:
        assert make(block).lock_mode == "COMPLIANCE"
    else:
        assert "COMPLIANCE cannot be undone by anyone" in refusal(block)


@given(days=st.integers(min_value=1, max_value=90))
def test_production_has_no_trial_locks(days: int) -> None:
    assert "trial_lock_days must be 0 in stage prod" in refusal({**PROD, "trial_lock_days": days})


@given(lock=st.integers(min_value=0, max_value=90), floor=st.integers(min_value=1, max_value=365))
def test_a_trial_locks_longer_than_its_floor_or_is_refused(lock: int, floor: int) -> None:
    block = {**TRIAL, "trial_lock_days": lock, "retention_floor_days": floor}

    if lock > floor:
        assert make(block).trial_lock_days == lock
    else:
        assert f"trial_lock_days ({lock}) must be more than retention_floor_days ({floor})" in refusal(block)


def test_the_regimes_are_those_of_the_policy() -> None:
    assert make(TRIAL).regimes == ("cn.sec.137", "cn.csl.23")
    assert make({**TRIAL, "policy": "policies/local.toml"}).law.name == "local"


def test_every_deployment_of_cdk_json_keeps_at_least_by_the_securities_law() -> None:
    blocks = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]["deployments"]

    assert all({"cn.sec.137", "cn.csl.23"} <= set(read(blocks, name).regimes) for name in blocks)


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("securities", "no ready profile 'securities'; there are foreign-bank-branch, general-enterprise, mainland-"),
        ("policies/nowhere.toml", "policy 'policies/nowhere.toml' cannot be read: FileNotFoundError"),
        ("/etc/policy.toml", "must be a path from the root of the repository"),
        ("../policy.toml", "must be a path from the root of the repository"),
        ("pyproject.toml", "pyproject.toml:1: name: is missing, and has no default"),
        ("", "policy is ''"),
    ],
)
def test_what_is_no_policy_is_refused(named: str, expected: str) -> None:
    assert expected in refusal({**TRIAL, "policy": named})


def test_a_deployment_may_add_lexicons_of_its_own() -> None:
    assert make({**TRIAL, "lexicons": ["tests/data/house-lexicon.toml"]}).lexicons
    assert make(TRIAL).lexicons == ()


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("tests/data/nowhere.toml", "lexicon 'tests/data/nowhere.toml' cannot be read: FileNotFoundError"),
        ("../lexicon.toml", "must be a path from the root of the repository"),
        ("pyproject.toml", "pyproject.toml:1: citation: Field required"),
        ("functions/classify/lexicons/off_channel.toml", "the list at off_channel.toml:10 has the same id; rename one"),
    ],
)
def test_what_is_no_lexicon_or_says_again_what_the_release_says_is_refused(named: str, expected: str) -> None:
    assert expected in refusal({**TRIAL, "lexicons": [named]})


def test_a_private_api_and_wechat_exclude_each_other() -> None:
    block = {**TRIAL, "vpc_endpoints": ["vpce-0123456789abcdef0"]}

    assert make(block).vpc_endpoints == ("vpce-0123456789abcdef0",)
    assert "set icp false" in refusal({**block, "icp": True})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("icp", "false"),
        ("archive_id", "Bank 1"),
        ("archive_id", "ab"),
        ("lock_mode", "governance"),
        ("stage", "dev"),
        ("suite", "ROT13"),
        ("account", "firm"),
        ("alarm_email", "nobody"),
        ("trial_lock_days", 2.5),
        ("trial_lock_days", 3650),
        ("retention_floor_days", 0),
        ("vpc_endpoints", ["vpc-1"]),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_key_and_value(key: str, value: object) -> None:
    said = refusal({**TRIAL, key: value})

    assert said.startswith("deployment 'mine' of cdk.json: ")
    assert key in said
    assert repr(value) in said or repr(value).strip("[]") in said


def test_every_reason_is_given_at_once() -> None:
    said = refusal({**TRIAL, "region": "us-east-1", "lockmode": "x"})

    assert "us-east-1" in said
    assert "lockmode is not a key" in said
