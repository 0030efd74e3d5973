"""The media door: `POST /media` asks for a place to put one file that is too large to travel inside a capture.

No file is stored here. The answer is a presigned upload that takes exactly the announced bytes, once S3 has counted and
hashed them; or that the archive has this file already.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from functions.canonical import moment_text
from functions.capture.media import LARGEST_BYTES, media_id, object_key, upload_key
from functions.capture.tokens import IndexKey
from functions.errors import Fault, Rejected
from functions.intake.answers import FileExpected, FileKept
from functions.intake.webhook import Unauthenticated, authenticate
from functions.web import Answer, Request, json_answer, problem

UPLOAD_SECONDS = 900
LARGEST_BODY_BYTES = 4096
TYPE = r"^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,63}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,63}$"  # RFC 6838 §4.2, shorter


class Announcement(BaseModel):
    """The body."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size_bytes: Annotated[int, Field(ge=1, le=LARGEST_BYTES)]
    media_type: Annotated[str, Field(pattern=TYPE)] | None = None
    md5: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an upload is bound to."""

    sha256: str
    size_bytes: int
    gateway: str
    media_type: str | None
    md5: str | None


@dataclass(frozen=True, slots=True)
class Permit:
    """A URL to PUT to, and the headers to send as they are: they are signed."""

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


class Shelf(Protocol):
    def holds(self, key: str) -> bool:
        """Whether the vault has this object under a lock. Raises TryLater."""
        ...


class Generations(Protocol):
    def of(self, name: str) -> int:
        """Which object of a file counts: how often it has been erased. Raises TryLater."""
        ...

    def touch(self, name: str, generation: int, *, now: datetime) -> bool:
        """Atomic: whether that one still counts; then erasure leaves it alone for a while. Raises TryLater."""
        ...


class Uploads(Protocol):
    def permit(self, key: str, wanted: Wanted, *, seconds: int) -> Permit:
        """Let whoever has it put exactly this, for so long."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the media door needs of the world."""

    index_key: IndexKey
    shelf: Shelf
    generations: Generations
    uploads: Uploads


def take(request: Request, *, world: World, gateways: Mapping[str, tuple[str, ...]], now: datetime) -> Answer:
    """Every answer, but for TryLater."""
    if len(request.body) > LARGEST_BODY_BYTES:
        detail = (
            f"the announcement has {len(request.body)} bytes, {LARGEST_BODY_BYTES} are allowed; the file comes later"
        )
        return problem(413, name="too-large", title="The body is too large", detail=detail)
    try:
        sender = authenticate(request, gateways, now)
        announced = _read(request.body)
    except Unauthenticated as refused:
        return problem(401, name="signature", title="Not authenticated", detail=str(refused), faults=refused.faults)
    except Unreadable as refused:
        return problem(422, name="media", title="Not an announcement", detail=str(refused), faults=refused.faults)
    except Rejected as refused:
        return problem(400, name="headers", title="Headers missing", detail=str(refused), faults=refused.faults)
    name = media_id(world.index_key, announced.sha256)
    if _is_archived(name, world, now):
        kept: FileKept = {"status": "archived"}
        return json_answer(200, kept)
    wanted = Wanted(gateway=sender.gateway, **announced.model_dump())
    permit = world.uploads.permit(upload_key(name), wanted, seconds=UPLOAD_SECONDS)
    expected: FileExpected = {
        "status": "expected",
        "upload": {"url": permit.url, "method": "PUT", "headers": dict(permit.headers)},
        "expires_at": moment_text(now + timedelta(seconds=UPLOAD_SECONDS)),
    }
    return json_answer(201, expected)


def _is_archived(name: str, world: World, now: datetime) -> bool:
    """Whoever hears so uploads nothing, so the file must outlast the way of the capture that is to name it."""
    generation = world.generations.of(name)
    if not world.shelf.holds(object_key(name, generation)):
        return False
    return world.generations.touch(name, generation, now=now) or _is_archived(name, world, now)


class Unreadable(Rejected):
    """Rightly signed, but not an announcement."""


def _read(body: bytes) -> Announcement:
    try:
        return Announcement.model_validate_json(body)
    except ValidationError as error:
        faults = tuple(
            Fault(pointer="".join(f"/{part}" for part in one["loc"]), detail=one["msg"])
            for one in error.errors(include_url=False, include_context=False, include_input=False)
        )
        raise Unreadable("the body does not announce a media file", faults) from error
