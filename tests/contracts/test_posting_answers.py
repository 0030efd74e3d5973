"""What the index room makes of a batch that DynamoDB took only in part."""

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber

from functions.errors import TryLater
from functions.index.aws import ATTEMPTS, PostingTable
from tests.contracts.test_postings import make_posting

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TOKEN = bytes(16)
LEFT: dict[str, Any] = {
    "UnprocessedItems": {"postings": [{"PutRequest": {"Item": {"token": {"B": TOKEN}, "at": {"S": "2026-11-22/b"}}}}]}
}
DONE: dict[str, Any] = {"UnprocessedItems": {}}


@pytest.fixture
def dynamodb(session: boto3.Session) -> "DynamoDBClient":
    return session.client("dynamodb")


def test_what_dynamodb_left_is_sent_again_alone_after_a_pause(dynamodb: "DynamoDBClient") -> None:
    pauses: list[float] = []
    table = PostingTable(dynamodb, "postings", pauses.append)

    with Stubber(dynamodb) as answers:
        answers.add_response("batch_write_item", LEFT)
        answers.add_response("batch_write_item", DONE, {"RequestItems": LEFT["UnprocessedItems"]})

        assert table.put([make_posting(TOKEN, segment_id="a"), make_posting(TOKEN, segment_id="b")]) == 2
        answers.assert_no_pending_responses()
    assert len(pauses) == 1


def test_what_dynamodb_leaves_again_and_again_is_tried_later_with_longer_pauses(dynamodb: "DynamoDBClient") -> None:
    pauses: list[float] = []
    table = PostingTable(dynamodb, "postings", pauses.append)

    with Stubber(dynamodb) as answers:
        for _ in range(ATTEMPTS):
            answers.add_response("batch_write_item", LEFT)
        with pytest.raises(TryLater, match="1 postings unwritten"):
            table.put([make_posting(TOKEN)])

    assert pauses == sorted(set(pauses))
