"""What the tables rest on, asserted on Amazon's own engine: conditions, idempotent batches, order, pages."""

import random
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from tests.engines.resources import Tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import WriteRequestTypeDef

CLAIMANTS = 16
MOST_IN_A_BATCH = 25  # BatchWriteItem
PAGE_BYTES = 1_000_000  # of a Query; AWS says 1 MB


def posting(token: bytes, at: str, rows: bytes = b"rows") -> "WriteRequestTypeDef":
    return {"PutRequest": {"Item": {"token": {"B": token}, "at": {"S": at}, "rows": {"B": rows}}}}


def days(token: bytes, count: int, rows: bytes = b"rows") -> "list[WriteRequestTypeDef]":
    return [posting(token, f"2026-11-{day:02}/segment", rows) for day in range(1, count + 1)]


def stored(dynamodb: "DynamoDBClient", tables: Tables, token: bytes) -> list[dict[str, object]]:
    """Every posting of the token, in the order of the table."""
    pages = dynamodb.get_paginator("query").paginate(
        TableName=tables.postings,
        KeyConditionExpression="#t = :t",
        ExpressionAttributeNames={"#t": "token"},
        ExpressionAttributeValues={":t": {"B": token}},
    )
    return [dict(item) for page in pages for item in page["Items"]]


def test_of_many_claims_to_one_delivery_exactly_one_wins_and_the_others_see_it(
    local_dynamodb: "DynamoDBClient", local_tables: Tables, token: bytes
) -> None:
    def claim(claimant: int) -> tuple[int, str | None]:
        """Who claims, and whose claim it finds."""
        try:
            local_dynamodb.put_item(
                TableName=local_tables.deliveries,
                Item={"claim": {"B": token}, "delivery_id": {"S": str(claimant)}},
                ConditionExpression="attribute_not_exists(claim)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            return claimant, error.response["Item"]["delivery_id"]["S"]  # type: ignore[typeddict-item]  # asked for
        return claimant, None

    with ThreadPoolExecutor(CLAIMANTS) as pool:
        answers = list(pool.map(claim, range(CLAIMANTS)))

    winners = [str(claimant) for claimant, found in answers if found is None]
    assert len(winners) == 1
    assert {found for _, found in answers if found is not None} == set(winners)


def test_writing_a_batch_of_postings_again_changes_nothing(
    local_dynamodb: "DynamoDBClient", local_tables: Tables, token: bytes
) -> None:
    batch = days(token, MOST_IN_A_BATCH)

    once = local_dynamodb.batch_write_item(RequestItems={local_tables.postings: batch})
    first = stored(local_dynamodb, local_tables, token)
    again = local_dynamodb.batch_write_item(RequestItems={local_tables.postings: batch})

    assert once["UnprocessedItems"] == again["UnprocessedItems"] == {}
    assert len(first) == MOST_IN_A_BATCH
    assert stored(local_dynamodb, local_tables, token) == first


def test_a_batch_of_more_than_twenty_five_is_refused_whole(
    local_dynamodb: "DynamoDBClient", local_tables: Tables, token: bytes
) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        local_dynamodb.batch_write_item(RequestItems={local_tables.postings: days(token, MOST_IN_A_BATCH + 1)})

    assert stored(local_dynamodb, local_tables, token) == []


def test_a_batch_that_names_one_posting_twice_is_refused_whole(
    local_dynamodb: "DynamoDBClient", local_tables: Tables, token: bytes
) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        local_dynamodb.batch_write_item(RequestItems={local_tables.postings: days(token, 1) * 2})

    assert stored(local_dynamodb, local_tables, token) == []


def test_postings_come_back_in_the_order_of_their_days(
    local_dynamodb: "DynamoDBClient", local_tables: Tables, token: bytes
) -> None:
    batch = days(token, MOST_IN_A_BATCH)
    random.Random(0).shuffle(batch)  # any order but the right one

    local_dynamodb.batch_write_item(RequestItems={local_tables.postings: batch})

    found = [item["at"] for item in stored(local_dynamodb, local_tables, token)]
    assert found == [{"S": f"2026-11-{day:02}/segment"} for day in range(1, MOST_IN_A_BATCH + 1)]


def test_tokens_are_told_apart_to_the_last_bit_and_may_hold_any_byte(
    local_dynamodb: "DynamoDBClient", local_tables: Tables
) -> None:
    tokens = [bytes(16), bytes(15) + b"\x01", b"\x80" + bytes(15), b"\xff" * 16]

    local_dynamodb.batch_write_item(
        RequestItems={local_tables.postings: [posting(token, "2026-11-22/segment", token) for token in tokens]}
    )

    for token in tokens:
        assert [item["rows"] for item in stored(local_dynamodb, local_tables, token)] == [{"B": token}]


def test_a_day_is_found_by_its_prefix_alone(
    local_dynamodb: "DynamoDBClient", local_tables: Tables, token: bytes
) -> None:
    wanted = [f"2026-11-22/{segment}" for segment in ("a", "b")]
    others = ["2026-11-21/a", "2026-11-23/a", "2026-11-2"]
    local_dynamodb.batch_write_item(
        RequestItems={local_tables.postings: [posting(token, at) for at in [*others, *wanted]]}
    )

    found = local_dynamodb.query(
        TableName=local_tables.postings,
        KeyConditionExpression="#t = :t AND begins_with(#a, :day)",
        ExpressionAttributeNames={"#t": "token", "#a": "at"},
        ExpressionAttributeValues={":t": {"B": token}, ":day": {"S": "2026-11-22/"}},
        ConsistentRead=True,
    )

    assert [item["at"]["S"] for item in found["Items"]] == wanted


def test_a_query_larger_than_a_page_is_whole_only_when_every_page_is_read(
    local_dynamodb: "DynamoDBClient", local_tables: Tables, token: bytes
) -> None:
    rows = bytes(300_000)
    for request in days(token, 5, rows):
        local_dynamodb.batch_write_item(RequestItems={local_tables.postings: [request]})

    first = local_dynamodb.query(
        TableName=local_tables.postings,
        KeyConditionExpression="#t = :t",
        ExpressionAttributeNames={"#t": "token"},
        ExpressionAttributeValues={":t": {"B": token}},
    )

    assert "LastEvaluatedKey" in first
    assert len(first["Items"]) * len(rows) < PAGE_BYTES + len(rows)
    assert len(stored(local_dynamodb, local_tables, token)) == 5
