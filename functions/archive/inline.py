"""Files that travel inside captures are scanned before they are kept. Whatever the scan says, the capture is kept."""

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import zip_longest

from functions.archive.draft import Draft
from functions.capture.capture import Flag
from functions.malware.scan import Scan, Scanner
from functions.malware.verdicts import CLEAN, INFECTED, UNSCANNABLE, UNSCANNED

FILE_SECONDS, DELIVERY_SECONDS = 5, 15
"""For unpacking. A delivery takes ten megabytes at most, so without it a scan is over in a moment."""
PATIENT_ATTEMPTS = 50
"""Half of what the queue allows. Where the scan may be what ends the process each time, the capture is kept without."""


class Scanning:
    """The scan of one delivery's files, which share the time."""

    def __init__(self, scanner: Callable[[], Scanner], *, now: datetime, attempt: int) -> None:
        self._scanner, self._now = scanner, now
        self._patient = attempt <= PATIENT_ATTEMPTS
        self._until: float | None = None

    def scan(self, text: str, name: str | None) -> Scan:
        """Of a file in base64. Never raises what the bytes could bring about."""
        scanner = self._scanner()
        if not self._patient:
            return scanner.unread(UNSCANNED, "given up", now=self._now)
        try:
            body = base64.b64decode(text, validate=True)
        except ValueError:  # a more lenient reader may still see a file there
            return scanner.unread(UNSCANNABLE, "not base64", now=self._now)
        return scanner.scan(body, name=name, now=self._now, seconds=self._left(scanner))

    def _left(self, scanner: Scanner) -> float:
        if self._until is None:
            self._until = scanner.clock() + DELIVERY_SECONDS
        return min(FILE_SECONDS, self._until - scanner.clock())


def look(one: Draft, scanning: Scanning) -> Draft:
    """With what the scan says of each file in it, and without their bytes. What is not kept is not looked into."""
    meaning = replace(one.meaning, inline=())
    if one.early is not None:
        return replace(one, meaning=meaning)
    files = zip_longest(one.meaning.inline, one.meaning.media)
    scans = tuple(None if text is None else scanning.scan(text, file.name) for text, file in files)
    unclean = any(scan and scan.verdict != CLEAN for scan in scans)
    return replace(one, meaning=meaning, scans=scans, flags=one.flags | (Flag.UNCLEAN if unclean else Flag.NONE))


def infected(one: Draft) -> int:
    """How many of its files."""
    return sum(scan is not None and scan.verdict == INFECTED for scan in one.scans)
