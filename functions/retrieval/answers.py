"""What the reading door answers, as types: mypy holds the code to them, `docs/openapi.json` is made from them."""

from typing import Any, Literal

from typing_extensions import TypedDict


class Capture(TypedDict):
    """The bytes as they were sent."""

    media_type: str
    base64: str
    sha256: str


class Location(TypedDict):
    """Where the record's frame lies in the vault."""

    bucket: str
    key: str
    version_id: str
    segment_id: str
    ordinal: int
    offset: int
    length: int


class Lock(TypedDict):
    """As S3 reports it."""

    mode: str | None
    retain_until: str | None
    legal_hold: str


class Links(TypedDict):
    """Recalls and what they take back, sealed messages and what they became when they were opened, as record ids."""

    recalls: list[str]
    recalled_by: list[str]
    opens: list[str]
    opened_by: list[str]
    complete: bool
    """False when there may be more than were looked at."""


class Unlinked(TypedDict):
    """A record by itself."""

    record_id: str
    capture: Capture
    envelope: dict[str, Any]
    """What is known and decided about the capture: docs/formats.md, "Record"."""
    location: Location
    lock: Lock
    copies: int


Whereabouts = Literal["sealed", "inline", "erased", "missing"]


class MediaStatus(TypedDict):
    """One file that a record names, by what its capture says of it, and where it is."""

    sha256: str | None
    md5: str | None
    status: Whereabouts
    since: str | None
    """Of a missing one: when the first record named it. Of an erased one: when it was."""
    mismatch_at: str | None
    """Of one that is missing or erased: when an upload was announced as it and was not."""
    verdict: str | None
    """What the scan said: clean, infected, unscannable, unscanned. Null while there is nothing to scan."""


class Record(Unlinked):
    links: Links
    media: list[MediaStatus]


class Object(TypedDict):
    """Where a media file lies in the vault."""

    bucket: str
    key: str


class MediaPart(TypedDict):
    """Some bytes of a media file."""

    sha256: str
    """Of the whole file."""
    size_bytes: int
    """Of the whole file."""
    media_type: str
    """Of its content."""
    description: dict[str, Any]
    """What was sealed with it: docs/formats.md, "Media, version 1"."""
    offset: int
    length: int
    base64: str
    location: Object
    lock: Lock


class Archived(TypedDict):
    """One record of the event that was asked for."""

    record_id: str
    sent_at: str
    received_at: str


class Receipts(TypedDict):
    gateway: str
    id: str
    status: Literal["archived"]
    records: list[Archived]


class Exceptions(TypedDict):
    """Records that somebody must look at."""

    records: list[Archived]
    complete: bool
    """False when there are more than were looked at, or some that could not be opened."""


class Stay(TypedDict):
    """From when until when an account was in a conversation; null where nobody has said."""

    conversation: str
    account: str
    since: str | None
    until: str | None
    records: list[str]
    """The records that say so."""


class Witness(TypedDict):
    """A message near the asked moment: who sent it and whom it reached."""

    record_id: str
    sent_at: str
    accounts: list[str]


class Memberships(TypedDict):
    stays: list[Stay]
    witnesses: list[Witness]
    complete: bool
    """False when there may be more than were looked at."""


class Signature(TypedDict):
    """Of a report's canonical JSON, by the archive's own key."""

    algorithm: str
    key: str
    public_key: str
    value: str


class Report(TypedDict):
    """One signed report."""

    record_id: str
    day: str
    report: dict[str, Any]
    """docs/formats.md, "Completeness report, version 1"."""
    signature: Signature


class Reports(TypedDict):
    archive: str
    days: int
    asked_at: str
    reports: list[Report]
