"""What the Records template promises of everything that must survive."""

import json
from typing import Any

import pytest

from functions.archive.aws_media import MISSING_INDEX
from functions.disposition.carry import SECONDS_UNTIL_AGAIN
from infra.records_stack import ORDER_TIMEOUT_SECONDS
from tests.infra.synth import Stacks
from tests.infra.template import Resource, text

KEPT = "Retain"
TABLES = {"Postings", "Deliveries", "Custodians", "Consents", "Held", "Tombstones", "Counters", "Holds"} | {
    "Sequences",
    "Media",
    "Acts",
    "States",
    "Scopes",
    "Exports",
}


def test_everything_that_must_survive_survives_the_stack(stacks: Stacks) -> None:
    policies = {
        resource.name: (resource.attributes.get("DeletionPolicy"), resource.attributes.get("UpdateReplacePolicy"))
        for resource in stacks.records.resources()
    }

    assert set(policies.values()) == {(KEPT, KEPT)}, policies


def test_no_run_of_an_order_outlasts_the_time_until_the_next_walk() -> None:
    assert SECONDS_UNTIL_AGAIN >= ORDER_TIMEOUT_SECONDS


def test_every_bucket_is_private_versioned_encrypted_and_logged(stacks: Stacks) -> None:
    for bucket in stacks.records.of("AWS::S3::Bucket"):
        assert set(bucket.properties["PublicAccessBlockConfiguration"].values()) == {True}, bucket.name
        assert bucket.properties["VersioningConfiguration"] == {"Status": "Enabled"}, bucket.name
        assert bucket.properties["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
        assert bucket.name == "AccessLogs" or _seals_with_a_key(bucket) in {"StorageKey", "QuarantineKey"}
        assert bucket.name == "AccessLogs" or "LoggingConfiguration" in bucket.properties, bucket.name


def _seals_with_a_key(bucket: Resource) -> str:
    (rule,) = bucket.properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["BucketKeyEnabled"] is True
    return text(rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"])


def test_quarantine_has_its_own_key_and_no_lock(stacks: Stacks) -> None:
    quarantine = stacks.records.one("AWS::S3::Bucket", "Quarantine")

    assert _seals_with_a_key(quarantine) == "QuarantineKey"
    assert "ObjectLockEnabled" not in quarantine.properties


@pytest.mark.parametrize("name", ["Vault", "Keyring"])
def test_vault_and_keyring_are_created_with_object_lock(stacks: Stacks, name: str) -> None:
    assert stacks.records.one("AWS::S3::Bucket", name).properties["ObjectLockEnabled"] is True


def test_vault_and_intake_alone_tell_eventbridge(stacks: Stacks) -> None:
    telling = [b.name for b in stacks.records.of("AWS::S3::Bucket") if "NotificationConfiguration" in b.properties]

    assert sorted(telling) == ["Intake", "Vault"]


def test_deliveries_outlive_every_message_that_may_name_them(stacks: Stacks) -> None:
    rule, *_ = stacks.records.one("AWS::S3::Bucket", "Intake").properties["LifecycleConfiguration"]["Rules"]

    assert (rule["Prefix"], rule["ExpirationInDays"], rule["Status"]) == ("deliveries/", 30, "Enabled")
    for queue in stacks.records.of("AWS::SQS::Queue"):
        assert 2 * queue.properties["MessageRetentionPeriod"] <= rule["ExpirationInDays"] * 86400


def test_an_upload_that_nobody_seals_is_gone_within_days(stacks: Stacks) -> None:
    _, rule, _ = stacks.records.one("AWS::S3::Bucket", "Intake").properties["LifecycleConfiguration"]["Rules"]

    assert (rule["Prefix"], rule["ExpirationInDays"], rule["Status"]) == ("uploads/", 3, "Enabled")
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}


def test_what_is_held_back_outlives_every_policys_bound_and_no_lifetime_ends_it_before(stacks: Stacks) -> None:
    *_, rule = stacks.records.one("AWS::S3::Bucket", "Intake").properties["LifecycleConfiguration"]["Rules"]

    assert (rule["Prefix"], rule["ExpirationInDays"], rule["Status"]) == ("held/", 120, "Enabled")


def test_every_table_is_encrypted_backed_up_and_protected(stacks: Stacks) -> None:
    tables = stacks.records.of("AWS::DynamoDB::Table")

    assert {table.name for table in tables} == TABLES
    for table in tables:
        assert text(table.properties["SSESpecification"]["KMSMasterKeyId"]) == "StorageKey"
        assert table.properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
        assert table.properties["DeletionProtectionEnabled"] is True
        assert table.properties["BillingMode"] == "PAY_PER_REQUEST"


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("Postings", {"token": ("HASH", "B"), "at": ("RANGE", "S")}),
        ("Deliveries", {"claim": ("HASH", "B")}),
        ("Custodians", {"token": ("HASH", "B"), "valid_from": ("RANGE", "S")}),
        ("Acts", {"act": ("HASH", "S")}),
        ("Consents", {"token": ("HASH", "B"), "sk": ("RANGE", "S")}),
        ("Held", {"token": ("HASH", "B"), "record": ("RANGE", "S")}),
        ("Tombstones", {"day": ("HASH", "S"), "sk": ("RANGE", "S")}),
        ("Counters", {"counter": ("HASH", "S"), "member": ("RANGE", "S")}),
        ("Holds", {"hold": ("HASH", "S")}),
        ("Scopes", {"scope": ("HASH", "S"), "part": ("RANGE", "S")}),
        ("Exports", {"year": ("HASH", "S")}),
        ("Sequences", {"token": ("HASH", "B"), "at": ("RANGE", "S")}),
    ],
)
def test_tables_have_the_keys_the_rooms_write(trial: Stacks, name: str, keys: dict[str, tuple[str, str]]) -> None:
    table = trial.records.one("AWS::DynamoDB::Table", name).properties
    types = {one["AttributeName"]: one["AttributeType"] for one in table["AttributeDefinitions"]}

    assert {one["AttributeName"]: (one["KeyType"], types[one["AttributeName"]]) for one in table["KeySchema"]} == keys


