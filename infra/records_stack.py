"""Records: what must survive. Keys, locked buckets, tables, secrets; nothing here runs."""

import json
from typing import Any, cast

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb, aws_iam as iam, aws_s3 as s3, aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.constructs.buckets import AccessLogBucket, ArchiveBucket, LockedBucket
from infra.constructs.keys import ArchiveKey, EverlastingKey, SigningKey
from infra.constructs.queues import WatchedQueue
from infra.deployment import Deployment

NOTHING = "{}"
NO_ENDPOINTS = json.dumps({"gateways": {}, "wecom": {}}, separators=(",", ":"))
INDEX_SECRET_CHARACTERS = 64
BY_STATE, BY_KIND = "ByState", "ByKind"
ORDER_TIMEOUT_SECONDS = 900
"""Of a room that carries out an order which may be about many segments."""
ORDERS = {
    "border": ORDER_TIMEOUT_SECONDS,
    "custody": 29,
    "disposition": ORDER_TIMEOUT_SECONDS,
    "erasure": ORDER_TIMEOUT_SECONDS,
}
"""By the names in acts.toml, the timeout in seconds of the room behind the queue."""
ARCHIVE_TIMEOUT_SECONDS = 120
"""Of the room that works the capture queue off."""
DELIVERY_DAYS = 30
"""Longer than a message that points at one can wait: SQS keeps none for more than 14 days."""

MISSING_INDEX = "missing"
"""As `functions.archive.aws_media` asks for it."""
HELD_DAYS = 120
"""Of what is held back. A policy holds it for 90 days at most (functions/law/consent.py), and decides about it then."""
UPLOAD_DAYS = 3
"""Sealing takes minutes and tries for a day; what is left after that is nobody's, and in clear to the bucket's key."""


