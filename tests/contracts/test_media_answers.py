"""What the rooms make of DynamoDB's and S3's refusals where files are concerned: each means one thing, or stands."""

from collections.abc import Callable
from datetime import UTC, datetime

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from functions.archive.aws_media import MediaTable, S3Locks
from functions.archive.media import Standing
from functions.errors import TryLater
from functions.law.locks import Lock

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LOCK = Lock("COMPLIANCE", NOW)
WRITES: dict[str, Callable[[MediaTable], object]] = {
    "forget": lambda table: table.forget(b"m", "aa"),
    "miss": lambda table: table.miss(b"m", now=NOW),
    "mismatch": lambda table: table.mismatch(b"m", now=NOW),
    "retire": lambda table: table.retire(b"m", Standing(), now=NOW),
    "seal": lambda table: table.seal(b"m", generation=0, now=NOW),
}


@pytest.mark.parametrize("write", list(WRITES))
@pytest.mark.parametrize(
    ("code", "raised"), [("AccessDeniedException", ClientError), ("ThrottlingException", TryLater)]
)
def test_a_write_that_is_refused_is_not_taken_for_done(
    session: boto3.Session, write: str, code: str, raised: type[Exception]
) -> None:
    dynamodb = session.client("dynamodb")
    with Stubber(dynamodb) as answers:
        answers.add_client_error("update_item", code)

        with pytest.raises(raised):
            WRITES[write](MediaTable(dynamodb, "media"))


def test_a_lock_that_may_not_be_put_is_told_apart_from_one_that_cannot_be(session: boto3.Session) -> None:
    s3 = session.client("s3")
    with Stubber(s3) as answers:
        for code in ("AccessDenied", "SlowDown", "InvalidRequest"):
            answers.add_client_error("put_object_retention", code)

        assert S3Locks(s3, "vault").put_lock("k", LOCK) is False
        with pytest.raises(TryLater):
            S3Locks(s3, "vault").put_lock("k", LOCK)
        with pytest.raises(ClientError):
            S3Locks(s3, "vault").put_lock("k", LOCK)


def test_a_lock_that_cannot_be_seen_is_not_taken_for_none(session: boto3.Session) -> None:
    s3 = session.client("s3")
    with Stubber(s3) as answers:
        answers.add_client_error("get_object_retention", "InvalidRequest")
        answers.add_response("get_object_retention", {"Retention": {}})

        with pytest.raises(ClientError):
            S3Locks(s3, "vault").lock_of("k")
        assert S3Locks(s3, "vault").lock_of("k") is None
