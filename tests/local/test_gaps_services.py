"""SQS, KMS and CloudFormation: each test fails once ministack closes the gap itself (`plain`)."""

import json
import re
import time
from typing import Any
from uuid import uuid4

import pytest

from tests.local.conftest import Cloud
from tests.local.probes import DONE, eventually, outcome, zipped

COUNTING = "def handle(event, context):\n    print('BATCH', len(event['Records']))\n"


def function_of(cloud: Cloud, source: str) -> str:
    name, trust = f"room-{uuid4().hex[:8]}", {"Effect": "Allow", "Action": "sts:AssumeRole"}
    document = json.dumps({"Statement": [trust | {"Principal": {"Service": "lambda.amazonaws.com"}}]})
    role = cloud.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    cloud.client("lambda").create_function(
        FunctionName=name, Runtime="python3.13", Handler="room.handle", Role=role, Code={"ZipFile": zipped(source)}
    )
    return name


def queue_of(cloud: Cloud) -> tuple[str, str]:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName=f"queue-{uuid4().hex[:8]}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return url, arn


def test_who_may_send_one_message_may_send_ten(plain: Cloud, closed: Cloud) -> None:
    def send(cloud: Cloud) -> str:
        url, arn = queue_of(cloud)
        sender = cloud.user({"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn}).client("sqs")
        entries = [{"Id": "0", "MessageBody": "x"}]
        return outcome(lambda: sender.send_message_batch(QueueUrl=url, Entries=entries))

    assert send(plain) != DONE
    assert send(closed) == DONE


def test_a_mapping_gathers_more_than_ten_messages_over_its_window(plain: Cloud, closed: Cloud) -> None:
    def batches(cloud: Cloud) -> list[int]:
        name, (url, arn) = function_of(cloud, COUNTING), queue_of(cloud)
        mapping = {"BatchSize": 1000, "MaximumBatchingWindowInSeconds": 2}
        cloud.client("lambda").create_event_source_mapping(FunctionName=name, EventSourceArn=arn, **mapping)
        for _ in range(3):
            entries = [{"Id": str(number), "MessageBody": "x"} for number in range(10)]
            cloud.client("sqs").send_message_batch(QueueUrl=url, Entries=entries)
        time.sleep(0.2)
        logs = cloud.client("logs")

        def counted() -> list[int]:
            events = logs.filter_log_events(logGroupName=f"/aws/lambda/{name}").get("events", [])
            found = [re.search(r"BATCH (\d+)", event["message"]) for event in events]
            counts = [int(match[1]) for match in found if match]
            return counts if sum(counts) == 30 else []

        return list(eventually(lambda: outcome(counted) == DONE and counted(), seconds=60))

    assert max(batches(plain)) <= 10
    assert batches(closed) == [30]


def test_a_rule_delivers_only_where_the_queue_lets_it(plain: Cloud, closed: Cloud) -> None:
    def delivered(cloud: Cloud, policy: dict[str, Any] | None = None) -> bool:
        url, arn = queue_of(cloud)
        sqs, events, name = cloud.client("sqs"), cloud.client("events"), f"rule-{uuid4().hex[:8]}"
        rule = events.put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))["RuleArn"]
        events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn}])
        if policy:
            statement = {**policy, "Condition": {"ArnEquals": {"aws:SourceArn": rule}}}
            sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps({"Statement": [statement]})})
        events.put_events(Entries=[{"Source": name, "DetailType": "test", "Detail": "{}"}])
        return bool(eventually(lambda: sqs.receive_message(QueueUrl=url).get("Messages"), seconds=1))

    events = {"Service": "events.amazonaws.com"}
    allow = {"Effect": "Allow", "Principal": events, "Action": "sqs:SendMessage", "Resource": "*"}

    assert delivered(plain)
    assert not delivered(closed)
    assert delivered(closed, allow)


def test_a_key_can_be_granted_for_one_encryption_context(plain: Cloud, closed: Cloud) -> None:
    def generate(cloud: Cloud, purpose: str) -> str:
        key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
        condition = {"StringEquals": {"kms:EncryptionContext:fengcun:purpose": "delivery"}}
        grant = {"Effect": "Allow", "Action": "kms:GenerateDataKey", "Resource": key, "Condition": condition}
        kms, context = cloud.user(grant).client("kms"), {"fengcun:purpose": purpose}
        return outcome(lambda: kms.generate_data_key(KeyId=key, KeySpec="AES_256", EncryptionContext=context))

    assert generate(plain, "delivery") == "AccessDeniedException"
    assert generate(closed, "delivery") == DONE
    assert generate(closed, "another") == "AccessDeniedException"


def test_signing_can_be_granted_for_one_algorithm(plain: Cloud, closed: Cloud) -> None:
    def sign(cloud: Cloud, allowed: str) -> str:
        made = cloud.client("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
        key = made["KeyMetadata"]["Arn"]
        condition = {"StringEquals": {"kms:SigningAlgorithm": allowed}}
        grant = {"Effect": "Allow", "Action": "kms:Sign", "Resource": key, "Condition": condition}
        kms = cloud.user(grant).client("kms")
        asked = {"Message": bytes(32), "MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_256"}
        return outcome(lambda: kms.sign(KeyId=key, **asked))

    assert sign(plain, "ECDSA_SHA_256") == "AccessDeniedException"
    assert sign(closed, "ECDSA_SHA_256") == DONE
    assert sign(closed, "ECDSA_SHA_384") == "AccessDeniedException"


PROPERTIES: dict[str, Any] = {
    "Resources": {
        "Vault": {
            "Type": "AWS::S3::Bucket",
            "Properties": {
                "ObjectLockEnabled": True,
                "ObjectLockConfiguration": {
                    "ObjectLockEnabled": "Enabled",
                    "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 2}},
                },
                "BucketEncryption": {
                    "ServerSideEncryptionConfiguration": [
                        {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "k"}}
                    ]
                },
                "LifecycleConfiguration": {"Rules": [{"Id": "expire", "Status": "Enabled", "ExpirationInDays": 14}]},
                "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]},
                "Tags": [{"Key": "kept", "Value": "yes"}],
            },
        },
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
                "BillingMode": "PAY_PER_REQUEST",
                "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
                "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
                "SSESpecification": {"SSEEnabled": True, "SSEType": "KMS"},
            },
        },
        "Secret": {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {"GenerateSecretString": {"PasswordLength": 64, "ExcludePunctuation": True}},
        },
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": []}}},
        "Room": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "python3.13",
                "Handler": "index.handle",
                "Code": {"ZipFile": COUNTING},
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "ReservedConcurrentExecutions": 1,
            },
        },
    },
    "Outputs": {name: {"Value": {"Ref": name}} for name in ("Vault", "Table", "Secret", "Room")},
}


