"""A segment opened with docs/formats.md, `cryptography` and zstd alone. Files: SEGMENT KEYRING DICTIONARY KEY."""

import json
import sys
from base64 import b64decode
from datetime import datetime
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

zstd: Any = import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
SUITES: Any = {"AES-256-GCM": (algorithms.AES, 32, hashes.SHA256), "SM4-GCM": (algorithms.SM4, 16, hashes.SM3)}
KINDS = ["unparsed", "message", "recall", "call", "membership", "consent", "callback", "unknown", "act", "report"]
FLAGS = ["unknown_type", "unparsed", "conflict", "late", "unauthenticated", "media_missing", "has_findings", "sealed"]
FLAGS, KNOWN = [*FLAGS, "restricted", "not_inspected", "dual_regime", "unclean"], [f"fengcun.record.{n}" for n in "12"]


def need(claim: object, sentence: str) -> None:
    if not claim:
        raise ValueError(sentence)


def parse(blob: bytes) -> Any:
    canonical = json.dumps(value := json.loads(blob), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    need(canonical.encode() == blob, "JSON is not canonical")
    return value


def head(frames: list[bytes]) -> bytes:
    cut = 1 << (len(frames) - 1).bit_length() >> 1
    return sha256(b"\1" + head(frames[:cut]) + head(frames[cut:]) if cut else b"\0" + frames[0]).digest()


def opened(i: int, row: Any, frame: bytes, salt: bytes, header: Any, base: bytes, words: Any) -> Any:
    cipher, size, algorithm = SUITES[header["suite"]]
    (derive := hmac.HMAC(base, algorithm())).update(b"fengcun/record" + salt)
    (commit := hmac.HMAC(key := derive.finalize()[:size], algorithm())).update(b"fengcun/commit")
    need(commit.finalize()[:16] == frame[:16], f"record {i}: the key is not the committed one")
    cover = Cipher(cipher(key), modes.GCM(bytes(12), frame[-16:])).decryptor()
    cover.authenticate_additional_data(header["front"] + i.to_bytes(4))
    record = zstd.decompress(cover.update(frame[16:-16]) + cover.finalize(), words)
    told = parse(record[4 : (at := 4 + int.from_bytes(record[:4]))])
    parts = {part["name"]: record[at : (at := at + part["length"])] for part in told["parts"]}
    need(at == len(record) and next(iter(parts)) == "capture", f"record {i}: the parts do not add up")
    times = [round(1000 * datetime.fromisoformat(told[of]).timestamp()) for of in ("sent_at", "received_at")]
    shown = [*times, KINDS.index(told["kind"]), sum(1 << FLAGS.index(flag) for flag in told["flags"])]
    need(row[2:7] == [*shown, told["record_id"][32:]], f"record {i}: the directory says otherwise")
    need(told["format"] in KNOWN and told["archive"] == header["archive"], f"record {i}: a stranger")
    return told, parts


def open_segment(segment: bytes, keyring: bytes, unwrap: Any, dictionary: bytes) -> list[Any]:
    """Check all, then give each record's (description, {part: bytes}); ({}, {}) if erased. `unwrap(key, context)`."""
    need(sha256(segment[:-32]).digest() == segment[-32:], "the trailer is not the SHA-256 of the rest")
    at, end = 12 + int.from_bytes(segment[8:12]), len(segment) - 36 - int.from_bytes(segment[-36:-32])
    header, directory = parse(segment[12:at]), parse(zstd.decompress(segment[end:-36]))
    rows, sort, count = directory["records"], header["class"], len(directory["tokens"])
    path = f"{sort['tier']}/{sort['retain_until']}/{'erasable' if sort['erasable'] else 'fixed'}"
    bound = {"fengcun:archive": header["archive"], "fengcun:segment": header["segment_id"], "fengcun:class": path}
    need(segment[:8] + header["format"].encode() == b"FENGCUN1fengcun.segment.1", "not version 1")
    need(header["encryption_context"] == bound, "the encryption context is not that of the header")
    need(header["dictionary"] == sha256(dictionary).hexdigest(), "not the dictionary named in the header")
    need(keyring[:12] == b"FENGKEY1" + len(rows).to_bytes(4) and len(keyring) == 12 + 32 * len(rows), "keyring")
    need([r[0] for r in rows] + [end] == [at] + [r[0] + r[1] for r in rows], "the frames leave gaps or overlap")
    need(0 < len(rows) < 65536 and all(0 <= t < count for r in rows for t in r[8]), "the directory is wrong")
    frames = [segment[start : start + length] for start, length, *_ in rows]
    need(directory["root"] == head(frames).hex(), "the root is not that of the frames")
    header["front"], salts = sha256(segment[:at]).digest(), [keyring[k : k + 32] for k in range(12, len(keyring), 32)]
    fixed = header, unwrap(b64decode(header["wrapped_key"], validate=True), bound), zstd.ZstdDict(dictionary)
    return [opened(i, r, frames[i], salts[i], *fixed) if any(salts[i]) else ({}, {}) for i, r in enumerate(rows)]


if __name__ == "__main__":
    a, b, c, d = (Path(name).read_bytes() for name in sys.argv[1:])
    sys.stdout.writelines(json.dumps(t, ensure_ascii=False) + "\n" for t, _ in open_segment(a, b, lambda *_: d, c))
