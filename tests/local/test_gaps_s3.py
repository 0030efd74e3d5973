"""S3: each test fails once ministack closes the gap itself (`plain`), and shows that ours is closed (`closed`)."""

import io
from base64 import b64encode
from hashlib import sha256
from typing import Any

from tests.local.conftest import Cloud
from tests.local.probes import DONE, deny, eventually, lock, locked_bucket, outcome, until

DENIED = "AccessDenied"


def put_under_denial(cloud: Cloud, condition: dict[str, Any], **put: Any) -> str:
    bucket = locked_bucket(cloud.client("s3"))
    deny(cloud.client("s3"), bucket, "s3:PutObject", condition)
    someone = cloud.user().client("s3")
    return outcome(lambda: someone.put_object(Bucket=bucket, Key="k", Body=b"x", **put))


def test_a_write_without_a_lock_can_be_told_from_one_with_a_lock(plain: Cloud, closed: Cloud) -> None:
    unlocked = {"Null": {"s3:object-lock-mode": "true"}}

    assert put_under_denial(plain, unlocked, **lock()) == DENIED
    assert put_under_denial(closed, unlocked, **lock()) == DONE
    assert put_under_denial(closed, unlocked) == DENIED


def test_a_write_can_be_refused_for_the_days_it_asks_for(plain: Cloud, closed: Cloud) -> None:
    short = {"NumericLessThan": {"s3:object-lock-remaining-retention-days": "3"}}

    assert put_under_denial(plain, short, **lock(days=1)) == DONE
    assert put_under_denial(closed, short, **lock(days=1)) == DENIED
    assert put_under_denial(closed, short, **lock(days=3.01)) == DONE


def test_a_write_that_could_replace_can_be_refused(plain: Cloud, closed: Cloud) -> None:
    unconditional = {"Null": {"s3:if-none-match": "true"}, "Bool": {"s3:ObjectCreationOperation": "true"}}

    assert put_under_denial(plain, unconditional) == DONE
    assert put_under_denial(closed, unconditional) == DENIED
    assert put_under_denial(closed, unconditional, IfNoneMatch="*") == DONE


def test_a_change_of_retention_can_be_refused_for_its_mode(plain: Cloud, closed: Cloud) -> None:
    def change(cloud: Cloud) -> str:
        s3 = cloud.client("s3")
        bucket = locked_bucket(s3)
        s3.put_object(Bucket=bucket, Key="k", Body=b"x")
        deny(s3, bucket, "s3:PutObjectRetention", {"StringEquals": {"s3:object-lock-mode": "GOVERNANCE"}})
        retention = {"Mode": "GOVERNANCE", "RetainUntilDate": until(3)}
        someone = cloud.user().client("s3")
        return outcome(lambda: someone.put_object_retention(Bucket=bucket, Key="k", Retention=retention))

    assert change(plain) == DONE
    assert change(closed) == DENIED


def test_a_write_that_brings_a_lock_needs_the_right_to_lock(plain: Cloud, closed: Cloud) -> None:
    def put(cloud: Cloud, *actions: str) -> str:
        bucket = locked_bucket(cloud.client("s3"))
        someone = cloud.user({"Effect": "Allow", "Action": list(actions), "Resource": "*"}).client("s3")
        return outcome(lambda: someone.put_object(Bucket=bucket, Key="k", Body=b"x", **lock()))

    assert put(plain, "s3:PutObject") == DONE
    assert put(closed, "s3:PutObject") == DENIED
    assert put(closed, "s3:PutObject", "s3:PutObjectRetention") == DONE


def test_the_right_to_lock_is_checked_with_the_lock_asked_for(closed: Cloud) -> None:
    s3 = closed.client("s3")
    bucket = locked_bucket(s3)
    deny(s3, bucket, "s3:PutObjectRetention", {"StringNotEquals": {"s3:object-lock-mode": "COMPLIANCE"}})
    someone = closed.user().client("s3")

    assert outcome(lambda: someone.put_object(Bucket=bucket, Key="k", Body=b"x", **lock())) == DONE
    assert outcome(lambda: someone.put_object(Bucket=bucket, Key="k", Body=b"x", **lock(mode="GOVERNANCE"))) == DENIED