def test_a_files_item_is_listed_by_the_day_since_which_it_is_missing_and_only_then(trial: Stacks) -> None:
    table = trial.records.one("AWS::DynamoDB::Table", "Media").properties
    (index,) = table["GlobalSecondaryIndexes"]

    assert table["KeySchema"] == [{"AttributeName": "media", "KeyType": "HASH"}]
    assert (index["IndexName"], index["Projection"]) == (MISSING_INDEX, {"ProjectionType": "KEYS_ONLY"})
    assert [one["AttributeName"] for one in index["KeySchema"]] == ["missing_since", "media"]


def test_deliveries_are_forgotten_by_their_own_clock(stacks: Stacks) -> None:
    table = stacks.records.one("AWS::DynamoDB::Table", "Deliveries").properties

    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


def test_every_key_that_seals_turns_each_year(stacks: Stacks) -> None:
    for key in stacks.records.of("AWS::KMS::Key"):
        if key.name != "ReportKey":
            assert key.properties["EnableKeyRotation"] is True, key.name


def test_the_key_of_reports_signs_and_seals_nothing(stacks: Stacks) -> None:
    key = stacks.records.one("AWS::KMS::Key", "ReportKey").properties

    assert (key["KeySpec"], key["KeyUsage"]) == ("ECC_NIST_P256", "SIGN_VERIFY")


def test_secrets_are_sealed_with_the_storage_key_and_start_empty_or_random(stacks: Stacks) -> None:
    endpoints = stacks.records.one("AWS::SecretsManager::Secret", "EndpointsJson").properties
    index = stacks.records.one("AWS::SecretsManager::Secret", "IndexHmacKey").properties

    assert {text(secret["KmsKeyId"]) for secret in (endpoints, index)} == {"StorageKey"}
    assert json.loads(endpoints["SecretString"]) == {"gateways": {}, "wecom": {}}
    assert index["GenerateSecretString"] == {"ExcludePunctuation": True, "PasswordLength": 64}


def test_outputs_tell_clients_where_everything_is(stacks: Stacks) -> None:
    outputs: dict[str, Any] = stacks.records.body["Outputs"]
    named = {name: text(output["Value"]) for name, output in outputs.items() if "Export" not in output}

    optional = {"PullSecret": "PullJson"} if stacks.deployment.pull else {}
    assert named == optional | {
        "ArchiveId": stacks.deployment.archive_id,
        "VaultBucket": "Vault",
        "KeyringBucket": "Keyring",
        "QuarantineBucket": "Quarantine",
        "IntakeBucket": "Intake",
        "PostingsTable": "Postings",
        "DeliveriesTable": "Deliveries",
        "CustodiansTable": "Custodians",
        "MediaTable": "Media",
        "ActsTable": "Acts",
        "ConsentsTable": "Consents",
        "HeldTable": "Held",
        "TombstonesTable": "Tombstones",
        "CountersTable": "Counters",
        "HoldsTable": "Holds",
        "SequencesTable": "Sequences",
        "ReportKey": "ReportKey",
        "EndpointsSecret": "EndpointsJson",
        "IndexSecret": "IndexHmacKey",
    }
    flow = {name for name, output in stacks.flow.body["Outputs"].items() if "Export" not in output}
    assert flow == {"Door", "Completeness", *(["PullFunction"] if stacks.deployment.pull else [])}
