"""The scan rules as they were shipped, and a stream of bytes judged by them in windows that overlap.

What that means for a rule: a pattern of up to 64 KiB is found wherever it lies, a condition is judged on one window
(the next mebibyte and the 64 KiB before it). `first` is true for the window that begins the file; there offsets are the
file's own. So a condition must never rest on a pattern being absent, nor on two that may lie further apart.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

import yara_x

from functions.errors import Rejected
from functions.media import images, kinds

FOLDER = Path(__file__).parent / "rules"
WINDOW_BYTES = 2**20
OVERLAP_BYTES = 2**16
WINDOW_SECONDS = 20
"""For one window. No shipped rule takes a hundredth of a second."""
DIGITS = 16
GIVEN = {"first": False, "detected": "", "claimed": "", "name": ""}
META = ("id", "version", "description", "reference")
ENGINE = f"yara-x {version('yara-x')}"


@dataclass(frozen=True, slots=True)
class Rules:
    """Compiled rules."""

    compiled: yara_x.Rules
    version: str
    """First 16 hex digits of the SHA-256 over every file of rules with its name."""

    def scanner(self) -> yara_x.Scanner:
        """For one upload: it has a state, and stays in the thread that made it."""
        made = yara_x.Scanner(self.compiled)
        made.set_timeout(WINDOW_SECONDS)
        return made


def compile_rules(sources: Mapping[str, str]) -> Rules:
    """Raises Rejected naming the file, the line and what is wrong."""
    compiler, digest, ids = yara_x.Compiler(includes_enabled=False), hashlib.sha256(), set[str]()
    for name, value in GIVEN.items():
        compiler.define_global(name, value)
    for name, source in sorted(sources.items()):
        try:
            compiler.add_source(source, origin=name)
        except yara_x.CompileError as error:
            raise Rejected(f"{name}: {error}") from error
        digest.update(f"{name}\0{source}\0".encode())
    rules = compiler.build()
    for rule in rules:
        told = dict(rule.metadata)
        missing = [one for one in META if not told.get(one)]
        if missing or told["id"] in ids:
            why = f"has no meta {', '.join(missing)}" if missing else f"has the id {told['id']} of another rule"
            raise Rejected(f"rule {rule.identifier} {why}")
        ids.add(str(told["id"]))
    return Rules(rules, digest.hexdigest()[:DIGITS])


@cache
def shipped() -> Rules:
    """The rules in `rules/`, compiled once."""
    return compile_rules({path.name: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.yar"))})


class Windows:
    """One stream, a file or a member of one, as it passes by."""

    def __init__(self, scanner: yara_x.Scanner, *, claimed: str = "", name: str = "") -> None:
        self._scanner, self._claimed, self._name = scanner, claimed, name.lower()
        self._held, self._fresh = bytearray(), 0
        self._first = True
        self.detected = kinds.UNKNOWN
        self.found: set[str] = set()
        """Ids of the rules that matched."""
        self.why: set[str] = set()
        """What keeps the stream from being called clean."""

    def feed(self, part: bytes | memoryview) -> None:
        """The next bytes, however many."""
        for at in range(0, len(part), WINDOW_BYTES):
            piece = part[at : at + WINDOW_BYTES]
            self._held += piece
            self._fresh += len(piece)
            if self._fresh >= WINDOW_BYTES:
                self._scan()

    def close(self) -> None:
        """There are no more."""
        if self._fresh or self._first:
            self._scan()

    def _scan(self) -> None:
        window = bytes(self._held)
        if self._first:
            self.detected = kinds.detect(window[: kinds.HEAD_BYTES])
            if images.is_bomb(self.detected, window):
                self.why.add("bomb: pixels")
        self._match(window)
        self._first, self._fresh = False, 0
        del self._held[:-OVERLAP_BYTES]

    def _match(self, window: bytes) -> None:
        given = {"first": self._first, "detected": self.detected, "claimed": self._claimed, "name": self._name}
        for name, value in given.items():
            self._scanner.set_global(name, value)
        try:
            matching = self._scanner.scan(window).matching_rules
        except yara_x.TimeoutError:
            self.why.add("timeout")
            return
        self.found |= {str(dict(rule.metadata)["id"]) for rule in matching}
