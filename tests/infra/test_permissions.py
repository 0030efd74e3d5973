"""Least privilege (G7): the page is the templates' own, and what it must never say."""

from collections.abc import Iterator
from typing import Any

import pytest

from infra.people import DUTIES, TAG
from tests.infra.permissions import PAGE, page
from tests.infra.synth import Stacks
from tests.infra.template import statements, text, texts

ROOMS = ("Intake", "Archive", "Sealer", "Indexer", "Retrieval", "Completeness", "Office", "Custodian", "Measurer")


PEOPLE = {f"People{role.title().replace('_', '')}": role for role in DUTIES}


def grants(stacks: Stacks, room: str) -> Iterator[tuple[str, str]]:
    """(action, resource) of everything the room's role allows."""
    for policy in stacks.flow.of("AWS::IAM::Policy"):
        if texts(policy.properties["Roles"]) in ([f"{room}Role"], [room]):
            for statement in statements(policy.properties["PolicyDocument"]):
                assert statement["Effect"] == "Allow"
                yield from (
                    (action, resource)
                    for action in texts(statement["Action"])
                    for resource in texts(statement["Resource"])
                )


def may(stacks: Stacks, room: str, action: str) -> set[str]:
    """The resources on which the room may do that."""
    return {resource for found, resource in grants(stacks, room) if found == action}


def test_the_page_is_what_the_templates_say(all_stacks: dict[str, Stacks]) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(all_stacks), (
        "run `python -m tests.infra.permissions`, read the diff"
    )


def test_every_room_has_a_role_and_every_role_is_a_rooms_or_the_api_gateways(stacks: Stacks) -> None:
    roles = {role.name for role in stacks.flow.of("AWS::IAM::Role")}

    pulls = {"PullRole", "PullScheduleRole"} if stacks.deployment.pull else set()
    others = {"CompletenessScheduleRole", "OfficeScheduleRole", "DisposerRole", "DoorApiCloudWatchRole"}
    assert roles == {*(f"{room}Role" for room in ROOMS), *pulls, *PEOPLE, *others}
    assert [role.name for role in stacks.records.of("AWS::IAM::Role")] == ["EraserRole"]
    for room in ROOMS:
        role = stacks.flow.one("AWS::IAM::Role", f"{room}Role").properties
        assert role.keys() == {"AssumeRolePolicyDocument"}, "no managed policies, no inline ones"
        (trust,) = statements(role["AssumeRolePolicyDocument"])
        assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}


@pytest.mark.parametrize("room", ROOMS)
def test_no_permission_is_wider_than_a_prefix_of_a_bucket(stacks: Stacks, room: str) -> None:
    for action, resource in grants(stacks, room):
        assert "*" not in action
        network = action.startswith("ec2:") and room == "Sealer" and stacks.deployment.media is not None
        assert resource != "*" or network
        assert "*" not in resource or action.startswith("s3:") or network


@pytest.mark.parametrize("room", ROOMS)
def test_nobody_bypasses_a_lock_lifts_a_hold_or_deletes_a_version_that_may_be_kept(stacks: Stacks, room: str) -> None:
    held = {action for action, resource in grants(stacks, room) if resource not in REMOVED}

    assert not held & {
        "s3:BypassGovernanceRetention",
        "s3:DeleteObjectVersion",
        "s3:PutBucketObjectLockConfiguration",
        "s3:PutBucketPolicy",
        "s3:PutLifecycleConfiguration",
        "kms:ScheduleKeyDeletion",
        "kms:PutKeyPolicy",
        "kms:CreateGrant",
    }


