"""What every adapter makes of a bad day of AWS: busy is TryLater, and what nobody foresaw stays what it is."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from functions.archive.aws import (
    CustodianTable,
    KmsSegmentKeys,
    KmsUnwrap as DeliveryUnwrap,
    S3Lockbox,
    S3Parcels,
    S3Quarantine,
    SequenceTable as AddingTable,
)
from functions.completeness.aws import (
    KmsSigner,
    PostingTable as CountingTable,
    ReportTable,
    SequenceTable,
    TombstoneTable as CountingStones,
)
from functions.custody.aws import HeldTable, S3Quarantine as S3Suspects, StateTable as CustodyStates
from functions.disposition.aws import ActTable as Approvals, HoldTable
from functions.errors import TryLater
from functions.index.aws import PostingTable as WritingTable, S3Segments
from functions.intake.accept import Claim
from functions.intake.aws import (
    ClaimTable,
    EndpointsSecret,
    GenerationTable,
    KmsDataKeys,
    S3ParcelStore,
    S3Shelf,
    SqsQueue,
)
from functions.law.locks import Lock
from functions.law.states import State as RecordState
from functions.media.aws import S3Upload, S3Uploads
from functions.media.receive import Arrival
from functions.office.act import State
from functions.office.aws import ActTable, KmsActKeys, SqsOrders, StateTable as OfficeStates
from functions.retrieval.aws import KmsUnwrap as SegmentUnwrap, PostingTable as QueryingTable, S3Bucket
from tests.contracts.test_acts import make_act
from tests.contracts.test_disposition import PERSON as HOLD
from tests.contracts.test_postings import make_posting
from tests.contracts.test_sequences import make_mark
from tests.engines.process import LOOPBACK, free_ports

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
LOCK = Lock("COMPLIANCE", datetime(2046, 11, 22, tzinfo=UTC))
ARRIVAL = Arrival(key="uploads/0", version_id="v", media_id="0")
CLAIM = Claim(body=b"keyed hash", delivery_id="delivery-1", received_at=NOW, queued=False)
QUEUE = "https://queue.example/capture"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing an adapter does: the service and the operation it starts with, and the call."""

    service: str
    operation: str
    run: Callable[[Any], object]


def reports(dynamodb: Any) -> ReportTable:
    return ReportTable(dynamodb, "table", lambda _: bytes(32))


