"""What the gateway door answers, as types: mypy holds the code to them, `docs/openapi.json` is made from them."""

from typing import Literal

from typing_extensions import TypedDict

from functions.web import Problem


class Receipt(TypedDict):
    """The capture is sealed and in the queue; `record_id` is what it will be read by."""

    gateway: str
    source: str
    id: str
    record_id: str
    sent_at: str
    received_at: str


class AcceptedEvent(TypedDict):
    index: int
    status: Literal["accepted"]
    receipt: Receipt


class RefusedEvent(TypedDict):
    index: int
    status: Literal["refused"]
    problem: Problem


class Results(TypedDict):
    """One result for each event, in the order of the request."""

    delivery_id: str
    results: list[AcceptedEvent | RefusedEvent]


class UploadPermit(TypedDict):
    """Where to put the file, and the headers to send exactly so: they are signed."""

    url: str
    method: Literal["PUT"]
    headers: dict[str, str]


class FileExpected(TypedDict):
    """Upload it by then."""

    status: Literal["expected"]
    upload: UploadPermit
    expires_at: str


class FileKept(TypedDict):
    """The archive has this content, sealed and locked."""

    status: Literal["archived"]


Announced = FileExpected | FileKept
"""What becomes of an announced media file."""
