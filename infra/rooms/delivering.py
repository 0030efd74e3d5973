"""What a room needs to deliver captures: the door's own, and what a room tells of what it did."""

from aws_cdk import aws_iam as iam

from infra.constructs.statements import allow, of_buckets, of_delivery, of_secrets, of_table, use_key
from infra.deployment import Deployment
from infra.records_stack import RecordsStack


def delivers(deployment: Deployment, records: RecordsStack) -> list[iam.PolicyStatement]:
    return [
        allow("QueueCaptures", ["sqs:SendMessage"], [records.captures.queue_arn]),
        allow("KeepLargeDeliveries", ["s3:PutObject"], [records.intake.arn_for_objects("deliveries/*")]),
        allow("RememberDeliveries", ["dynamodb:PutItem", "dynamodb:UpdateItem"], [records.deliveries.table_arn]),
        use_key("SealDeliveries", "kms:GenerateDataKey", records.intake_key, of_delivery(deployment)),
        use_key("EncryptTheBucket", "kms:GenerateDataKey", records.storage_key, of_buckets(records.intake)),
        use_key("OpenTheDeliveries", "kms:Decrypt", records.storage_key, of_table(records.deliveries)),
        allow("MakeIndexTokens", ["secretsmanager:GetSecretValue"], [records.index_secret.attr_id]),
        use_key("OpenTheIndexSecret", "kms:Decrypt", records.storage_key, of_secrets(records.index_secret)),
    ]


def variables(deployment: Deployment, records: RecordsStack) -> dict[str, str]:
    """As `functions.intake.aws.Delivering` reads them."""
    return {
        "archive_id": deployment.archive_id,
        "capture_queue_url": records.captures.queue_url,
        "intake_bucket": records.intake.bucket_name,
        "intake_key_arn": records.intake_key.key_arn,
        "deliveries_table": records.deliveries.table_name,
        "index_secret_arn": records.index_secret.attr_id,
    }