ACTS = {
    "archive locks a segment": Act(
        service="s3",
        operation="put_object",
        run=lambda s3: S3Lockbox(s3, "vault", "key").put_once("k", b"1", lock=LOCK),
    ),
    "media asks for a lock": Act(
        service="s3",
        operation="get_object_retention",
        run=lambda s3: S3Lockbox(s3, "vault", "key").is_locked("k"),
    ),
    "media finds an upload": Act(
        service="s3",
        operation="head_object",
        run=lambda s3: S3Uploads(s3, "intake").find(ARRIVAL),
    ),
    "media reads an upload": Act(
        service="s3",
        operation="get_object",
        run=lambda s3: S3Upload(s3, "intake", ARRIVAL).read(start=0, length=1),
    ),
    "media removes an upload": Act(
        service="s3", operation="delete_object", run=lambda s3: S3Uploads(s3, "intake").remove(ARRIVAL)
    ),
    "intake asks for a lock": Act(
        service="s3",
        operation="get_object_retention",
        run=lambda s3: S3Shelf(s3, "vault").holds("k"),
    ),
    "intake asks which generation counts": Act(
        service="dynamodb",
        operation="get_item",
        run=lambda dynamodb: GenerationTable(dynamodb, "media").of("ab"),
    ),
    "intake says that a file is here": Act(
        service="dynamodb",
        operation="update_item",
        run=lambda dynamodb: GenerationTable(dynamodb, "media").touch("ab", 0, now=NOW),
    ),
    "retrieval asks for a lock": Act(
        service="s3",
        operation="get_object_retention",
        run=lambda s3: S3Bucket(s3, "vault").holds("k"),
    ),
    "archive gets a parcel": Act(service="s3", operation="get_object", run=lambda s3: S3Parcels(s3, "intake").get("k")),
    "archive quarantines": Act(
        service="s3",
        operation="put_object",
        run=lambda s3: S3Quarantine(s3, "quarantine", "key").put("k", b"1", reason="why"),
    ),
    "archive makes a key": Act(
        service="kms", operation="generate_data_key", run=lambda kms: KmsSegmentKeys(kms, "key").generate({})
    ),
    "archive opens a key": Act(
        service="kms", operation="decrypt", run=lambda kms: DeliveryUnwrap(kms, "key")(b"wrapped", {})
    ),
    "archive reads the custodians": Act(
        service="dynamodb", operation="scan", run=lambda dynamodb: CustodianTable(dynamodb, "table").load()
    ),
    "archive counts": Act(
        service="dynamodb",
        operation="put_item",
        run=lambda dynamodb: AddingTable(dynamodb, "table").put([make_mark(bytes(16), 1)]),
    ),
    "completeness loads the count": Act(
        service="dynamodb", operation="scan", run=lambda dynamodb: SequenceTable(dynamodb, "table").load()
    ),
    "completeness folds the count": Act(
        service="dynamodb",
        operation="put_item",
        run=lambda dynamodb: SequenceTable(dynamodb, "table").put([make_mark(bytes(16), 1)]),
    ),
    "completeness tidies up": Act(
        service="dynamodb",
        operation="delete_item",
        run=lambda dynamodb: SequenceTable(dynamodb, "table").remove([make_mark(bytes(16), 1)]),
    ),
    "completeness counts postings": Act(
        service="dynamodb",
        operation="query",
        run=lambda dynamodb: list(CountingTable(dynamodb, "table").between(bytes(16), "2026-11-22", "2026-11-22")),
    ),
    "completeness looks for the last": Act(
        service="dynamodb",
        operation="query",
        run=lambda dynamodb: CountingTable(dynamodb, "table").latest(bytes(16), "2026-11-22"),
    ),
    "completeness counts what was dropped": Act(
        service="dynamodb",
        operation="query",
        run=lambda dynamodb: CountingStones(dynamodb, "table").of_day(NOW.date()),
    ),
    "completeness finds a report": Act(
        service="dynamodb", operation="get_item", run=lambda dynamodb: reports(dynamodb).get(NOW.date())
    ),
    "completeness keeps a report": Act(
        service="dynamodb",
        operation="put_item",
        run=lambda dynamodb: reports(dynamodb).put_once(NOW.date(), b"{}", now=NOW),
    ),
    "completeness signs": Act(service="kms", operation="sign", run=lambda kms: KmsSigner(kms, "key").sign(bytes(32))),
    "completeness shows its key": Act(
        service="kms", operation="get_public_key", run=lambda kms: KmsSigner(kms, "key").public_key()
    ),
    "intake claims": Act(
        service="dynamodb",
        operation="put_item",
        run=lambda dynamodb: ClaimTable(dynamodb, "table").claim(b"name", CLAIM, expires_at=NOW),
    ),
    "intake marks a claim": Act(
        service="dynamodb",
        operation="update_item",
        run=lambda dynamodb: ClaimTable(dynamodb, "table").mark_queued(b"name"),
    ),
    "intake makes a key": Act(
        service="kms",
        operation="generate_data_key",
        run=lambda kms: KmsDataKeys(kms, "key", "test", lambda: NOW)(),
    ),
    "intake sends": Act(service="sqs", operation="send_message", run=lambda sqs: SqsQueue(sqs, QUEUE).send("{}")),
    "intake puts a parcel": Act(
        service="s3", operation="put_object", run=lambda s3: S3ParcelStore(s3, "intake").put("k", b"1")
    ),
    "intake reads its endpoints": Act(
        service="secretsmanager",
        operation="get_secret_value",
        run=lambda secrets: EndpointsSecret(secrets, "secret", lambda: NOW).load(),
    ),
    "index reads a segment": Act(
        service="s3",
        operation="get_object",
        run=lambda s3: S3Segments(s3, "vault").read("k", "v"),
    ),
    "index writes postings": Act(
        service="dynamodb",
        operation="batch_write_item",
        run=lambda dynamodb: WritingTable(dynamodb, "table").put([make_posting(bytes(16))]),
    ),
    "retrieval queries": Act(
        service="dynamodb",
        operation="query",
        run=lambda dynamodb: list(QueryingTable(dynamodb, "table").query(bytes(16))),
    ),
    "retrieval reads a segment": Act(
        service="s3",
        operation="get_object",
        run=lambda s3: S3Bucket(s3, "vault").read("k", "v", start=0, length=1),
    ),
    "office puts an act": Act(
        service="dynamodb", operation="put_item", run=lambda dynamodb: ActTable(dynamodb, "table").put_new(make_act())
    ),
    "office gets an act": Act(
        service="dynamodb", operation="get_item", run=lambda dynamodb: ActTable(dynamodb, "table").get("1")
    ),
    "office moves an act": Act(
        service="dynamodb", operation="put_item", run=lambda dynamodb: ActTable(dynamodb, "table").replace(make_act())
    ),
    "office lists acts": Act(
        service="dynamodb",
        operation="query",
        run=lambda dynamodb: ActTable(dynamodb, "table").by_state(State.DONE, most=1),
    ),
    "office lists acts of a kind": Act(
        service="dynamodb",
        operation="query",
        run=lambda dynamodb: ActTable(dynamodb, "table").by_kind("incident.open", since=NOW),
    ),
    "disposition places a hold": Act(
        service="dynamodb", operation="put_item", run=lambda dynamodb: HoldTable(dynamodb, "table").put(HOLD)
    ),
    "disposition releases a hold": Act(
        service="dynamodb",
        operation="update_item",
        run=lambda dynamodb: HoldTable(dynamodb, "table").release("h", by="r"),
    ),
    "disposition remembers what was released": Act(
        service="dynamodb",
        operation="get_item",
        run=lambda dynamodb: HoldTable(dynamodb, "table").released("h", by="r"),
    ),
    "disposition closes a hold": Act(
        service="dynamodb", operation="update_item", run=lambda dynamodb: HoldTable(dynamodb, "table").close("h")
    ),
    "erasure asks whether an act has ended": Act(
        service="dynamodb", operation="get_item", run=lambda dynamodb: Approvals(dynamodb, "table").ended("1")
    ),
    "erasure ends an act": Act(
        service="dynamodb",
        operation="update_item",
        run=lambda dynamodb: Approvals(dynamodb, "table").end("1", failed=False),
    ),
    "office sets a state": Act(
        service="dynamodb",
        operation="put_item",
        run=lambda dynamodb: OfficeStates(dynamodb, "table").put(b"r", RecordState.ACTIVE, act_id="1", at=NOW),
    ),
    "office makes a key": Act(
        service="kms", operation="generate_data_key", run=lambda kms: KmsActKeys(kms, "key").data_key({})
    ),
    "office opens a key": Act(
        service="kms", operation="decrypt", run=lambda kms: KmsActKeys(kms, "key").unwrap(b"wrapped", {})
    ),
    "office sends an order": Act(
        service="sqs", operation="send_message", run=lambda sqs: SqsOrders(sqs, {"custody": QUEUE}).send("custody", "")
    ),
    "custody finds a suspect": Act(
        service="s3", operation="head_object", run=lambda s3: S3Suspects(s3, "quarantine").head("0")
    ),
    "custody reads a suspect": Act(
        service="s3", operation="get_object", run=lambda s3: S3Suspects(s3, "quarantine").get("0")
    ),
    "custody reads a suspect's key": Act(
        service="s3", operation="get_object", run=lambda s3: S3Suspects(s3, "quarantine").key("0")
    ),
    "custody removes a suspect": Act(
        service="s3", operation="list_object_versions", run=lambda s3: S3Suspects(s3, "quarantine").remove("0")
    ),
    "custody lists suspects": Act(
        service="dynamodb", operation="query", run=lambda dynamodb: HeldTable(dynamodb, "t", b"t").suspects(most=1)
    ),
    "custody strikes a suspect off": Act(
        service="dynamodb", operation="delete_item", run=lambda dynamodb: HeldTable(dynamodb, "t", b"t").remove("0")
    ),
    "custody reads a state": Act(
        service="dynamodb", operation="get_item", run=lambda dynamodb: CustodyStates(dynamodb, "table").of("00")
    ),
    "custody sets a state": Act(
        service="dynamodb",
        operation="put_item",
        run=lambda dynamodb: CustodyStates(dynamodb, "table").put("00", RecordState.ERASED, act_id="1", at=NOW),
    ),
    "retrieval opens a key": Act(
        service="kms", operation="decrypt", run=lambda kms: SegmentUnwrap(kms)(b"wrapped", {})
    ),
}
BUSY = {
    "s3": "SlowDown",
    "kms": "DependencyTimeoutException",
    "dynamodb": "ProvisionedThroughputExceededException",
    "sqs": "RequestThrottled",
    "secretsmanager": "InternalServiceError",
}

every_act = pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())


@every_act
def test_a_busy_aws_is_asked_again_later(session: boto3.Session, act: Act) -> None:
    client = session.client(act.service)  # type: ignore[call-overload]

    with Stubber(client) as answers:
        answers.add_client_error(act.operation, service_error_code=BUSY[act.service], http_status_code=503)
        with pytest.raises(TryLater):
            act.run(client)


@every_act
def test_an_aws_that_cannot_be_reached_is_asked_again_later(session: boto3.Session, act: Act) -> None:
    (port,) = free_ports(1)
    nobody = session.client(
        act.service,  # type: ignore[call-overload]
        endpoint_url=f"http://{LOOPBACK}:{port}",
        config=Config(retries={"total_max_attempts": 1}),
    )

    with closing(nobody), pytest.raises(TryLater, match="cannot be reached"):
        act.run(nobody)


@every_act
def test_a_refusal_that_nobody_foresaw_is_not_hidden(session: boto3.Session, act: Act) -> None:
    client = session.client(act.service)  # type: ignore[call-overload]

    with Stubber(client) as answers:
        answers.add_client_error(act.operation, service_error_code="InvalidSecurity", http_status_code=403)
        with pytest.raises(ClientError, match="InvalidSecurity"):
            act.run(client)
