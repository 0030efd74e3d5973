"""A whole archive in memory: post a request, let the queues run, read a record. Deaths included."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from functions.archive.archive import archive
from functions.archive.batch import Outcome, Time, World as ArchiveWorld
from functions.archive.locks import Locking
from functions.archive.media import Shelf, Wishes
from functions.archive.policy import Policy
from functions.archive.store import Store
from functions.archive.waiting import Aside
from functions.capture.delivery import encryption_context
from functions.capture.tokens import IndexKey, Names
from functions.classify.lexicon import load
from functions.index.index import index, read_arrival
from functions.intake import gateway, wechat, wecom
from functions.intake.accept import World as IntakeWorld
from functions.intake.platforms import Agreement
from functions.law.holds import Hold
from functions.law.policy import Policy as LawPolicy, deployed
from functions.law.retention import rule_book
from functions.law.scope import Roll
from functions.law.states import Use
from functions.malware.rules import shipped as shipped_rules
from functions.malware.scan import Scanner
from functions.retrieval.find import by_record_id
from functions.retrieval.links import links
from functions.retrieval.opening import Search
from functions.retrieval.read import World as RetrievalWorld, read
from functions.runtime import Message
from functions.segment.dictionary import shipped
from functions.segment.suites import suite
from functions.web import Answer, Request
from functions.wechat.crypto import Credentials
from tests.fakes import (
    Fuse,
    MemoryBucket,
    MemoryClaims,
    MemoryDictionaries,
    MemoryKeys,
    MemoryPostings,
    MemoryQuarantine,
    MemoryQueue,
    MemoryReader,
    MemorySegments,
    MemorySequences,
    MemoryStates,
)
from tests.fakes_aside import (
    MemoryBus,
    MemoryConsents,
    MemoryCounters,
    MemoryHeld,
    MemorySuspects,
    MemoryTombstones,
    MemoryWaiting,
    with_regimes,
)
from tests.make import GATEWAY, INDEX_SECRET, NOW, SECRET, seconds
from tests.shelf import MemoryItems, MemoryLocks

ARCHIVE_ID = "test"


@dataclass
class Archive:
    """Every room on fakes. `now` is the clock; `fuse` stands before every effect."""

    now: datetime = NOW
    fuse: Fuse = field(default_factory=Fuse)
    suite_name: str = "AES-256-GCM"
    regimes: frozenset[str] = frozenset({"cn.sec.137"})
    roll: Roll = field(default_factory=lambda: Roll(()))
    law: LawPolicy = field(default_factory=deployed)
    holds: tuple[Hold, ...] = ()
    wecom_endpoints: dict[str, Credentials] = field(default_factory=dict)
    wechat_endpoints: dict[str, Agreement] = field(default_factory=dict)
    gateways: dict[str, tuple[str, ...]] = field(default_factory=lambda: {GATEWAY: (SECRET,)})
    states: MemoryStates = field(default_factory=MemoryStates)

    def __post_init__(self) -> None:
        self.key = IndexKey(INDEX_SECRET)
        self.claims, self.queue = MemoryClaims(), MemoryQueue()
        self.parcels, self.vault = MemoryBucket("intake"), MemoryBucket("vault")
        self.keyrings, self.keys = MemoryBucket("keyrings"), MemoryKeys()
        self.quarantine, self.postings = MemoryQuarantine(), MemoryPostings()
        self.sequences = MemorySequences()
        self.items = MemoryItems()
        self.suspects, self.consents, self.waiting = MemorySuspects(), MemoryConsents(), MemoryWaiting()
        self.tombstones, self.counters, self.bus = MemoryTombstones(), MemoryCounters(), MemoryBus()
        self.held = MemoryHeld(self.parcels)
        self.noticed: set[str] = set()
        self.use(self.fuse)

    def use(self, fuse: Fuse) -> None:
        """From now on, this fuse."""
        self.fuse = fuse
        rooms = (self.claims, self.queue, self.parcels, self.vault, self.keyrings, self.keys, self.postings)
        kept = (self.suspects, self.consents, self.waiting, self.tombstones, self.counters, self.bus)
        for one in (*rooms, self.sequences, self.items, *kept):
            one.fuse = fuse

    def world(self, key: IndexKey) -> IntakeWorld:
        return IntakeWorld(
            archive_id=ARCHIVE_ID,
            index_key=key,
            claims=self.claims,
            queue=self.queue,
            parcels=self.parcels,
            data_key=lambda: self.keys.generate(encryption_context(ARCHIVE_ID)),
        )

    def post(self, request: Request) -> Answer:
        world = self.world(self.key)
        if request.resource == "/captures":
            return gateway.take(request, world=world, gateways=self.gateways, now=self.now)
        if request.method == "GET":
            return self._check_url(request)
        if request.resource.startswith("/wechat/"):
            return wechat.take(request, world=world, endpoints=self.wechat_endpoints, now=self.now)
        return wecom.take(request, world=world, endpoints=self.wecom_endpoints, now=self.now)

    def _check_url(self, request: Request) -> Answer:
        if request.resource.startswith("/wechat/"):
            return wechat.check_url(request, endpoints=self.wechat_endpoints)
        return wecom.check_url(request, endpoints=self.wecom_endpoints)

    def run_archive(self) -> Outcome:
        """One batch of everything that waits; settled messages leave the queue."""
        waiting = [Message(one, body) for one, body in self.queue.waiting.items()]
        outcome = archive(waiting, world=self.archive_world(), time=self.time())
        for message in waiting:
            if message.id not in outcome.unsettled:
                del self.queue.waiting[message.id]
        return outcome

    def archive_world(self) -> ArchiveWorld:
        return ArchiveWorld(
            parcels=self.parcels,
            held=self.held,
            unwrap=self.keys.unwrap,
            quarantine=self.quarantine,
            store=self.store(),
            aside=self.aside(),
            consents=self.consents,
            counters=self.counters,
            tombstones=self.tombstones,
            queue=self.queue,
            bus=self.bus,
            policy=self.policy(),
            lexicons=load(),
            names=Names(self.key),
            wishes=self.wishes(),
            scanner=lambda: Scanner(rules=shipped_rules(), clamd=None, clock=lambda: 0.0),
        )

    def aside(self) -> Aside:
        return Aside(
            archive_id=ARCHIVE_ID,
            suspects=self.suspects,
            quarantine_keys=self.keys,
            held=self.held,
            delivery_key=lambda: self.keys.generate(encryption_context(ARCHIVE_ID)),
            waiting=self.waiting,
        )

    def wishes(self) -> Wishes:
        shelf = Shelf(vault=MemoryLocks(self.vault), keyrings=MemoryLocks(self.keyrings), locking=self.store().locking)
        return Wishes(media=self.items, shelf=shelf)

    def time(self) -> Time:
        return Time(lambda: self.now, self.now + seconds(60), self.now + seconds(105))

    def policy(self) -> Policy:
        return Policy(
            archive_id=ARCHIVE_ID,
            law=with_regimes(self.law, *self.regimes),
            floor_days=180,
            rules=rule_book(),
            roll=self.roll,
            holds=self.holds,
        )

    def store(self) -> Store:
        return Store(
            archive_id=ARCHIVE_ID,
            vault=self.vault,
            keyrings=self.keyrings,
            keys=self.keys,
            sequences=self.sequences,
            kms_key="arn:aws-cn:kms:cn-north-1:111122223333:key/segment",
            suite=suite(self.suite_name),
            dictionary=shipped(),
            locking=Locking(mode="COMPLIANCE", trial_days=0),
        )

    def run_index(self) -> None:
        """S3 tells of every segment, until the room has done it."""
        for key in sorted(self.segments()):
            if key not in self.noticed:
                index(read_arrival(self.notice(key)), segments=MemorySegments(self.vault), table=self.postings)
                self.noticed.add(key)

    def notice(self, key: str) -> str:
        stored = self.vault.stored[key]
        thing = {"key": key, "size": len(stored.body), "version-id": stored.version_id}
        return json.dumps({"detail-type": "Object Created", "detail": {"object": thing}})

    def run(self) -> None:
        self.run_archive()
        self.run_index()

    def segments(self) -> list[str]:
        return [key for key in self.vault.stored if key.startswith("segments/")]

    def reading(self) -> RetrievalWorld:
        return RetrievalWorld(
            archive_id=ARCHIVE_ID,
            vault=MemoryReader(self.vault),
            keyrings=MemoryReader(self.keyrings),
            unwrap=self.keys.unwrap,
            dictionaries=MemoryDictionaries(self.vault),
            states=self.states,
        )

    def read(self, record_id: str, use: Use = Use.READ) -> dict[str, Any]:
        found = by_record_id(self.postings, record_id)
        world = self.reading()
        answer = read(found[0], copies=len(found), world=world, use=use)
        search = Search(postings=self.postings, key=self.key, world=world)
        return {**answer, "links": links(answer["envelope"], search)}


def receipts(answer: Answer) -> list[dict[str, str]]:
    """The receipts of an accepted delivery."""
    results = json.loads(answer.body)["results"]
    return [one["receipt"] for one in results if one["status"] == "accepted"]
