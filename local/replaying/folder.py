"""Captures in a folder: each `*.json` is one CloudEvent, each line of a `*.jsonl` or `*.ndjson` another."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from functions.capture.event import read_single
from functions.errors import Rejected

LINES = frozenset({".jsonl", ".ndjson"})
KINDS = frozenset({".json"}) | LINES
BATCH = 100
BATCH_BYTES = 3 * 2**20
"""The door takes 4 MiB. A capture that is larger by itself travels alone, and the door says no."""


class Mark(NamedTuple):
    """How far a file has been read."""

    line: int
    end: int
    """Bytes up to here."""


NOTHING = Mark(0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One capture, as it will be sent."""

    file: str
    """Path within the folder, with `/`."""
    mark: Mark
    """Its line in its file, from 1 (always 1 in a `*.json`), and where it ends."""
    body: bytes = field(repr=False)

    @property
    def place(self) -> str:
        return f"{self.file}:{self.mark.line}" if self.file.endswith(tuple(LINES)) else self.file

    def spoiled(self) -> str:
        """Why it would spoil its whole batch: it is no JSON that the door reads. Empty when it is."""
        try:
            read_single(self.body)
        except Rejected as refused:
            return f"{refused}: {'; '.join(fault.detail for fault in refused.faults)}"
        return ""


def files_of(folder: Path) -> list[Path]:
    """Every file that holds captures, also in folders of the folder, in the order of their names."""
    return sorted(path for path in folder.rglob("*") if path.suffix in KINDS and path.is_file())


def captures(folder: Path, done: Mapping[str, Mark]) -> Iterator[Capture]:
    """Lazily, each file from its mark on."""
    for path in files_of(folder):
        name = path.relative_to(folder).as_posix()
        after = done.get(name, NOTHING)
        if path.suffix in LINES:
            yield from _lines(path, name, after)
        elif after == NOTHING:
            body = path.read_bytes()
            yield Capture(file=name, mark=Mark(1, len(body)), body=body.strip())


def _lines(path: Path, name: str, after: Mark) -> Iterator[Capture]:
    end = after.end
    with path.open("rb") as file:
        file.seek(end)
        for line, body in enumerate(file, start=after.line + 1):
            end += len(body)
            if not body.isspace():
                yield Capture(file=name, mark=Mark(line, end), body=body.strip())


def batches(found: Iterable[Capture]) -> Iterator[list[Capture]]:
    """Up to a hundred captures and 3 MiB each."""
    batch: list[Capture] = []
    size = 0
    for capture in found:
        if batch and (len(batch) == BATCH or size + len(capture.body) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(capture)
        size += len(capture.body)
    if batch:
        yield batch