class RecordsStack(cdk.Stack):
    def __init__(self, scope: Construct, *, deployment: Deployment, **properties: Any) -> None:
        super().__init__(
            scope,
            f"Fengcun-{deployment.name}-Records",
            description="Fengcun: what must survive",
            termination_protection=True,
            **properties,
        )
        self._deployment = deployment
        self._keys()
        self._buckets()
        self._tables()
        self._secrets()
        # Here and not in Flow: what it holds has been acknowledged, and its sender will not send it again.
        self.captures = WatchedQueue(self, "Capture", timeout_seconds=ARCHIVE_TIMEOUT_SECONDS)
        self.orders = {
            name: WatchedQueue(self, name.capitalize(), timeout_seconds=seconds) for name, seconds in ORDERS.items()
        }
        """What people have approved, on its way to the room that does it."""
        self._outputs()
        cdk.RemovalPolicies.of(self).retain()

    def _keys(self) -> None:
        self.intake_key = EverlastingKey(self, "IntakeKey", description="seals deliveries on their way in")
        self.segment_key = EverlastingKey(self, "SegmentKey", description="wraps the key of each segment")
        self.storage_key = EverlastingKey(
            self, "StorageKey", description="encrypts buckets, tables and secrets at rest"
        )
        self.report_key = SigningKey(self, "ReportKey", description="signs what the archive reports about itself")
        # Not everlasting: destroying it is how state secrets that came in by mistake are destroyed.
        self.quarantine_key = ArchiveKey(self, "QuarantineKey", description="seals what may be a state secret")

    def _buckets(self) -> None:
        self.access_logs = logs = AccessLogBucket(self, "AccessLogs")
        mode = self._deployment.lock_mode
        self.vault = LockedBucket(
            self, "Vault", key=self.storage_key, logs=logs, lock_modes=[mode], deployment=self._deployment
        )
        _tell_eventbridge(self.vault)
        # Here and not in Flow, because the keyring's policy names it.
        self.eraser = iam.Role(self, "EraserRole", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        # The salts of records that may have to be erased are locked GOVERNANCE even where the vault is COMPLIANCE.
        self.keyring = LockedBucket(
            self,
            "Keyring",
            key=self.storage_key,
            logs=logs,
            lock_modes=sorted({mode, "GOVERNANCE"}),
            deployment=self._deployment,
            eraser=self.eraser,
        )
        self.quarantine = ArchiveBucket(self, "Quarantine", key=self.quarantine_key, logs=logs)
        self.quarantine.require_key(self.quarantine_key)
        self.intake = ArchiveBucket(
            self,
            "Intake",
            key=self.storage_key,
            logs=logs,
            lifecycle_rules=[_deliveries_expire(), _uploads_expire(), _held_expire()],
        )
        _tell_eventbridge(self.intake)
        self.buckets = [logs, self.vault, self.keyring, self.quarantine, self.intake]

    def _tables(self) -> None:
        self.postings = self._table("Postings", partition_key=_binary("token"), sort_key=_string("at"))
        self.deliveries = self._table("Deliveries", partition_key=_binary("claim"), time_to_live_attribute="expires_at")
        self.custodians = self._table("Custodians", partition_key=_binary("token"), sort_key=_string("valid_from"))
        self.states = self._table("States", partition_key=_binary("record"))
        self.acts = self._table("Acts", partition_key=_string("act"))
        self.acts.add_global_secondary_index(
            index_name=BY_STATE,
            partition_key=_string("state"),
            sort_key=_string("at"),
            projection_type=dynamodb.ProjectionType.INCLUDE,
            non_key_attributes=["kind", "open_until", "recorded"],
        )
        self.acts.add_global_secondary_index(
            index_name=BY_KIND,
            partition_key=_string("kind"),
            sort_key=_string("at"),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )
        self.consents = self._table("Consents", partition_key=_binary("token"), sort_key=_string("sk"))
        self.held = self._table("Held", partition_key=_binary("token"), sort_key=_string("record"))
        self.tombstones = self._table("Tombstones", partition_key=_string("day"), sort_key=_string("sk"))
        self.counters = self._table("Counters", partition_key=_string("counter"), sort_key=_string("member"))
        self.holds = self._table("Holds", partition_key=_string("hold"))
        self.sequences = self._table("Sequences", partition_key=_binary("token"), sort_key=_string("at"))
        self.media = self._table("Media", partition_key=_binary("media"))
        # Sparse: only a file that is wanted and not there has the attribute.
        self.media.add_global_secondary_index(
            index_name=MISSING_INDEX,
            partition_key=_string("missing_since"),
            sort_key=_binary("media"),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )
        self.scopes = self._table("Scopes", partition_key=_string("scope"), sort_key=_string("part"))
        self.exports = self._table("Exports", partition_key=_string("year"))
        self.tables = [self.postings, self.deliveries, self.custodians, self.media, self.acts, self.states]
        self.tables += [self.consents, self.held, self.tombstones, self.counters, self.holds, self.sequences]
        self.tables += [self.scopes, self.exports]

    def _table(self, name: str, **properties: Any) -> dynamodb.Table:
        return dynamodb.Table(
            self,
            name,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=self.storage_key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=True,
            **properties,
        )

    def _secrets(self) -> None:
        # CfnSecret, because the Secret construct writes a statement with kms:ViaService into the key's policy that lets
        # the whole account decrypt through Secrets Manager, under a host name that is not established for China.
        # The first value is only ever the first: `fengcun config apply` owns it, and changing it here would undo that.
        self.endpoints_secret = self._secret(
            "EndpointsJson", description="gateways and WeCom endpoints", secret_string=NO_ENDPOINTS
        )
        self.index_secret = self._secret(
            "IndexHmacKey",
            description="key of every index token",
            generate_secret_string=secretsmanager.CfnSecret.GenerateSecretStringProperty(
                password_length=INDEX_SECRET_CHARACTERS, exclude_punctuation=True
            ),
        )

        self.pull_secret: secretsmanager.CfnSecret | None = None
        if self._deployment.pull is not None:
            self.pull_secret = self._secret(
                "PullJson", description="WeCom's chat archive: its Secret, every private key", secret_string=NOTHING
            )

    def _secret(self, name: str, **properties: Any) -> secretsmanager.CfnSecret:
        return secretsmanager.CfnSecret(self, name, kms_key_id=self.storage_key.key_arn, **properties)

    def _outputs(self) -> None:
        values = {
            "ArchiveId": self._deployment.archive_id,
            "VaultBucket": self.vault.bucket_name,
            "KeyringBucket": self.keyring.bucket_name,
            "QuarantineBucket": self.quarantine.bucket_name,
            "IntakeBucket": self.intake.bucket_name,
            "PostingsTable": self.postings.table_name,
            "DeliveriesTable": self.deliveries.table_name,
            "CustodiansTable": self.custodians.table_name,
            "ConsentsTable": self.consents.table_name,
            "HeldTable": self.held.table_name,
            "TombstonesTable": self.tombstones.table_name,
            "CountersTable": self.counters.table_name,
            "HoldsTable": self.holds.table_name,
            "SequencesTable": self.sequences.table_name,
            "ReportKey": self.report_key.key_arn,
            "MediaTable": self.media.table_name,
            "ActsTable": self.acts.table_name,
            "EndpointsSecret": self.endpoints_secret.attr_id,
            "IndexSecret": self.index_secret.attr_id,
        }
        if self.pull_secret is not None:
            values["PullSecret"] = self.pull_secret.attr_id
        for name, value in values.items():
            cdk.CfnOutput(self, f"{name}Output", value=value).override_logical_id(name)


def _tell_eventbridge(bucket: s3.Bucket) -> None:
    # Bucket(event_bridge_enabled=True) would do it through a custom resource, and we deploy none.
    resource = cast("s3.CfnBucket", bucket.node.default_child)
    resource.add_property_override("NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled", value=True)


def _deliveries_expire() -> s3.LifecycleRule:
    return s3.LifecycleRule(
        prefix="deliveries/",
        expiration=cdk.Duration.days(DELIVERY_DAYS),
        noncurrent_version_expiration=cdk.Duration.days(1),
        abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
    )


def _uploads_expire() -> s3.LifecycleRule:
    return s3.LifecycleRule(
        prefix="uploads/",
        expiration=cdk.Duration.days(UPLOAD_DAYS),
        noncurrent_version_expiration=cdk.Duration.days(1),
        abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
    )


def _held_expire() -> s3.LifecycleRule:
    """Long after any policy's bound, which the archive room keeps."""
    return s3.LifecycleRule(
        prefix="held/",
        expiration=cdk.Duration.days(HELD_DAYS),
        noncurrent_version_expiration=cdk.Duration.days(1),
        abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
    )


def _binary(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.BINARY)


def _string(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
