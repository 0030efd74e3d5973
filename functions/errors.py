"""The four outcomes that are not success, named for what the caller must do. Everything else is a bug."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with an input: where, and what to do about it. Never quotes the input."""

    pointer: str
    """RFC 6901 JSON Pointer into the input, or the name of a header or parameter."""
    detail: str


class Rejected(Exception):
    """Can never be accepted. Settled by refusing it with the reason, or by quarantine."""

    def __init__(self, message: str, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(message)
        self.faults = faults


class TryLater(Exception):
    """The world is busy. Settled by leaving the work where it is."""


class AlreadyStored(Exception):
    """Done before. Settled by acknowledging."""


class Tampered(Exception):
    """Evidence does not verify. Settled by leaving it, raising the alarm, never repairing."""
