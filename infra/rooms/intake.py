"""Intake: seals what comes through the door and queues it. Reads nothing it wrote."""

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from functions.intake.handler import Settings, handle
from infra.constructs.alarms import Alarms
from infra.constructs.room_function import Room, RoomFunction
from infra.constructs.statements import NOT_ANSWERED, allow, of_secrets, of_table, use_key, writing
from infra.deployment import Deployment
from infra.records_stack import RecordsStack
from infra.rooms.delivering import delivers, variables

ROOM = Room(handle=handle, settings=Settings, memory_mb=1024, timeout_seconds=10)
ONLY_THE_TOUCH = {**writing("media", "touched_at", "generation"), **NOT_ANSWERED}
"""That a file is to be left alone for a while, where the generation is still the one that was seen."""


class IntakeRoom(RoomFunction):
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
            variables=_variables(deployment, records),
        )
        endpoints = records.endpoints_secret
        self.may(
            *delivers(deployment, records),
            # Presigned: a gateway puts its media itself, with what this role may and the permit says.
            allow("PermitUploads", ["s3:PutObject"], [records.intake.arn_for_objects("uploads/*")]),
            allow("KnowTheMedia", ["s3:GetObjectRetention"], [records.vault.arn_for_objects("media/*")]),
            allow("KnowWhatWasErased", ["dynamodb:GetItem"], [records.media.table_arn]),
            allow("KeepWhatIsAnnounced", ["dynamodb:UpdateItem"], [records.media.table_arn], ONLY_THE_TOUCH),
            use_key("OpenTheFiles", "kms:Decrypt", records.storage_key, of_table(records.media)),
            allow("KnowTheSenders", ["secretsmanager:GetSecretValue"], [endpoints.attr_id]),
            use_key("OpenTheSenders", "kms:Decrypt", records.storage_key, of_secrets(endpoints)),
        )


def _variables(deployment: Deployment, records: RecordsStack) -> dict[str, str]:
    return {
        **variables(deployment, records),
        "endpoints_secret_arn": records.endpoints_secret.attr_id,
        "vault_bucket": records.vault.bucket_name,
        "media_table": records.media.table_name,
    }
