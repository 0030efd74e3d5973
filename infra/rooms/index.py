"""Index: checks new segments, reads their directories and writes postings. Holds no key that opens a record."""

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from functions.index.handler import Settings, handle
from infra.constructs.alarms import Alarms
from infra.constructs.room_function import Room, RoomFunction
from infra.constructs.statements import allow, of_buckets, of_table, use_key
from infra.deployment import Deployment
from infra.records_stack import RecordsStack

ROOM = Room(handle=handle, settings=Settings, memory_mb=1024, timeout_seconds=300)


class IndexRoom(RoomFunction):
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
                "postings_table": records.postings.table_name,
            },
        )
        self.may(
            allow("ReadSegments", ["s3:GetObjectVersion"], [records.vault.arn_for_objects("segments/*")]),
            use_key("DecryptTheVault", "kms:Decrypt", records.storage_key, of_buckets(records.vault)),
            allow("WritePostings", ["dynamodb:BatchWriteItem"], [records.postings.table_arn]),
            use_key("OpenTheTable", "kms:Decrypt", records.storage_key, of_table(records.postings)),
        )
