"""Retrieval: finds one record and opens it. Reads; writes nothing anywhere."""

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from functions.retrieval.handler import Settings, handle
from infra.constructs.alarms import Alarms
from infra.constructs.room_function import Room, RoomFunction
from infra.constructs.statements import allow, of_buckets, of_media, of_secrets, of_segment, of_table, use_key
from infra.deployment import Deployment
from infra.records_stack import RecordsStack

ROOM = Room(handle=handle, settings=Settings, memory_mb=1024, timeout_seconds=29)
"""29 seconds: the longest that API Gateway waits."""


class RetrievalRoom(RoomFunction):
    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        deployment: Deployment,
        records: RecordsStack,
        code: lambda_.Code,
        alarms: Alarms,
    ) -> None:
        super().__init__(
            scope,
            name,
            room=ROOM,
            code=code,
            alarms=alarms,
            variables={
                "archive_id": deployment.archive_id,
                "vault_bucket": records.vault.bucket_name,
                "keyring_bucket": records.keyring.bucket_name,
                "postings_table": records.postings.table_name,
                "states_table": records.states.table_name,
                "acts_table": records.acts.table_name,
                "index_secret_arn": records.index_secret.attr_id,
                "media_table": records.media.table_name,
            },
        )
        self._finds(records)
        self._opens(deployment, records)

    def _finds(self, records: RecordsStack) -> None:
        index_secret = records.index_secret.attr_id
        self.may(
            allow("FindRecords", ["dynamodb:Query"], [records.postings.table_arn]),
            allow(
                "KnowFilesStatesAndOverrides",
                ["dynamodb:GetItem"],
                [records.media.table_arn, records.states.table_arn, records.acts.table_arn],
            ),
            *(
                use_key(f"Open{name}", "kms:Decrypt", records.storage_key, of_table(table))
                for name, table in (
                    ("TheTable", records.postings),
                    ("TheFiles", records.media),
                    ("TheStates", records.states),
                    ("TheActs", records.acts),
                )
            ),
            allow("MakeIndexTokens", ["secretsmanager:GetSecretValue"], [index_secret]),
            use_key("OpenTheSecret", "kms:Decrypt", records.storage_key, of_secrets(records.index_secret)),
        )

    def _opens(self, deployment: Deployment, records: RecordsStack) -> None:
        segments = [records.vault.arn_for_objects("segments/*")]
        media = [records.vault.arn_for_objects("media/*")]
        dictionaries = [records.vault.arn_for_objects("dictionaries/*")]
        self.may(
            # Always by version: what the index named, not what may have been put over it. S3 tells the lock only to
            # those who may ask for it.
            allow("ReadSegments", ["s3:GetObjectVersion", "s3:GetObjectRetention", "s3:GetObjectLegalHold"], segments),
            allow("ReadMedia", ["s3:GetObject", "s3:GetObjectRetention", "s3:GetObjectLegalHold"], media),
            allow("ReadDictionaries", ["s3:GetObject"], dictionaries),
            # Without it S3 answers "denied" for what is not there, and missing evidence would look like a wrong policy.
            allow("KnowWhatIsMissing", ["s3:ListBucket"], [records.vault.bucket_arn, records.keyring.bucket_arn]),
            allow("ReadSalts", ["s3:GetObject"], [records.keyring.arn_for_objects("keyrings/*")]),
            use_key("DecryptTheVault", "kms:Decrypt", records.storage_key, of_buckets(records.vault, records.keyring)),
            use_key("OpenSegments", "kms:Decrypt", records.segment_key, of_segment(deployment)),
            use_key("OpenMedia", "kms:Decrypt", records.segment_key, of_media(deployment)),
        )