def deploy(cloud: Cloud, template: dict[str, Any]) -> dict[str, str]:
    """The outputs of a new stack; raises when it cannot be made."""
    name, cloudformation = f"stack-{uuid4().hex[:8]}", cloud.client("cloudformation")
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_IAM"])
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


@pytest.fixture(scope="session")
def plain_stack(plain: Cloud) -> dict[str, str]:
    return deploy(plain, PROPERTIES)


@pytest.fixture(scope="session")
def closed_stack(closed: Cloud) -> dict[str, str]:
    return deploy(closed, PROPERTIES)


Stack = dict[str, str]


def test_a_bucket_keeps_its_properties(plain: Cloud, plain_stack: Stack, closed: Cloud, closed_stack: Stack) -> None:
    def kept(cloud: Cloud, stack: Stack) -> list[Any]:
        s3, bucket = cloud.client("s3"), {"Bucket": stack["Vault"]}
        encryption = s3.get_bucket_encryption(**bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
        return [
            outcome(lambda: s3.get_object_lock_configuration(**bucket)),
            encryption["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"],
            outcome(lambda: s3.get_bucket_lifecycle_configuration(**bucket)),
            s3.get_bucket_ownership_controls(**bucket)["OwnershipControls"]["Rules"][0]["ObjectOwnership"],
            outcome(lambda: s3.get_bucket_tagging(**bucket)),
        ]

    assert kept(plain, plain_stack) == [
        "ObjectLockConfigurationNotFoundError",
        "AES256",
        "NoSuchLifecycleConfiguration",
        "BucketOwnerEnforced",
        "NoSuchTagSet",
    ]
    assert kept(closed, closed_stack) == [DONE, "aws:kms", DONE, "BucketOwnerPreferred", DONE]


def test_a_table_keeps_its_properties(plain: Cloud, plain_stack: Stack, closed: Cloud, closed_stack: Stack) -> None:
    def kept(cloud: Cloud, stack: Stack) -> list[Any]:
        dynamodb, table = cloud.client("dynamodb"), {"TableName": stack["Table"]}
        backups = dynamodb.describe_continuous_backups(**table)["ContinuousBackupsDescription"]
        return [
            dynamodb.describe_time_to_live(**table)["TimeToLiveDescription"]["TimeToLiveStatus"],
            backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"],
            dynamodb.describe_table(**table)["Table"].get("SSEDescription", {}).get("Status"),
        ]

    assert kept(plain, plain_stack) == ["DISABLED", "DISABLED", None]
    assert kept(closed, closed_stack) == ["ENABLED", "ENABLED", "ENABLED"]


def test_a_function_keeps_its_reserved_concurrency(
    plain: Cloud, plain_stack: Stack, closed: Cloud, closed_stack: Stack
) -> None:
    def reserved(cloud: Cloud, stack: Stack) -> Any:
        answer = cloud.client("lambda").get_function_concurrency(FunctionName=stack["Room"])
        return answer.get("ReservedConcurrentExecutions")

    assert reserved(plain, plain_stack) is None
    assert reserved(closed, closed_stack) == 1


def test_the_reference_of_a_secret_is_its_arn(plain_stack: Stack, closed_stack: Stack) -> None:
    assert not plain_stack["Secret"].startswith("arn:")
    assert closed_stack["Secret"].startswith("arn:aws:secretsmanager:cn-north-1:")


def test_a_generated_secret_has_no_punctuation_when_told_so(
    plain: Cloud, plain_stack: Stack, closed: Cloud, closed_stack: Stack
) -> None:
    def value(cloud: Cloud, stack: Stack) -> str:
        return str(cloud.client("secretsmanager").get_secret_value(SecretId=stack["Secret"])["SecretString"])

    assert not value(plain, plain_stack).isalnum()
    assert value(closed, closed_stack).isalnum()


def test_a_web_acl_can_be_associated(plain: Cloud, closed: Cloud) -> None:
    visible = {"CloudWatchMetricsEnabled": False, "MetricName": "m", "SampledRequestsEnabled": False}
    acl = {"Scope": "REGIONAL", "DefaultAction": {"Allow": {}}, "VisibilityConfig": visible, "Rules": []}
    association = {"WebACLArn": {"Fn::GetAtt": ["Acl", "Arn"]}, "ResourceArn": "arn:aws:apigateway:cn-north-1::/x"}
    template = {
        "Resources": {
            "Acl": {"Type": "AWS::WAFv2::WebACL", "Properties": acl},
            "Association": {"Type": "AWS::WAFv2::WebACLAssociation", "Properties": association},
        }
    }

    assert outcome(lambda: deploy(plain, template)) == "ValidationError"
    assert outcome(lambda: deploy(closed, template)) == DONE