def test_archive_and_media_put_holds_and_lift_none_and_disposition_alone_may_by_order(stacks: Stacks) -> None:
    lines = [line for line in page({"trial": stacks}).splitlines() if "s3:PutObjectLegalHold" in line]
    putting = [line for line in lines if not line.startswith("role Disposer: ")]

    assert [line.partition(" when ")[0] for line in putting] == [
        "role Archive: allow s3:PutObjectLegalHold on Keyring/keyrings/*",
        "role Archive: allow s3:PutObjectLegalHold on Vault/media/*",
        "role Archive: allow s3:PutObjectLegalHold on Vault/segments/*",
        "role Sealer: allow s3:PutObjectLegalHold on Keyring/keyrings/*",
        "role Sealer: allow s3:PutObjectLegalHold on Vault/media/*",
    ]
    assert all(line.endswith("when StringEquals s3:object-lock-legal-hold = ON") for line in putting)
    assert {line.partition(":")[0] for line in lines} == {"role Archive", "role Disposer", "role Sealer"}


def test_archive_puts_suspects_aside_and_cannot_open_one(stacks: Stacks) -> None:
    assert may(stacks, "Archive", "kms:GenerateDataKey") >= {"QuarantineKey"}
    assert "QuarantineKey" not in may(stacks, "Archive", "kms:Decrypt")
    assert not {one for one in may(stacks, "Archive", "s3:GetObject") if one.startswith("Quarantine")}


def test_archive_writes_the_vault_and_cannot_read_it(stacks: Stacks) -> None:
    assert may(stacks, "Archive", "s3:GetObject") == {"Intake/deliveries/*", "Intake/held/*"}
    assert may(stacks, "Archive", "s3:GetObjectVersion") == set()
    assert "Vault/segments/*" in may(stacks, "Archive", "s3:PutObject")


def test_archive_makes_segment_keys_and_cannot_open_one(stacks: Stacks) -> None:
    assert "SegmentKey" in may(stacks, "Archive", "kms:GenerateDataKey")
    assert may(stacks, "Archive", "kms:Decrypt") == {"IntakeKey", "StorageKey"}


def test_archive_decrypts_at_rest_only_what_is_not_the_vault(stacks: Stacks) -> None:
    (policy,) = [
        one.properties["PolicyDocument"]
        for one in stacks.flow.of("AWS::IAM::Policy")
        if texts(one.properties["Roles"]) == ["ArchiveRole"]
    ]
    contexts = [
        texts(value)
        for statement in statements(policy)
        if statement["Action"] == "kms:Decrypt" and text(statement["Resource"]) == "StorageKey"
        for value in statement["Condition"]["StringLike"].values()
    ]

    assert contexts, "every use of the storage key names what it opens"
    assert not [name for values in contexts for name in values if name.startswith(("Vault", "Keyring"))]


def test_media_takes_uploads_writes_the_vault_and_cannot_read_it_or_open_a_key(stacks: Stacks) -> None:
    assert may(stacks, "Sealer", "s3:GetObjectVersion") == {"Intake/uploads/*"}
    assert may(stacks, "Sealer", "s3:DeleteObjectVersion") == {"Intake/uploads/*"}
    assert may(stacks, "Sealer", "s3:GetObject") == set()
    assert may(stacks, "Sealer", "s3:PutObject") == {"Vault/media/*", "Keyring/keyrings/*"}
    assert may(stacks, "Sealer", "kms:Decrypt") == {"StorageKey"}


def test_index_reads_directories_and_holds_no_key_that_opens_a_record(stacks: Stacks) -> None:
    assert may(stacks, "Indexer", "kms:Decrypt") == {"StorageKey"}
    assert may(stacks, "Indexer", "s3:GetObjectVersion") == {"Vault/segments/*"}
    assert "Keyring" not in "".join(resource for _, resource in grants(stacks, "Indexer"))


def test_intake_reads_nothing_it_wrote(stacks: Stacks) -> None:
    held = {action for action, _ in grants(stacks, "Intake")}

    assert not held & {"s3:GetObject", "sqs:ReceiveMessage", "dynamodb:Query", "dynamodb:Scan"}
    assert may(stacks, "Intake", "dynamodb:GetItem") == {"Media"}
    assert may(stacks, "Intake", "kms:Decrypt") == {"StorageKey"}


