"""A file that is too large for a capture: announced, uploaded, sealed, read back by range."""

import base64
import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from local.story.delivering import GATEWAY
from local.story.outside import Outside
from local.story.promise import Promise, weigh

SIZE_BYTES = 5 * 2**20 + 17
_PART_BYTES = 4 * 2**20
_PATIENCE_SECONDS = 60
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
"""eicar.org/download-anti-malware-testfile (read 2026-11). In two parts, so that no scanner finds this source."""


@dataclass(frozen=True, slots=True)
class File:
    """Bytes that stand for a video."""

    body: bytes

    @property
    def sha256_hex(self) -> str:
        return sha256(self.body).hexdigest()

    def announcement(self) -> bytes:
        return json.dumps({"sha256": self.sha256_hex, "size_bytes": len(self.body), "media_type": "video/mp4"}).encode()


def make_file() -> File:
    return File(b"\0\0\0\x20ftypisom" + random.Random(7).randbytes(SIZE_BYTES - 12))  # noqa: S311 (the same every time)


def send_media(outside: Outside, file: File) -> Promise:
    """The gateway announces a file and uploads first another one, then this one."""
    answer = outside.announce(file.announcement(), gateway=GATEWAY, webhook_id="demo-media-1")
    upload: Mapping[str, Any] = answer.document().get("upload", {})
    if not upload:
        return Promise(
            "A permitted upload takes the announced file alone", kept=False, evidence=f"HTTP {answer.status}"
        )
    other = outside.upload(upload, file.body[:-1] + b"?")
    right = outside.upload(upload, file.body)
    seen = [
        (f"another file of the same size: HTTP {other}", other == HTTPStatus.BAD_REQUEST),
        (f"the file: HTTP {right}", right == HTTPStatus.OK),
    ]
    evidence = f"another file of the same size: HTTP {other}, the file: HTTP {right}"
    return weigh("A permitted upload takes the announced file alone", seen, evidence=evidence)


def refuse_infected(outside: Outside) -> Promise:
    """The test file that every scanner must find is uploaded: it is kept, and given to nobody."""
    file = File(EICAR)
    answer = outside.announce(file.announcement(), gateway=GATEWAY, webhook_id="demo-media-3")
    sent = outside.upload(answer.document().get("upload", {}), file.body) if answer.status == HTTPStatus.CREATED else 0
    path, began = f"/media/{file.sha256_hex}", time.monotonic()
    while (read := outside.read(path)).status == HTTPStatus.NOT_FOUND and time.monotonic() - began < _PATIENCE_SECONDS:
        time.sleep(0.5)
    known = outside.announce(file.announcement(), gateway=GATEWAY, webhook_id="demo-media-4").document().get("status")
    seen = [
        (f"its upload was answered {sent}", sent == HTTPStatus.OK),
        (f"a reader was answered {read.status}", read.status == HTTPStatus.FORBIDDEN),
        (f"announced again it is {known}", known == "archived"),
    ]
    evidence = f"HTTP {read.status}: {read.document().get('detail', '')}; announced again: {known}"
    return weigh("An infected file is sealed, marked, and refused to readers", seen, evidence=evidence)


def read_media(outside: Outside, file: File) -> Promise:
    """Wait until it is sealed, and read it in parts."""
    path, began = f"/media/{file.sha256_hex}", time.monotonic()
    while outside.read(f"{path}?length=1").status != HTTPStatus.OK and time.monotonic() - began < _PATIENCE_SECONDS:
        time.sleep(0.5)
    parts = [
        outside.read(f"{path}?length={_PART_BYTES}&offset={offset}").document()
        for offset in range(0, SIZE_BYTES, _PART_BYTES)
    ]
    body = b"".join(base64.b64decode(part.get("base64", "")) for part in parts)
    known = outside.announce(file.announcement(), gateway=GATEWAY, webhook_id="demo-media-2").document().get("status")
    seen = [
        ("it came back changed", body == file.body),
        ("it is not locked", all(part.get("lock", {}).get("mode") == "COMPLIANCE" for part in parts)),
        (f"announced again it is {known}", known == "archived"),
    ]
    evidence = f"{len(body):,} bytes in {len(parts)} parts, locked; announced again: {known}"
    return weigh("The file is sealed, locked, and read back by range", seen, evidence=evidence)