def test_half_a_lock_or_a_past_one_is_refused(plain: Cloud, closed: Cloud) -> None:
    def put(cloud: Cloud, **fields: Any) -> str:
        s3 = cloud.client("s3")
        bucket = locked_bucket(s3)
        return outcome(lambda: s3.put_object(Bucket=bucket, Key="k", Body=b"x", **fields))

    assert [put(plain, ObjectLockMode="COMPLIANCE"), put(plain, **lock(days=-1))] == [DONE, DONE]
    assert [put(closed, ObjectLockMode="COMPLIANCE"), put(closed, **lock(days=-1))] == ["InvalidArgument"] * 2


def test_a_running_lock_cannot_be_taken_away_by_an_empty_retention(plain: Cloud, closed: Cloud) -> None:
    def take_away(cloud: Cloud, *, mode: str, bypass: bool) -> str:
        s3 = cloud.client("s3")
        bucket = locked_bucket(s3)
        s3.put_object(Bucket=bucket, Key="k", Body=b"x", **lock(mode=mode))
        empty: dict[str, Any] = {"Bucket": bucket, "Key": "k", "Retention": {}, "BypassGovernanceRetention": bypass}
        return outcome(lambda: s3.put_object_retention(**empty))

    assert take_away(plain, mode="COMPLIANCE", bypass=False) == "MalformedXML"
    assert take_away(closed, mode="COMPLIANCE", bypass=True) == DENIED
    assert take_away(closed, mode="GOVERNANCE", bypass=False) == DENIED
    assert take_away(closed, mode="GOVERNANCE", bypass=True) == DONE


def test_versioning_stays_on_under_object_lock(plain: Cloud, closed: Cloud) -> None:
    def suspend(cloud: Cloud) -> str:
        s3 = cloud.client("s3")
        bucket = locked_bucket(s3)
        off = {"Status": "Suspended"}
        return outcome(lambda: s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=off))

    assert suspend(plain) == DONE
    assert suspend(closed) == "InvalidBucketState"


def test_a_multipart_upload_is_locked(plain: Cloud, closed: Cloud) -> None:
    def upload_and_delete(cloud: Cloud) -> str:
        s3 = cloud.client("s3")
        bucket = locked_bucket(s3)
        body = io.BytesIO(bytes(9 * 1024 * 1024))  # boto3 splits from 8 MiB on
        s3.upload_fileobj(body, bucket, "k", ExtraArgs=lock())
        version = s3.head_object(Bucket=bucket, Key="k")["VersionId"]
        return outcome(lambda: s3.delete_object(Bucket=bucket, Key="k", VersionId=version))

    assert upload_and_delete(plain) == DONE
    assert upload_and_delete(closed) == DENIED


def test_a_copy_has_its_own_lock(plain: Cloud, closed: Cloud) -> None:
    def lock_of_copy(cloud: Cloud) -> str | None:
        s3 = cloud.client("s3")
        bucket = locked_bucket(s3)
        s3.put_object(Bucket=bucket, Key="k", Body=b"x", **lock(mode="COMPLIANCE"))
        s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/k", **lock(mode="GOVERNANCE"))
        mode: str | None = s3.head_object(Bucket=bucket, Key="copy").get("ObjectLockMode")
        return mode

    assert lock_of_copy(plain) == "COMPLIANCE"
    assert lock_of_copy(closed) == "GOVERNANCE"


def test_the_answer_says_that_the_bucket_key_was_used(plain: Cloud, closed: Cloud) -> None:
    def bucket_key(cloud: Cloud) -> list[bool | None]:
        s3 = cloud.client("s3")
        bucket = locked_bucket(s3)
        key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
        sse = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key, "BucketKeyEnabled": True}
        put = s3.put_object(Bucket=bucket, Key="k", Body=b"x", **sse)
        return [answer.get("BucketKeyEnabled") for answer in (put, s3.head_object(Bucket=bucket, Key="k"))]

    assert bucket_key(plain) == [None, None]
    assert bucket_key(closed) == [True, True]