NAMES = "ForAllValues:StringEquals dynamodb:Attributes = "
NOT_ANSWERED = " and StringEqualsIfExists dynamodb:ReturnValues = NONE"


@pytest.mark.parametrize(
    ("role", "condition"),
    [
        ("Disposer", f"{NAMES}media, holds"),
        ("Intake", f"{NAMES}media, touched_at, generation{NOT_ANSWERED}"),
    ],
)
def test_who_writes_to_a_files_item_may_write_no_more_than_it_has_to(stacks: Stacks, role: str, condition: str) -> None:
    start = f"role {role}: allow dynamodb:UpdateItem on Media"
    lines = [line for line in page({"trial": stacks}).splitlines() if line.startswith(start)]

    assert lines == [f"{start} when {condition}"]


def test_completeness_opens_no_record_and_signs_with_its_own_key_alone(stacks: Stacks) -> None:
    held = grants(stacks, "Completeness")

    assert not [resource for _, resource in held if resource.startswith(("Vault", "Keyring", "SegmentKey"))]
    assert may(stacks, "Completeness", "kms:Decrypt") == {"StorageKey"}
    assert may(stacks, "Completeness", "kms:Sign") == {"ReportKey"}
    signers = [room for room in ROOMS if may(stacks, room, "kms:Sign")]
    assert signers == ["Completeness"]


def test_retrieval_writes_nothing(stacks: Stacks) -> None:
    writes = ("s3:Put", "s3:Delete", "dynamodb:Put", "dynamodb:Update", "dynamodb:Batch", "sqs:", "kms:Generate")

    assert not [action for action, _ in grants(stacks, "Retrieval") if action.startswith(writes)]


@pytest.mark.parametrize("room", ROOMS)
def test_every_use_of_a_key_names_what_it_is_for(stacks: Stacks, room: str) -> None:
    for policy in stacks.flow.of("AWS::IAM::Policy"):
        for statement in statements(policy.properties["PolicyDocument"]):
            actions = texts(statement["Action"])
            if "kms:Sign" in actions:
                assert statement["Condition"] == {"StringEquals": {"kms:SigningAlgorithm": "ECDSA_SHA_256"}}
            elif any(action.startswith("kms:") and action != "kms:GetPublicKey" for action in actions):
                assert all(key.startswith("kms:EncryptionContext:") for key in statement["Condition"]["StringLike"])


def test_records_hang_on_keys_that_nobody_destroys_and_state_secrets_do_not(stacks: Stacks) -> None:
    protected = {
        key.name
        for key in stacks.records.of("AWS::KMS::Key")
        for statement in statements(key.properties["KeyPolicy"])
        if statement["Effect"] == "Deny" and "kms:ScheduleKeyDeletion" in texts(statement["Action"])
    }

    assert protected == {"IntakeKey", "SegmentKey", "StorageKey", "ReportKey"}


def test_who_counts_what_may_leave_hands_nothing_over_and_decides_nothing(stacks: Stacks) -> None:
    assert may(stacks, "Measurer", "dynamodb:PutItem") == {"Scopes", "Deliveries"}
    assert may(stacks, "Measurer", "s3:PutObject") == {"Intake/deliveries/*"}
    assert may(stacks, "Measurer", "sqs:SendMessage") == {"Border", "Capture"}
    for room in ROOMS:
        assert ("Scopes" in may(stacks, room, "dynamodb:PutItem")) == (room == "Measurer"), room
        assert ("Exports" in may(stacks, room, "dynamodb:PutItem")) == (room == "Office"), room
    assert {room for room in ROOMS if "SegmentKey" in may(stacks, room, "kms:Decrypt")} == {"Retrieval", "Measurer"}


