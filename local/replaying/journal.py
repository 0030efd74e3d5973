"""What was answered so far: a line for each batch, written after its answer came."""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from local.replaying.folder import Capture, Mark


@dataclass(slots=True, kw_only=True)
class Journal:
    """Where a replay of one folder into one archive stands."""

    file: Path
    accepted: int = 0
    refused: int = 0
    done: dict[str, Mark] = field(default_factory=dict)
    """How far each file has had its answers."""

    @classmethod
    def open(cls, file: Path) -> Self:
        """A last line that was only half written, because the process died, counts as not written."""
        journal = cls(file=file)
        whole = file.read_bytes() if file.exists() else b""
        kept = whole[: whole.rfind(b"\n") + 1]
        for line in kept.splitlines():
            entry = json.loads(line)
            journal._count(
                entry["accepted"], entry["refused"], {file: Mark(*mark) for file, mark in entry["done"].items()}
            )
        if kept != whole:
            file.write_bytes(kept)
        return journal

    def write(self, captures: Iterable[Capture], *, accepted: int, refused: int) -> None:
        """Durable when it returns."""
        done = {capture.file: capture.mark for capture in captures}
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("ab") as out:
            line = json.dumps({"accepted": accepted, "refused": refused, "done": done}, ensure_ascii=False)
            out.write(line.encode() + b"\n")
            os.fsync(out.fileno())
        self._count(accepted, refused, done)

    def _count(self, accepted: int, refused: int, done: dict[str, Mark]) -> None:
        self.accepted += accepted
        self.refused += refused
        self.done |= done


def journal_file(data: Path, *, folder: Path, into: str) -> Path:
    """Beside the archive's own data, so that an archive that starts anew is filled anew."""
    name = hashlib.sha256(f"{folder.resolve()}\0{into}".encode()).hexdigest()[:16]
    return data / "replay" / f"{name}.jsonl"