def test_what_a_key_encrypts_needs_that_key(plain: Cloud, closed: Cloud) -> None:
    def use(cloud: Cloud, *kms_actions: str, of: str = "*") -> list[str]:
        bucket = locked_bucket(cloud.client("s3"))
        key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
        context = {"StringLike": {"kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{bucket}{of}"}}
        someone = cloud.user(
            {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
            {"Effect": "Allow", "Action": ["kms:None", *kms_actions], "Resource": key, "Condition": context},
        ).client("s3")
        sse = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}
        cloud.client("s3").put_object(Bucket=bucket, Key="there", Body=b"x", **sse)
        return [
            outcome(lambda: someone.put_object(Bucket=bucket, Key="k", Body=b"x", **sse)),
            outcome(lambda: someone.get_object(Bucket=bucket, Key="there")),
        ]

    assert use(plain) == [DONE, DONE]
    assert use(closed) == [DENIED, DENIED]
    assert use(closed, "kms:GenerateDataKey") == [DONE, DENIED]
    assert use(closed, "kms:Decrypt", "kms:GenerateDataKey") == [DONE, DONE]
    assert use(closed, "kms:Decrypt", of="/elsewhere") == [DENIED, DENIED]


def test_the_answer_to_a_write_gives_its_checksum(plain: Cloud, closed: Cloud) -> None:
    def checksum(cloud: Cloud) -> str | None:
        s3 = cloud.client("s3")
        answer = s3.put_object(Bucket=locked_bucket(s3), Key="k", Body=b"x", ChecksumAlgorithm="SHA256")
        value: str | None = answer.get("ChecksumSHA256")
        return value

    assert checksum(plain) is None
    assert checksum(closed) == b64encode(sha256(b"x").digest()).decode()


def test_a_part_of_a_named_version_can_be_read(plain: Cloud, closed: Cloud) -> None:
    def part(cloud: Cloud, span: str) -> tuple[bytes, str | None]:
        s3 = cloud.client("s3")
        bucket = locked_bucket(s3)
        version = s3.put_object(Bucket=bucket, Key="k", Body=b"abcdef")["VersionId"]
        answer = s3.get_object(Bucket=bucket, Key="k", VersionId=version, Range=span)
        return answer["Body"].read(), answer.get("ContentRange")

    assert part(plain, "bytes=2-3") == (b"abcdef", None)
    assert part(closed, "bytes=2-3") == (b"cd", "bytes 2-3/6")
    assert part(closed, "bytes=-2") == (b"ef", "bytes 4-5/6")
    assert outcome(lambda: part(closed, "bytes=9-")) == "InvalidRange"


def test_the_event_of_a_write_names_its_version(plain: Cloud, closed: Cloud) -> None:
    def version_in_event(cloud: Cloud) -> bool:
        s3, sqs, events = (cloud.client(service) for service in ("s3", "sqs", "events"))
        bucket = locked_bucket(s3)
        s3.put_bucket_notification_configuration(
            Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}}
        )
        queue = sqs.create_queue(QueueName=bucket)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        anyone = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}]}'
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": anyone})
        events.put_rule(
            Name=bucket, EventPattern=f'{{"source": ["aws.s3"], "detail": {{"bucket": {{"name": ["{bucket}"]}}}}}}'
        )
        events.put_targets(Rule=bucket, Targets=[{"Id": "queue", "Arn": arn}])
        version = s3.put_object(Bucket=bucket, Key="k", Body=b"x")["VersionId"]
        (message,) = eventually(lambda: sqs.receive_message(QueueUrl=queue).get("Messages"))
        return f'"version-id": "{version}"' in message["Body"]

    assert not version_in_event(plain)
    assert version_in_event(closed)
