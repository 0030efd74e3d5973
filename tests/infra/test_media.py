"""Files: clamd is asked where a deployment says so; the archive room may hold them, extend their locks, and no more."""

import pytest

from infra.deployment import RefusedDeployment, read
from tests.infra.permissions import PAGE
from tests.infra.synth import CONTEXT, PULLING, Stacks
from tests.infra.template import Resource

BLOCK = {**CONTEXT["deployments"]["trial"], "media": PULLING.model_dump(mode="json")["media"]}


def function(stacks: Stacks) -> Resource:
    return stacks.flow.one("AWS::Lambda::Function", "SealerFunction")


def test_without_the_block_the_room_asks_nobody_and_is_in_no_network(trial: Stacks, prod: Stacks) -> None:
    for stacks in (trial, prod):
        assert "VpcConfig" not in function(stacks).properties
        assert function(stacks).properties["Environment"]["Variables"]["CLAMD"] == ""


def test_with_it_the_room_is_where_clamd_is(all_stacks: dict[str, Stacks]) -> None:
    made = function(all_stacks[PULLING.name])

    assert made.properties["Environment"]["Variables"]["CLAMD"] == "clamd.internal:3310"
    assert made.properties["VpcConfig"] == {
        "SubnetIds": ["subnet-0123456789abcdef0"],
        "SecurityGroupIds": ["sg-0123456789abcdef0"],
    }
    assert "SealerPermissions" in [name[:-8] for name in made.attributes["DependsOn"]]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"clamd": "clamd.internal"}, "media.clamd is 'clamd.internal'"),
        ({"clamd": "clamd:0"}, "media.clamd is 'clamd:0'"),
        ({"subnet_ids": []}, "media.subnet_ids is"),
        ({"host": "x"}, "media.host is not a key of a media, which has: clamd, security_group_id, subnet_ids"),
    ],
    ids=str,
)
def test_a_block_that_cannot_be_is_refused_with_the_key(changed: dict[str, object], says: str) -> None:
    with pytest.raises(RefusedDeployment, match=says):
        read({"trial": {**BLOCK, "media": {**BLOCK["media"], **changed}}}, "trial")


def test_the_archive_room_holds_files_and_extends_their_locks_and_does_nothing_else_to_them() -> None:
    lines = [one for one in PAGE.read_text("utf-8").splitlines() if one.startswith("role Archive: allow")]

    assert [one.split()[3:6] for one in lines if "Vault/media" in one] == [
        ["s3:GetObjectRetention", "on", "Vault/media/*"],
        ["s3:PutObjectLegalHold", "on", "Vault/media/*"],
        ["s3:PutObjectRetention", "on", "Vault/media/*"],
    ]
    assert [one.split()[3] for one in lines if one.endswith(" on Media")] == ["dynamodb:UpdateItem"]