def test_office_opens_acts_and_no_record(stacks: Stacks) -> None:
    assert may(stacks, "Office", "kms:Decrypt") == {"IntakeKey", "StorageKey"}
    assert not {action for action, _ in grants(stacks, "Office")} & {"s3:GetObject", "sqs:ReceiveMessage"}
    assert may(stacks, "Office", "dynamodb:GetItem") == {"Acts", "Scopes", "Exports"}
    (opened,) = [
        statement["Condition"]["StringLike"]
        for statement in role_statements(stacks, "Office")
        if statement["Action"] == "kms:Decrypt" and text(statement["Resource"]) == "IntakeKey"
    ]
    assert opened["kms:EncryptionContext:fengcun:purpose"] == "act"


def test_the_custodian_alone_reads_the_quarantine_and_removes_from_it(stacks: Stacks) -> None:
    for room in ROOMS:
        touched = {resource for action, resource in grants(stacks, room) if action in TAKES}
        assert any(resource.startswith("Quarantine") for resource in touched) == (room == "Custodian"), room
        assert ("QuarantineKey" in may(stacks, room, "kms:Decrypt")) == (room == "Custodian"), room
    assert not [one for action, one in grants(stacks, "Custodian") if action == "s3:PutObject" and "Vault" in one]
    assert may(stacks, "Custodian", "kms:Decrypt") == {"QuarantineKey", "StorageKey"}


def test_people_act_under_their_own_name_with_a_second_factor_and_for_one_duty(stacks: Stacks) -> None:  # G14
    for name, role in PEOPLE.items():
        found = stacks.flow.one("AWS::IAM::Role", name).properties
        (trust,) = statements(found["AssumeRolePolicyDocument"])
        account = stacks.deployment.account or "AWS::AccountId"
        assert text(trust["Principal"]["AWS"]) == f"arn:AWS::Partition:iam::{account}:root"
        assert trust["Action"] == "sts:AssumeRole"
        assert trust["Condition"] == {
            "StringEquals": {"sts:RoleSessionName": "${aws:username}", f"aws:PrincipalTag/{TAG}": DUTIES[role]},
            "Bool": {"aws:MultiFactorAuthPresent": "true"},
        }
        assert found["MaxSessionDuration"] == 3600
        assert "ManagedPolicyArns" not in found


def test_people_may_knock_and_nothing_else(stacks: Stacks) -> None:
    for name in PEOPLE:
        assert {action for action, _ in grants(stacks, name)} == {"execute-api:Invoke"}
        for _, resource in grants(stacks, name):
            assert resource.startswith("arn:AWS::Partition:execute-api:")
            assert "DoorApi/v1/" in resource


def test_no_role_and_so_no_person_holds_two_of_custody_review_and_erasure(stacks: Stacks) -> None:  # G14
    held = {duty: set[str]() for duty in set(DUTIES.values())}
    for name, role in PEOPLE.items():
        for _, resource in grants(stacks, name):
            held[DUTIES[role]].add(resource.rpartition("/v1/")[2])

    reads = {"GET/records/*", "GET/media/*"}
    erases = {"POST/acts/erasure.request/*/approval"}
    assert reads <= held["review"]
    assert not reads & (held["custody"] | held["erasure"] | held["audit"])
    assert erases <= held["erasure"]
    assert not erases & (held["custody"] | held["review"] | held["audit"])
    assert not [route for route in held["audit"] if route.startswith("POST")]
    assert {route for route in held["review"] if route.startswith("POST")} == {"POST/acts/override"}
    assert {route for route in held["erasure"] if route.startswith("POST")} == erases


REMOVED = {"Intake/uploads/*", "Intake/held/*", "Quarantine/suspects/*", "Quarantine/suspect-keys/*"}
"""Where nothing is locked: uploads, what waits for an answer, suspects that are cleared or destroyed on order."""
TAKES = {"s3:GetObject", "s3:GetObjectVersion", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:ListBucket"}


def role_statements(stacks: Stacks, room: str) -> list[dict[str, Any]]:
    (policy,) = [
        one.properties["PolicyDocument"]
        for one in stacks.flow.of("AWS::IAM::Policy")
        if texts(one.properties["Roles"]) == [f"{room}Role"]
    ]
    return statements(policy)
