"""The golden files' inputs, fixed. `python -m tests.golden.make FOLDER` writes the files; those here never change."""

import sys
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

from functions.archive.classify import Seen
from functions.archive.draft import Draft
from functions.archive.outcome import Decision
from functions.archive.policy import Policy
from functions.archive.record import write
from functions.canonical import from_epoch_ms
from functions.capture.aside import quarantine_context, seal_suspect, single
from functions.capture.capture import Delivery, Flag, Interpretation, Kind, Media, Part
from functions.capture.delivery import NONCE_BYTES, DataKey, encryption_context, seal
from functions.capture.event import check, read_batch
from functions.capture.identity import uuid7
from functions.capture.media import media_id
from functions.capture.tokens import IndexKey, Names
from functions.classify.scan import Finding
from functions.index.postings import postings, write_rows
from functions.intake.accept import item
from functions.law.policy import deployed
from functions.law.retention import Retention, rule_book
from functions.law.scope import Roll, Scope
from functions.malware.scan import Scan
from functions.media.sealed import (
    CHUNK_BYTES,
    Header as MediaHeader,
    Media as SealedMedia,
    encryption_context as media_context,
)
from functions.media.stream import Plain as PlainFile, Sealed
from functions.segment import directory as directories, keyring as keyrings, segment as segments
from functions.segment.dictionary import SHIPPED, load
from functions.segment.segment import Class, Header, Plain
from functions.segment.suites import suite
from tests.archive import Archive
from tests.golden.report import report
from tests.media import MemorySource

HERE = Path(__file__).parent
EVENTS = sorted(HERE.parents[1].glob("events/intake/*.json"))
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
INDEX_KEY = IndexKey(b"golden index key")
FIRST = SHIPPED.with_name("1.zdict")
PINNED = load(FIRST.read_bytes())
"""What the pinned segments were compressed with."""
SUITES = {"aes": "AES-256-GCM", "sm4": "SM4-GCM"}


