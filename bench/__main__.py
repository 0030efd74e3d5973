"""`make bench`: what the archive costs, as ratios to a floor measured in the same run; times alone mean little."""

import hashlib
import io
import os
import statistics
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench import callbacks, classification, lexicon
from bench.calls import calls_per_thousand
from bench.corpus import START, Corpus
from bench.pipeline import decided, deliver, policy
from functions.archive.outcome import Record
from functions.canonical import from_epoch_ms
from functions.capture.delivery import DataKey
from functions.law.policy import READY, profile
from functions.segment import segment as segments
from functions.segment.dictionary import shipped
from functions.segment.segment import Header
from functions.segment.suites import suite
from infra import asset

CAPTURES = 1000
ROUNDS = 7
SEGMENT_ID = "019aab00-0000-7000-8000-000000000000"


def main() -> None:
    print(f"{CAPTURES} captures, median of {ROUNDS} interleaved rounds, Python {sys.version.split()[0]}\n")
    pipeline()
    print()
    for name, count in calls_per_thousand().items():
        print(f"{name:<44} {count:>8} calls per 1,000 captures")
    print()
    callbacks.report()
    print()
    lexicon.report()
    print()
    classification.report()
    print()
    imports()
    print()
    sizes()


def pipeline() -> None:
    """CPU of the archive room, beginning at the opened delivery and ending at the segment's bytes."""
    events = list(Corpus(5).events(CAPTURES))
    delivery, now, rules = deliver(events), START + timedelta(days=1), policy()
    made = decided(delivery, now, rules)
    cases: dict[str, Callable[[], object]] = {
        "floor: SHA-256 and AES-256-GCM per capture": lambda: floor(events),
        "decide: interpret, classify, retain, describe": lambda: decided(delivery, now, rules),
        "write: compress, seal, tree, directory": lambda: written(made, "AES-256-GCM"),
        "the whole pipeline": lambda: written(decided(delivery, now, rules), "AES-256-GCM"),
        "the whole pipeline, SM4-GCM": lambda: written(decided(delivery, now, rules), "SM4-GCM"),
    }
    rounds: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(ROUNDS):
        for name, run in cases.items():
            before = time.process_time()
            run()
            rounds[name].append((time.process_time() - before) / CAPTURES * 1e6)
    base = rounds["floor: SHA-256 and AES-256-GCM per capture"]
    for name, times in rounds.items():
        ratio = statistics.median(one / least for one, least in zip(times, base, strict=True))
        print(f"{name:<48} {statistics.median(times):>8.1f} µs CPU {ratio:>7.1f} × floor")
    size = len(written(decided(delivery, now, rules), "AES-256-GCM")) / CAPTURES
    print(f"{'bytes in the segment per capture':<48} {size:>8.0f} of {sum(map(len, events)) / CAPTURES:.0f} as sent")


def floor(events: list[bytes]) -> None:
    cipher = AESGCM(bytes(32))
    for event in events:
        hashlib.sha256(event).digest()
        cipher.encrypt(os.urandom(12), event, None)


def written(records: list[Record], suite_name: str) -> bytes:
    klass = records[0].klass
    context = segments.encryption_context(archive="bench", segment_id=SEGMENT_ID, klass=klass)
    key = DataKey(bytes(32), bytes(184), context)
    header = Header(
        segment_id=SEGMENT_ID,
        archive="bench",
        created_at=from_epoch_ms(0),
        klass=klass,
        suite=suite(suite_name),
        dictionary_sha256_hex=shipped().sha256_hex,
        kms_key="arn",
        wrapped_key=key.wrapped,
        encryption_context=context,
        software="bench",
    )
    salts = [os.urandom(32) for _ in records]
    plains = [record.plain for record in records]
    return segments.write(header, plains, key=key, dictionary=shipped(), salts=salts)


def imports() -> None:
    """Each handler's import with its clients, in a new interpreter, against boto3 and one client."""
    base = "import boto3; boto3.client('s3', region_name='cn-north-1')"
    least = spawn(base)
    print(f"{'import boto3 and one client':<48} {least * 1000:>8.0f} ms       1.0 × floor")
    for room in ("intake", "archive", "index", "retrieval"):
        took = spawn(f"import functions.{room}.handler; {base}")
        print(f"{f'functions.{room}.handler and one client':<48} {took * 1000:>8.0f} ms {took / least:>9.1f} × floor")


def spawn(code: str) -> float:
    """Least of five runs, without the interpreter's own start."""
    return min(run(code) for _ in range(5)) - min(run("pass") for _ in range(5))


def run(code: str) -> float:
    before = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": "."})
    return time.perf_counter() - before


def sizes() -> None:
    folder = asset.build(Path(), asset.for_lambda(), policy=profile(READY))
    total = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"{'function code, all rooms':<48} {total / 2**20:>8.1f} MiB unpacked, {zipped(folder) / 2**20:.1f} MiB zip")


def zipped(folder: Path) -> int:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in folder.rglob("*"):
            archive.write(path, path.relative_to(folder))
    return buffer.tell()


if __name__ == "__main__":
    main()
