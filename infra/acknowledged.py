"""Every finding of the gates that stays: where, which, why, and what protects us instead."""

from collections.abc import Iterator

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from constructs import IConstruct

from infra.acknowledged_people import claims_of_deciding, claims_of_people
from infra.acknowledged_pull import claims_of_pull
from infra.claim import NIST, SOLUTIONS, Claim, inline, wildcard
from infra.constructs.door import Door
from infra.constructs.room_function import RoomFunction
from infra.flow_stack import FlowStack
from infra.records_stack import RecordsStack


def acknowledge(records: RecordsStack, flow: FlowStack) -> None:
    for claim in claims(records, flow):
        cdk.Validations.of(claim.where).acknowledge(cdk.Acknowledgment(id=claim.finding, reason=claim.reason))


def claims(records: RecordsStack, flow: FlowStack) -> Iterator[Claim]:
    yield from _buckets(records)
    yield from _tables(records)
    yield from _secrets(records)
    yield from _wildcards(records, flow)
    for room in flow.rooms:
        yield from _function(room)
        yield from _log(room.log_group)
    yield from _door(flow.door)
    yield from _methods(flow.door)
    yield from _messages(flow)
    yield from claims_of_people(flow.people)
    yield from claims_of_deciding(records, flow.office, flow.custody)
    if flow.pull is not None:
        yield from claims_of_pull(records, flow.pull)


def _buckets(records: RecordsStack) -> Iterator[Claim]:
    for bucket in records.buckets:
        yield Claim(
            where=bucket,
            finding=f"{NIST}-S3BucketReplicationEnabled",
            reason="S3 keeps every object in three zones, and versions cannot be lost to a delete. A copy in the other"
            " region is a second archive with its own keys and its own lock, which the firm has to decide on.",
        )
    yield Claim(
        where=records.access_logs,
        finding=f"{NIST}-S3DefaultEncryptionKMS",
        reason="S3 delivers access logs only into buckets under its own key (SSE-S3). They name objects, not people,"
        " and the bucket is private, versioned and TLS only.",
    )


def _tables(records: RecordsStack) -> Iterator[Claim]:
    for table in records.tables:
        yield Claim(
            where=table,
            finding=f"{NIST}-DynamoDBInBackupPlan",
            reason="Most tables are copies: the vault gives the index, the wishes for files, acts and the ledger of"
            " consent again, scopes are counted again, and custodians come from a file. Exports names what acts"
            " approved. Held leads to what waits in S3; Tombstones and Counters"
            " are counts. Point-in-time recovery and deletion protection are on.",
        )


def _secrets(records: RecordsStack) -> Iterator[Claim]:
    for pack, rule in ((SOLUTIONS, "SMG4"), (NIST, "SecretsManagerRotationEnabled")):
        yield Claim(
            where=records.endpoints_secret,
            finding=f"{pack}-{rule}",
            reason="It holds what gateways and WeCom chose together with the firm; nobody can turn one side alone."
            " `fengcun config apply` does it, and each endpoint may have an old and a new secret at once.",
        )
        yield Claim(
            where=records.index_secret,
            finding=f"{pack}-{rule}",
            reason="Every token in the index is an HMAC under this key: a new key means rebuilding the index. It"
            " never leaves the rooms that name it in their role.",
        )


def _wildcards(records: RecordsStack, flow: FlowStack) -> Iterator[Claim]:
    writes = "Object names are made while running; the prefix is the narrowest thing there is."
    reads = "The role reads what was archived, whatever its name; the prefix is the narrowest thing there is."
    grants: list[tuple[RoomFunction, s3.IBucket, str, str]] = [
        (flow.intake, records.intake, "deliveries/*", writes),
        (flow.intake, records.intake, "uploads/*", writes),
        (flow.intake, records.vault, "media/*", reads),
        (flow.media, records.intake, "uploads/*", reads),
        (flow.media, records.vault, "media/*", writes),
        (flow.media, records.keyring, "keyrings/*", writes),
        (flow.archive, records.intake, "deliveries/*", reads),
        (flow.archive, records.vault, "segments/*", writes),
        (flow.archive, records.vault, "dictionaries/*", writes),
        (flow.archive, records.vault, "media/*", "It extends locks of files, and may neither read nor write them."),
        (flow.archive, records.keyring, "keyrings/*", writes),
        (flow.archive, records.quarantine, "*", writes),
        (flow.archive, records.intake, "held/*", "Of what it holds back itself: it puts, reads and removes it."),
        (flow.index, records.vault, "segments/*", reads),
        (flow.completeness, records.intake, "deliveries/*", writes),
        (flow.retrieval, records.vault, "segments/*", reads),
        (flow.retrieval, records.vault, "media/*", reads),
        (flow.retrieval, records.vault, "dictionaries/*", reads),
        (flow.retrieval, records.keyring, "keyrings/*", reads),
        *((room, records.intake, "deliveries/*", writes) for room in (flow.disposition, flow.erasure, flow.border)),
        *((room, records.vault, "segments/*", reads) for room in (flow.disposition, flow.erasure, flow.border)),
        *((room, records.vault, "media/*", reads) for room in (flow.disposition, flow.erasure)),
        (flow.border, records.vault, "dictionaries/*", reads),
        (flow.border, records.keyring, "keyrings/*", reads),
        (flow.disposition, records.keyring, "keyrings/*", "It holds and extends, and may neither read nor write them."),
        (
            flow.erasure,
            records.keyring,
            "keyrings/*",
            "Any keyring may hold the salt; the bucket's policy is the fence.",
        ),
    ]
    for room, bucket, keys, reason in grants:
        yield Claim(where=room.permissions, finding=wildcard(records, bucket, keys), reason=reason)
    for room in flow.rooms:
        yield inline(room.permissions)
    for clocked in (flow.completeness, flow.office):
        yield inline(clocked.scheduler)