def fixed(name: str, length: int) -> bytes:
    """Bytes that look random and never change."""
    return b"".join(sha256(f"{name}/{at}".encode()).digest() for at in range(length // 32 + 1))[:length]


def delivery() -> Delivery:
    """All sample events in one batch."""
    body = b"[" + b",".join(path.read_bytes().strip() for path in EVENTS) + b"]"
    world = Archive().world(INDEX_KEY)
    items = tuple(
        item(
            world,
            door="gateway",
            endpoint="gateway-one",
            event=check(one.value),
            offset=one.offset,
            capture=body[one.offset : one.offset + one.length],
            received_at=NOW,
        )
        for one in read_batch(body)
    )
    return Delivery(
        delivery_id=uuid7(NOW, fixed("delivery", 10)),
        door="gateway",
        endpoint="gateway-one",
        received_at=NOW,
        evidence={"webhook_id": "d-1", "secret": 0},
        flags=Flag.NONE,
        items=items,
        parts=(Part(name="body", media_type="application/json", body=body),),
    )


def records() -> list[Plain]:
    """Records of the format before, as the pinned segment holds them: whoever reads the new ones reads these."""
    whole, keyring = ((HERE / f"aes.{kind}").read_bytes() for kind in ("segment", "keyring"))
    start, length = directories.tail(whole[-directories.TAIL_BYTES :], len(whole))
    packages = segments.open_all(
        whole, keyring=keyring, unwrap=lambda *_: data_key("aes", {}).plaintext, dictionary=PINNED
    )
    lines = directories.read(whole[start : start + length]).entries
    return [
        Plain(
            package=package,
            sent_at_ms=line.sent_at_ms,
            received_at_ms=line.received_at_ms,
            kind=line.kind,
            flags=line.flags,
            digest=line.digest,
            event_digest=line.event_digest,
            tokens=line.tokens,
        )
        for package, line in zip(packages, lines, strict=True)
    ]


def record() -> bytes:
    """One record of this format, with every field said and decisions that no rule file can change."""
    whole = delivery()
    meaning = Interpretation(
        kind=Kind.MEMBERSHIP,
        conversation="room-1",
        participants=("account-1", "account-2"),
        joined=("account-1",),
        left=("account-2",),
        sequence="41",
        message_id="m-1",
        refers_to="m-0",
        media=(Media(sha256="ab" * 32, md5="cd" * 16, name="合同.pdf", size_bytes=3, present=True),),
    )
    names = Names(INDEX_KEY)
    one = Draft(
        delivery=whole,
        item=whole.items[0],
        meaning=meaning,
        accounts=tuple(names.token("participant", account) for account in meaning.participants),
        conversation=names.token("conversation", "room-1"),
        scope=GOLDEN_SCOPE,
        seen=Seen(findings=(Finding(kind="mobile", field=0, start=3, end=14, rule="cn.mobile@2"),)),
        flags=Flag.NONE,
        decisions=(),
        early=None,
        scans=(GOLDEN_SCAN,),
    )
    decisions = [
        Decision("scope", "scope.custodian", "1", {"kept": True, "reason": "custodian", "custodians": 1}),
        Decision("consent", "consent.granted", "1", {"action": "restrict", "grounds": []}),
    ]
    kept = Retention(retain_until=date(2046, 12, 1), erasable=False, reasons=(), version="1")
    flags = Flag.HAS_FINDINGS | Flag.RESTRICTED | Flag.NOT_INSPECTED | Flag.DUAL_REGIME | Flag.UNCLEAN
    policy = Policy(archive_id="golden", law=deployed(), floor_days=180, rules=rule_book(), roll=Roll(()))
    made = write(one, decisions, tier="important", kept=kept, flags=flags, policy=policy, names=names)
    return made.plain.package


GOLDEN_SCOPE = Scope(
    kept=True,
    rule="scope.custodian",
    version="1",
    reason="custodian",
    custodians=1,
    regimes=frozenset(),
    jurisdictions=frozenset(),
)
GOLDEN_SCAN = Scan(
    verdict="infected", rule_ids=("FC-0001",), reasons=("damaged",), rules_version="1", clamd=None, scanned_at=NOW
)
GOLDEN_CLASS = Class(tier="general", retain_until=date(2046, 12, 1), erasable=False)


def data_key(name: str, context: dict[str, str]) -> DataKey:
    return DataKey(fixed(f"{name}/key", 32), fixed(f"{name}/wrapped", 48), context)


def segment(name: str) -> tuple[bytes, bytes]:
    """The segment and its keyring, in one suite."""
    made = records()
    segment_id = uuid7(NOW, fixed(name, 10))
    context = segments.encryption_context(archive="golden", segment_id=segment_id, klass=GOLDEN_CLASS)
    key = data_key(name, context)
    header = Header(
        segment_id=segment_id,
        archive="golden",
        created_at=from_epoch_ms(1795339800000),
        klass=GOLDEN_CLASS,
        suite=suite(SUITES[name]),
        dictionary_sha256_hex=PINNED.sha256_hex,
        kms_key="arn:aws-cn:kms:cn-north-1:111122223333:key/golden",
        wrapped_key=key.wrapped,
        encryption_context=context,
        software="fengcun golden",
    )
    salts = [fixed(f"{name}/salt/{at}", 32) for at in range(len(made))]
    return segments.write(header, made, key=key, dictionary=PINNED, salts=salts), keyrings.write(salts)


def media_file(name: str) -> bytes:
    """Two chunks and a bit of a third; the second suite's is one chunk, to be small."""
    return b"#!AMR\n" + fixed(f"{name}/file", 2 * CHUNK_BYTES + 1 if name == "aes" else 1000)


def media_label(name: str, generation: int) -> str:
    """What key, keyring and salt are derived from here."""
    return f"{name}/media/{generation}" if generation else f"{name}/media"


def media(name: str, generation: int = 0) -> bytes:
    """The media object, in one suite."""
    label = media_label(name, generation)
    body = media_file(name)
    sha256_hex = sha256(body).hexdigest()
    known_as = media_id(INDEX_KEY, sha256_hex)
    key = data_key(label, media_context(archive="golden", media_id=known_as, generation=generation))
    header = MediaHeader(
        media_id=known_as,
        generation=generation,
        archive="golden",
        created_at=NOW,
        klass=Class(tier="general", retain_until=date(2046, 11, 23), erasable=False),
        suite=suite(SUITES[name]),
        keyring=uuid7(NOW, fixed(label, 10)),
        size_bytes=len(body),
        kms_key="arn:aws-cn:kms:cn-north-1:111122223333:key/golden",
        wrapped_key=key.wrapped,
        encryption_context=key.context,
        software="fengcun golden",
    )
    sealed = Sealed(
        SealedMedia(header, key=key.plaintext, salt=fixed(f"{label}/salt", 32)),
        PlainFile(MemorySource(body), len(body)),
    )
    seen = sealed.examine(lambda _: None)
    sealed.describe({"media_type": seen.media_type, "sha256": seen.sha256_hex})
    return sealed.read()


def suspect() -> bytes:
    """One capture in quarantine. Its wrapped key lies beside it."""
    whole = delivery()
    alone = single(whole, whole.items[0], evidence={"quarantined_at": "2026-11-22T09:30:00.000Z"})
    key = data_key("suspect", quarantine_context("golden", whole.items[0].record_id))
    return seal_suspect(alone, archive_id="golden", key=key, nonce=fixed("suspect", NONCE_BYTES))[0]


def files() -> dict[str, bytes]:
    """Every golden file by name."""
    made = {}
    for name in SUITES:
        made[f"{name}.segment"], made[f"{name}.keyring"] = segment(name)
    made["sm4.media"] = media("sm4")
    made["sm4.media.2"] = media("sm4", generation=1)
    made["aes.media.sha256"] = sha256(media("aes")).hexdigest().encode()  # of 2 MiB
    whole = made["aes.segment"]
    start, length = directories.tail(whole[-directories.TAIL_BYTES :], len(whole))
    directory = whole[start : start + length]
    first = next(iter(postings(directories.read(directory), segment_id="s", tier="general", version_id="v")))
    key = data_key("delivery", encryption_context("golden"))
    return made | {
        "aes.directory": directory,
        "completeness.report": report(),
        "record.2": record(),
        "suspect": suspect(),
        "postings.rows": write_rows(first.rows),
        "gateway.delivery": seal(delivery(), archive_id="golden", key=key, nonce=fixed("nonce", NONCE_BYTES)),
    }


def main() -> None:
    for name, body in files().items():
        Path(sys.argv[1], name).write_bytes(body)


if __name__ == "__main__":
    main()
