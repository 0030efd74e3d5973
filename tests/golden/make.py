"""The golden files' inputs, fixed. `python -m tests.golden.make FOLDER` writes the files; those here never change."""

import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

from functions.archive.decide import Policy, Record, decide
from functions.canonical import from_epoch_ms
from functions.capture.capture import Delivery, Flag, Part
from functions.capture.delivery import NONCE_BYTES, DataKey, encryption_context, seal
from functions.capture.event import check, read_batch
from functions.capture.identity import uuid7
from functions.capture.media import media_id
from functions.capture.tokens import IndexKey, Names
from functions.index.postings import postings, write_rows
from functions.intake.accept import item
from functions.law.retention import rule_book
from functions.law.scope import Roll
from functions.media.sealed import CHUNK_BYTES, Header as MediaHeader, Media, encryption_context as media_context
from functions.media.stream import Plain, Sealed
from functions.segment import directory as directories, keyring as keyrings, segment as segments
from functions.segment.dictionary import shipped
from functions.segment.segment import Class, Header
from functions.segment.suites import suite
from tests.archive import Archive
from tests.media import MemorySource

HERE = Path(__file__).parent
EVENTS = sorted(HERE.parents[1].glob("events/intake/*.json"))
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
INDEX_KEY = IndexKey(b"golden index key")
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


def records() -> list[Record]:
    rules = Policy(
        archive_id="golden",
        regimes=frozenset({"cn.sec.137"}),
        floor_days=180,
        rules=replace(rule_book(), version="1"),  # these bytes were made under it
        roll=Roll(()),
    )
    whole = delivery()
    return [decide(whole, one, policy=rules, names=Names(INDEX_KEY), now=NOW) for one in whole.items]


def data_key(name: str, context: dict[str, str]) -> DataKey:
    return DataKey(fixed(f"{name}/key", 32), fixed(f"{name}/wrapped", 48), context)


def segment(name: str) -> tuple[bytes, bytes]:
    """The segment and its keyring, in one suite."""
    made = records()
    segment_id = uuid7(NOW, fixed(name, 10))
    context = segments.encryption_context(archive="golden", segment_id=segment_id, klass=made[0].klass)
    key = data_key(name, context)
    header = Header(
        segment_id=segment_id,
        archive="golden",
        created_at=from_epoch_ms(1795339800000),
        klass=made[0].klass,
        suite=suite(SUITES[name]),
        dictionary_sha256_hex=shipped().sha256_hex,
        kms_key="arn:aws-cn:kms:cn-north-1:111122223333:key/golden",
        wrapped_key=key.wrapped,
        encryption_context=context,
        software="fengcun golden",
    )
    salts = [fixed(f"{name}/salt/{at}", 32) for at in range(len(made))]
    plains = [record.plain for record in made]
    return segments.write(header, plains, key=key, dictionary=shipped(), salts=salts), keyrings.write(salts)


def media_file(name: str) -> bytes:
    """Two chunks and a bit of a third; the second suite's is one chunk, to be small."""
    return b"#!AMR\n" + fixed(f"{name}/file", 2 * CHUNK_BYTES + 1 if name == "aes" else 1000)


def media(name: str) -> bytes:
    """The media object, in one suite."""
    body = media_file(name)
    sha256_hex = sha256(body).hexdigest()
    known_as = media_id(INDEX_KEY, sha256_hex)
    key = data_key(f"{name}/media", media_context(archive="golden", media_id=known_as))
    header = MediaHeader(
        media_id=known_as,
        archive="golden",
        created_at=NOW,
        klass=Class(tier="general", retain_until=date(2046, 11, 23), erasable=False),
        suite=suite(SUITES[name]),
        keyring=uuid7(NOW, fixed(f"{name}/media", 10)),
        size_bytes=len(body),
        kms_key="arn:aws-cn:kms:cn-north-1:111122223333:key/golden",
        wrapped_key=key.wrapped,
        encryption_context=key.context,
        software="fengcun golden",
    )
    sealed = Sealed(
        Media(header, key=key.plaintext, salt=fixed(f"{name}/media/salt", 32)), Plain(MemorySource(body), len(body))
    )
    seen = sealed.examine(lambda _: None)
    sealed.describe({"media_type": seen.media_type, "sha256": seen.sha256_hex})
    return sealed.read()


def files() -> dict[str, bytes]:
    """Every golden file by name."""
    made = {}
    for name in SUITES:
        made[f"{name}.segment"], made[f"{name}.keyring"] = segment(name)
    made["sm4.media"] = media("sm4")
    made["aes.media.sha256"] = sha256(media("aes")).hexdigest().encode()  # of 2 MiB
    whole = made["aes.segment"]
    start, length = directories.tail(whole[-directories.TAIL_BYTES :], len(whole))
    directory = whole[start : start + length]
    first = next(iter(postings(directories.read(directory), segment_id="s", tier="general", version_id="v")))
    key = data_key("delivery", encryption_context("golden"))
    return made | {
        "aes.directory": directory,
        "postings.rows": write_rows(first.rows),
        "gateway.delivery": seal(delivery(), archive_id="golden", key=key, nonce=fixed("nonce", NONCE_BYTES)),
    }


def main() -> None:
    for name, body in files().items():
        Path(sys.argv[1], name).write_bytes(body)


if __name__ == "__main__":
    main()
