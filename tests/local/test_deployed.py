"""Templates against what is deployed: every property that is missing is reported, and no other."""

import json
from typing import Any

import pytest

from local.deployed.compare import Computed, Dropped, compare, holds, resolve
from local.deployed.known import list_dropped, reason_for
from local.deployed.look import dropped
from tests.local.conftest import Cloud

VAULT: dict[str, Any] = {
    "Type": "AWS::S3::Bucket",
    "Properties": {"ObjectLockEnabled": True, "VersioningConfiguration": {"Status": "Enabled"}},
}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (True, "true"),
        (14, "14"),
        (1, 1.0),
        ({"Days": 2}, {"Days": 2, "Mode": "COMPLIANCE"}),
        (["a", "b"], ["b", "a"]),
        (["only"], "only"),
        (Computed(), "arn:aws:kms:cn-north-1:000000000000:key/1"),
        ({"Key": Computed()}, {"Key": "anything"}),
    ],
)
def test_what_was_asked_for_is_recognised(wanted: Any, found: Any) -> None:
    assert holds(wanted, found)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (True, False),
        (14, None),
        ({"Days": 2}, {"Mode": "COMPLIANCE"}),
        ({"Days": 2}, None),
        (["a", "b"], ["a"]),
        (["a"], ["a", "b"]),
        (Computed(), None),
    ],
)
def test_what_is_missing_is_noticed(wanted: Any, found: Any) -> None:
    assert not holds(wanted, found)


def test_references_are_resolved_and_attributes_remember_their_resource() -> None:
    value = {"Bucket": {"Ref": "Vault"}, "Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Region": {"Ref": "AWS::Region"}}

    assert resolve(value, {"Vault": "bucket-1", "Role": "role-1"}) == {
        "Bucket": "bucket-1",
        "Role": Computed("role-1"),
        "Region": Computed(),
    }


def test_what_another_stack_exports_is_resolved_by_the_exports_name() -> None:
    value = [{"Fn::ImportValue": "Records:Role"}, {"Fn::ImportValue": "Records:unknown"}]

    assert resolve(value, {"Records:Role": "role-1"}) == ["role-1", Computed()]


def test_every_property_of_a_resource_nobody_found_is_reported() -> None:
    found = compare({"Resources": {"Vault": VAULT}}, {}, {})

    assert found == [
        Dropped(resource="Vault (AWS::S3::Bucket)", property="ObjectLockEnabled", wanted=True, found=None),
        Dropped(
            resource="Vault (AWS::S3::Bucket)",
            property="VersioningConfiguration",
            wanted={"Status": "Enabled"},
            found=None,
        ),
    ]


def test_a_property_nobody_has_thought_about_is_unexpected() -> None:
    access_log = Dropped(resource="Stage (AWS::ApiGateway::Stage)", property="AccessLogSetting", wanted={}, found=None)
    object_lock = Dropped(resource="Vault (AWS::S3::Bucket)", property="ObjectLockEnabled", wanted=True, found=None)

    assert reason_for(access_log)
    assert reason_for(object_lock) is None
    assert list_dropped([object_lock]) == "  Vault (AWS::S3::Bucket): ObjectLockEnabled, UNEXPECTED"


def test_the_lock_that_ministack_drops_is_reported(plain: Cloud, closed: Cloud) -> None:
    template = {"Resources": {"Vault": VAULT}}

    def missing(cloud: Cloud) -> list[str]:
        cloudformation = cloud.client("cloudformation")
        cloudformation.create_stack(StackName="look", TemplateBody=json.dumps(template))
        cloudformation.get_waiter("stack_create_complete").wait(StackName="look", WaiterConfig={"Delay": 1})
        return [each.property for each in dropped(cloud.client, "look", template)]

    assert missing(plain) == ["ObjectLockEnabled"]
    assert missing(closed) == []
