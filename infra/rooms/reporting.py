"""What a room needs to tell of what it did: through the capture queue, like everything that is archived."""

from aws_cdk import aws_iam as iam

from infra.constructs.statements import allow, of_buckets, of_delivery, of_secrets, of_table, use_key
from infra.deployment import Deployment
from infra.records_stack import RecordsStack


def reports(deployment: Deployment, records: RecordsStack) -> list[iam.PolicyStatement]:
    return [
        allow("QueueReports", ["sqs:SendMessage"], [records.captures.queue_arn]),
        allow("KeepLargeReports", ["s3:PutObject"], [records.intake.arn_for_objects("deliveries/*")]),
        allow("RememberReports", ["dynamodb:PutItem", "dynamodb:UpdateItem"], [records.deliveries.table_arn]),
        use_key("SealReports", "kms:GenerateDataKey", records.intake_key, of_delivery(deployment)),
        use_key("EncryptTheBucket", "kms:GenerateDataKey", records.storage_key, of_buckets(records.intake)),
        use_key("OpenTheDeliveries", "kms:Decrypt", records.storage_key, of_table(records.deliveries)),
        allow("MakeIndexTokens", ["secretsmanager:GetSecretValue"], [records.index_secret.attr_id]),
        use_key("OpenTheSecret", "kms:Decrypt", records.storage_key, of_secrets(records.index_secret)),
    ]


def variables(deployment: Deployment, records: RecordsStack) -> dict[str, str]:
    """What the settings of such a room have in common."""
    return {
        "archive_id": deployment.archive_id,
        "vault_bucket": records.vault.bucket_name,
        "keyring_bucket": records.keyring.bucket_name,
        "postings_table": records.postings.table_name,
        "holds_table": records.holds.table_name,
        "media_table": records.media.table_name,
        "deliveries_table": records.deliveries.table_name,
        "intake_bucket": records.intake.bucket_name,
        "intake_key_arn": records.intake_key.key_arn,
        "capture_queue_url": records.captures.queue_url,
        "index_secret_arn": records.index_secret.attr_id,
    }
