"""Flow: what runs. The door, the rooms, the queues between them; all of it can be torn down and built again."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events, aws_events_targets as targets, aws_lambda as lambda_, aws_s3 as s3
from constructs import Construct

from infra.constructs.alarms import Alarms
from infra.constructs.door import Door
from infra.constructs.queues import FailureQueue, WatchedQueue
from infra.constructs.room_function import RoomFunction
from infra.deployment import Deployment
from infra.people import People
from infra.records_stack import RecordsStack
from infra.rooms import index, media
from infra.rooms.archive import ArchiveRoom
from infra.rooms.border import BorderRoom
from infra.rooms.completeness import CompletenessRoom
from infra.rooms.custody import CustodyRoom
from infra.rooms.disposition import DispositionRoom
from infra.rooms.erasure import ErasureRoom
from infra.rooms.index import IndexRoom
from infra.rooms.intake import IntakeRoom
from infra.rooms.media import MediaRoom
from infra.rooms.office import OfficeRoom
from infra.rooms.pull import PullRoom
from infra.rooms.retrieval import RetrievalRoom

CALLBACKS = ("/wecom/{endpoint}", "/wechat/{endpoint}", "/wechat/{endpoint}/{appid}")
"""A component puts the appid of the account it acts for into the path."""
READS = (
    "/records/{record_id}",
    "/receipts/{gateway}/{event_id}",
    "/media/{sha256}",
    "/reports/completeness",
    "/memberships",
    "/exceptions/{flag}",
)
ACTS = (
    ("POST", "/acts/{kind}"),
    ("POST", "/acts/{kind}/{act}/approval"),
    ("GET", "/acts"),
    ("GET", "/acts/{kind}/{act}"),
    ("GET", "/border/scopes/{act}"),
    ("GET", "/border/years/{year}"),
    ("GET", "/incidents"),
)
SUSPECTS = ("/suspects", "/suspects/{record_id}")
EVIDENCE = {
    "CallbacksDowngraded": "a body in clear reached an endpoint that agreed on encryption, from someone who knows its"
    " token: it was refused and not kept",
    "DeliveriesConflicting": "a webhook-id came again with another body: it was answered 409, and both are archived",
    "CapturesConflicting": "one event came with two contents: both are archived",
    "CapturesUnparsed": "captures that nobody could read were archived as they came: a sender changed its format",
    "DeliveriesQuarantined": "a delivery can never be archived and was set aside",
    "SecretsSuspected": "a capture may be a state secret: it lies in quarantine and waits for a security officer",
    "DeliveriesTampered": "a delivery did not verify on its way to the vault: it stays on the queue",
    "MediaMismatching": "an upload is not the file it was announced as: it was not sealed, and expires",
    "MediaTampered": "S3 stored a media file otherwise than it was sent, or without the lock that its records want",
    "MediaInfected": "a file was kept in which the scan found what must not be run: it is withheld",
    "MediaUnscanned": "a file was sealed though clamd had not answered for hours: it is withheld",
    "SegmentsTampered": "a segment did not verify when it was indexed",
    "RecordsTampered": "a record did not verify when it was read",
}
"""What the rooms count that a person must look at, and what the alarm says."""


class FlowStack(cdk.Stack):
    def __init__(
        self,
        scope: Construct,
        *,
        deployment: Deployment,
        records: RecordsStack,
        code: lambda_.Code,
        **properties: Any,
    ) -> None:
        super().__init__(scope, f"Fengcun-{deployment.name}-Flow", description="Fengcun: what runs", **properties)
        self.alarms = Alarms(self, "Alarms", deployment=deployment)
        self._captures = records.captures
        self._arrivals = WatchedQueue(self, "Index", timeout_seconds=index.ROOM.timeout_seconds)
        self._uploads = WatchedQueue(self, "Media", timeout_seconds=media.ROOM.timeout_seconds)
        shared: dict[str, Any] = {"deployment": deployment, "records": records, "code": code, "alarms": self.alarms}
        self.rooms: list[RoomFunction] = []
        self._captures_come(deployment, shared)
        self._people_decide(records, shared)
        self.undelivered = FailureQueue(self, "SegmentArrivedFailed")
        self.untold = FailureQueue(self, "UploadArrivedFailed")
        for queue in (self._captures, self._uploads, self._arrivals, self.undelivered, self.untold):
            queue.alarm(self.alarms)
        self._wire(records)
        for name, says in EVIDENCE.items():
            self.alarms.watch_count(name, says)
        self.door = Door(self, "Door", deployment=deployment, alarms=self.alarms)
        self._open_the_door(deployment)

    def _captures_come(self, deployment: Deployment, shared: dict[str, Any]) -> None:
        """From the door to the reader, and who looks whether all of them did."""
        self.intake = IntakeRoom(self, "Intake", **shared)
        self.archive = ArchiveRoom(self, "Archive", **shared)
        self.media = MediaRoom(self, "Sealer", **shared)
        self.index = IndexRoom(self, "Indexer", **shared)
        self.retrieval = RetrievalRoom(self, "Retrieval", **shared)
        self.completeness = CompletenessRoom(self, "Completeness", **shared)
        self.rooms += [self.intake, self.archive, self.media, self.index, self.retrieval, self.completeness]
        self.pull: PullRoom | None = None
        if deployment.pull is not None:
            self.pull = PullRoom(self, "Pull", pull=deployment.pull, **shared)
            self.rooms.append(self.pull)

    def _people_decide(self, records: RecordsStack, shared: dict[str, Any]) -> None:
        """Who decides, where it is written down, and who carries out what is about suspects."""
        self.people = People(self, "People")
        own: dict[str, Any] = {**shared, "people": self.people}
        self.office = OfficeRoom(self, "Office", **own)
        self.custody = CustodyRoom(self, "Custodian", **own)
        self.disposition = DispositionRoom(self, "Disposer", **shared)
        self.erasure = ErasureRoom(self, "Eraser", **shared)
        self.border = BorderRoom(self, "Measurer", **shared)
        self.rooms += [self.office, self.custody, self.disposition, self.erasure, self.border]
        records.orders["custody"].wakes(self.custody, batch_size=1, window_seconds=0, concurrency=2)
        records.orders["disposition"].wakes(self.disposition, batch_size=1, window_seconds=0, concurrency=2)
        records.orders["erasure"].wakes(self.erasure, batch_size=1, window_seconds=0, concurrency=2)
        records.orders["border"].wakes(self.border, batch_size=1, window_seconds=0, concurrency=2)
        for queue in records.orders.values():
            queue.alarm(self.alarms)

    def _wire(self, records: RecordsStack) -> None:
        # Five seconds gather a segment, which is worth its calls from about 250 captures; a batch must fit into the
        # room's time even where every delivery is a large one. Ten at once keep the tables and KMS at ease.
        self._captures.wakes(self.archive, batch_size=200, window_seconds=5, concurrency=10)
        self._uploads.wakes(self.media, batch_size=1, window_seconds=0, concurrency=10)  # one file may take minutes
        self._arrivals.wakes(self.index, batch_size=10, window_seconds=1, concurrency=10)
        self._tell(
            "SegmentArrived",
            "a segment is in the vault: index it",
            _created(records.vault, "segments/"),
            targets.SqsQueue(self._arrivals, dead_letter_queue=self.undelivered),
        )
        self._tell(
            "UploadArrived",
            "a media file is in the intake bucket: seal it",
            _created(records.intake, "uploads/"),
            targets.SqsQueue(self._uploads, dead_letter_queue=self.untold),
        )

    def _tell(self, name: str, description: str, pattern: events.EventPattern, target: targets.SqsQueue) -> None:
        events.Rule(self, name, description=description, event_pattern=pattern, targets=[target])

    def _open_the_door(self, deployment: Deployment) -> None:
        self.door.webhook("POST", "/captures", self.intake)
        self.door.webhook("POST", "/media", self.intake)
        if deployment.icp:  # WeChat cannot sign with AWS credentials
            for path in CALLBACKS:
                self.door.webhook("GET", path, self.intake)
                self.door.webhook("POST", path, self.intake)
        for path in READS:
            self.door.signed("GET", path, self.retrieval)
        for method, path in ACTS:
            self.door.signed(method, path, self.office)
        for path in SUSPECTS:
            self.door.signed("GET", path, self.custody)
        self.people.let_in(self.door.api)
        cdk.CfnOutput(self, "DoorUrl", value=self.door.api.url).override_logical_id("Door")
        cdk.CfnOutput(self, "Watch", value=self.completeness.function.function_name).override_logical_id("Completeness")


def _created(bucket: s3.IBucket, prefix: str) -> events.EventPattern:
    """S3's notice of each new object under `prefix`."""
    return events.EventPattern(
        source=["aws.s3"],
        detail_type=["Object Created"],
        detail={"bucket": {"name": [bucket.bucket_name]}, "object": {"key": [{"prefix": prefix}]}},
    )
