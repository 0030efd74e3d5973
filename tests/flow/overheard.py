"""Captures that do not go straight to the vault, and what the archive room tells through the bus."""

import json
from typing import Any

from tests.aws import client
from tests.make import make_event


def set_aside(data: dict[str, Any], canaries: dict[str, str]) -> list[dict[str, Any]]:
    """A suspected secret, a private conversation, an answer, and what somebody has to be asked about."""
    asked = {"type": "text", "text": "银行卡6222021234567890128"}
    answer = {"person": {"id": canaries["consenting"]}, "state": "granted", "purpose": "archive"}
    return [
        make_event(id="secret", data=data | {"content": {"type": "text", "text": canaries["secret text"]}}),
        make_event(
            id="private",
            data=data
            | {
                "conversation": {"id": canaries["conversation"], "private": True},
                "content": {"type": "text", "text": canaries["private text"]},
            },
        ),
        make_event(id="answer", type="cn.wechat.consent", data=answer),
        make_event(id="asked", data=data | {"sender": {"id": canaries["consenting"]}, "content": asked}),
    ]


def overhear() -> str:
    """A queue of everything that the archive room tells through the bus."""
    sqs, events = client("sqs"), client("events")
    url = sqs.create_queue(QueueName="listener")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="told", EventPattern=json.dumps({"source": ["fengcun.archive"]}))
    events.put_targets(Rule="told", Targets=[{"Id": "1", "Arn": arn}])
    return str(url)


def heard(url: str) -> bytes:
    found = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return repr([one["Body"] for one in found]).encode()
