"""What the custodian answers, as types: mypy holds the code to them, `docs/openapi.json` is made from them."""

from typing_extensions import TypedDict


class SuspectLine(TypedDict):
    """Codes and times; nothing of what it says."""

    record_id: str
    reasons: list[str]
    since: str
    due: str
    state: str
    """`active` while nobody has decided, `secret_frozen` once it is confirmed."""


class SuspectList(TypedDict):
    suspects: list[SuspectLine]
    complete: bool
    """False when there are more than were looked at."""


class SuspectCapture(TypedDict):
    """The bytes as they were sent."""

    base64: str
    sha256: str


class SuspectShown(SuspectLine):
    """All of one. That it was shown, and to whom, has been recorded before."""

    source: str
    event_type: str
    sent_at: str
    received_at: str
    capture: SuspectCapture