def _function(room: RoomFunction) -> Iterator[Claim]:
    yield Claim(
        where=room.function,
        finding=f"{SOLUTIONS}-L1",
        reason="Runtimes come later to China. python3.13 is there in both regions; moving on is one line.",
    )
    yield Claim(
        where=room.function,
        finding=f"{NIST}-LambdaConcurrency",
        reason="Reserving takes from the account's one pool, which is small in new accounts, and starves others."
        " Queue-driven rooms are capped by their event source, the others by the API's throttle.",
    )
    yield Claim(
        where=room.function,
        finding=f"{NIST}-LambdaDLQ",
        reason="A queue keeps its own failures, and an HTTP caller gets the error. What the schedule calls begins where"
        " the last run ended, and twelve hours without one raise an alarm.",
    )
    if room.inside:
        yield Claim(
            where=room.permissions,
            finding=f"{SOLUTIONS}-IAM5[Resource::*]",
            reason="Lambda joins a VPC with the function's own role and asks for these rights on every interface; they"
            " move network interfaces, and open nothing.",
        )
    else:
        yield Claim(
            where=room.function,
            finding=f"{NIST}-LambdaInsideVPC",
            reason="It speaks to AWS APIs alone, over TLS and signed. Inside a VPC it would need an endpoint for each"
            " of them and gain a network to guard; each bucket, key and table refuses other principals as it is.",
        )


def _log(log_group: IConstruct) -> Iterator[Claim]:
    yield Claim(
        where=log_group,
        finding=f"{NIST}-CloudWatchLogGroupEncrypted",
        reason="Logs hold identifiers, counts and outcomes, never content (a test greps them for planted text), and"
        " are encrypted with a key of AWS. Our own key would have to let the log service in, and it lets in nobody.",
    )


def _door(door: Door) -> Iterator[Claim]:
    yield from _log(door.access_log)
    for pack, rule in ((SOLUTIONS, "APIG6"), (NIST, "APIGWExecutionLoggingEnabled")):
        yield Claim(
            where=door.api.deployment_stage,
            finding=f"{pack}-{rule}",
            reason="Execution logs write headers, and so the senders' signatures. The access log has every request.",
        )
    yield Claim(
        where=door.api.deployment_stage,
        finding=f"{NIST}-APIGWCacheEnabledAndEncrypted",
        reason="A cache would keep opened records outside the vault.",
    )
    yield Claim(
        where=door.api.deployment_stage,
        finding=f"{NIST}-APIGWSSLEnabled",
        reason="A client certificate is for HTTP backends. This one is Lambda, which lets in this API alone.",
    )
    yield Claim(
        where=door.api,
        finding=f"{SOLUTIONS}-APIG2",
        reason="Bodies are signed byte for byte and answered with a JSON pointer per bad field; the handler does both.",
    )
    yield Claim(
        where=door.wall,
        finding=f"{NIST}-WAFv2LoggingEnabled",
        reason="Its log holds all headers, so the senders' signatures. Blocked requests are counted by its metric.",
    )
    yield Claim(
        where=door.log_role,
        finding=f"{SOLUTIONS}-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
        "AmazonAPIGatewayPushToCloudWatchLogs]",
        reason="The role is the account's own for API Gateway, shared by all its APIs; it only writes logs.",
    )


def _methods(door: Door) -> Iterator[Claim]:
    for method in door.methods:
        yield Claim(
            where=method,
            finding=f"{SOLUTIONS}-COG4",
            reason="AWS China has no Cognito user pools. Callers sign with IAM credentials.",
        )
    for method in door.open_methods:
        yield Claim(
            where=method,
            finding=f"{SOLUTIONS}-APIG4",
            reason="WeChat and gateways outside AWS cannot sign for IAM. The handler demands the sender's own signature"
            " (Standard Webhooks, WeChat's msg_signature) before anything else; only `icp: true` opens these.",
        )


def _messages(flow: FlowStack) -> Iterator[Claim]:
    for queue in (flow.undelivered, flow.untold):
        yield Claim(
            where=queue,
            finding=f"{SOLUTIONS}-SQS3",
            reason="It is a failure queue, of an EventBridge rule; the check only knows those of queues.",
        )
    yield Claim(
        where=flow.alarms.topic,
        finding=f"{NIST}-SNSEncryptedKMS",
        reason="A notice holds the name of an alarm and a number. Our own key would have to let CloudWatch in, and it"
        " lets in nobody.",
    )
