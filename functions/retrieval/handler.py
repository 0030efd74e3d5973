"""The door: a reader's request in, one record or receipt out."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3

from functions.archive.aws_media import MediaTable
from functions.archive.media import BY_MD5
from functions.canonical import from_epoch_ms, moment_text, parse_moment
from functions.capture.media import MD5_HEX, SHA256_HEX, media_id
from functions.capture.tokens import IndexKey
from functions.errors import Fault, Rejected, Tampered, TryLater
from functions.law.states import Use
from functions.retrieval.answers import Archived, Exceptions, Memberships, Receipts, Record, Reports, Unlinked
from functions.retrieval.aws import ActTable, KmsUnwrap, PostingTable, S3Bucket, StateTable
from functions.retrieval.dictionaries import VaultDictionaries
from functions.retrieval.exceptions import exceptions
from functions.retrieval.find import RECORD_ID, Found, by_event, by_record_id, hours
from functions.retrieval.links import links
from functions.retrieval.media import (
    NoSuchMedia,
    NoSuchRange,
    World as MediaWorld,
    named,
    parse_range,
    read_media,
    statuses,
)
from functions.retrieval.members import of_account, of_conversation, parse_question
from functions.retrieval.naming import naming
from functions.retrieval.opening import Search
from functions.retrieval.read import Erased, World, read
from functions.retrieval.reports import parse_days, read_reports
from functions.retrieval.scanned import ACT_ID, Asked, Withheld as Unclean, check_inside
from functions.retrieval.states import Withheld, asked_use, check_any
from functions.runtime import IMPATIENT, count, logger, read_secret
from functions.segment.dictionary import shipped
from functions.settings import RoomSettings
from functions.web import Answer, Request, json_answer, problem, read_request

OVERRIDE = Fault(pointer="override", detail="name an approved act of override for it that has not run out")


class Settings(RoomSettings):
    archive_id: str
    vault_bucket: str
    keyring_bucket: str
    postings_table: str
    states_table: str
    acts_table: str
    index_secret_arn: str
    media_table: str


@cache
def settings() -> Settings:
    return Settings.load()


@cache
def postings() -> PostingTable:
    return PostingTable(boto3.client("dynamodb", config=IMPATIENT), settings().postings_table)


@cache
def world() -> World:
    s3 = boto3.client("s3", config=IMPATIENT)
    vault = S3Bucket(s3, settings().vault_bucket)
    return World(
        archive_id=settings().archive_id,
        vault=vault,
        keyrings=S3Bucket(s3, settings().keyring_bucket),
        unwrap=KmsUnwrap(boto3.client("kms", config=IMPATIENT)),
        dictionaries=VaultDictionaries(vault, shipped()),
        states=StateTable(boto3.client("dynamodb", config=IMPATIENT), settings().states_table),
    )


@cache
def index_key() -> IndexKey:
    secrets = boto3.client("secretsmanager", config=IMPATIENT)
    return IndexKey(read_secret(secrets, settings().index_secret_arn).encode())


def search() -> Search:
    return Search(postings=postings(), key=index_key(), world=world())


@cache
def items() -> MediaTable:
    return MediaTable(boto3.client("dynamodb", config=IMPATIENT), settings().media_table)


@cache
def overrides() -> ActTable:
    return ActTable(boto3.client("dynamodb", config=IMPATIENT), settings().acts_table)


def media_world() -> MediaWorld:
    own = world()
    return MediaWorld(vault=own.vault, keyrings=own.keyrings, unwrap=own.unwrap, index_key=index_key(), items=items())


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A REST API proxy event, signed by an IAM identity. Who read what is logged, whatever the answer."""
    request = read_request(event)
    answer = _answer(request)
    logger().info(
        "read",
        extra={
            "route": request.resource,
            "record_id": _known(request.path.get("record_id", "")),
            "media_id": _media_id(request.path.get("sha256", "")),
            "override": _act(request, "override") or _act(request, "act"),
            "caller": request.caller,
            "status": answer.status,
        },
    )
    count(settings().archive_id, **{"RecordsRead" if answer.status == 200 else "ReadsRefused": 1})  # noqa: PLR2004 - HTTP's own number
    return answer.to_proxy()


def _known(record_id: str) -> str | None:
    """A caller may write anything into a path; only what looks like a record id is logged."""
    return record_id if RECORD_ID.fullmatch(record_id) else None


def _media_id(digest_hex: str) -> str | None:
    """Its keyed name: a digest in a log would tell which file was read to whoever has the file."""
    if SHA256_HEX.fullmatch(digest_hex):
        return media_id(index_key(), digest_hex)
    return index_key().token(BY_MD5, digest_hex).hex() if MD5_HEX.fullmatch(digest_hex) else None


def _act(request: Request, name: str) -> str | None:
    """The act that a reader names; anything that is not the id of one is neither looked up nor logged."""
    named = request.query.get(name, ())
    return named[-1] if named and ACT_ID.fullmatch(named[-1]) else None


def _answer(request: Request) -> Answer:
    try:
        return ROUTES[request.resource](request)
    except Rejected as refused:
        return problem(400, name="request", title="Not understood", detail=str(refused), faults=refused.faults)
    except Erased:
        return problem(410, name="erased", title="Erased", detail="it was erased; nobody can open it again")
    except Withheld as withheld:
        faults = (Fault(pointer=withheld.refused.rule, detail=withheld.refused.reason),)
        return problem(403, name="restricted", title="Restricted", detail=withheld.refused.reason, faults=faults)
    except TryLater:
        return problem(503, name="busy", title="Not now", detail="the archive is busy: ask again")
    except Tampered as evidence:
        return problem(500, name="tampered", title="Evidence does not verify", detail=str(evidence))


def _unclean(withheld: Unclean) -> Answer:
    count(settings().archive_id, MediaWithheld=1)
    return problem(403, name="malware", title="Withheld", detail=str(withheld), faults=(OVERRIDE,))


def _record(request: Request) -> Answer:
    found = by_record_id(postings(), request.path["record_id"])
    if not found:
        detail = "no record has this id; a capture can be read about a minute after its receipt"
        return problem(404, name="unknown", title="No such record", detail=detail)
    use = _use(request, bytes.fromhex(request.path["record_id"]))
    answer = _first_that_verifies(found, len(found), use)
    try:
        if use is not Use.STATUTORY:
            check_inside(answer["envelope"], answer["record_id"], _asked(request))
    except Unclean as withheld:
        return _unclean(withheld)
    media = statuses(answer["envelope"], media_world())
    record: Record = {**answer, "links": links(answer["envelope"], search()), "media": media}
    return json_answer(200, record)


def _media(request: Request) -> Answer:
    offset, length = (request.query.get(name, ()) for name in ("offset", "length"))
    try:
        part = parse_range(offset[-1] if offset else "0", length[-1] if length else None)
        name = bytes.fromhex(named(request.path["sha256"], media_world()))
        check_any(naming(name, postings=postings(), items=items(), world=world()), _use(request, name))
        return json_answer(200, read_media(request.path["sha256"], part, asked=_asked(request), world=media_world()))
    except Unclean as withheld:
        return _unclean(withheld)
    except NoSuchMedia:
        detail = "no file of this SHA-256 was uploaded and sealed; one inside a capture is read with its record"
        return problem(404, name="unknown", title="No such file", detail=detail)
    except NoSuchRange as refused:
        return problem(416, name="range", title="Beyond the end", detail=str(refused))


def _memberships(request: Request) -> Answer:
    """Whom it is about stands in the query, which no log has: the access log knows the resource alone."""
    conversation, account, at = (
        next(iter(request.query.get(one, ())), None) for one in ("conversation", "account", "at")
    )
    name, moment, about_conversation = parse_question(conversation, account, at)
    found: Memberships = of_conversation(name, moment, search()) if about_conversation else of_account(name, search())
    return json_answer(200, found)


def _exceptions(request: Request) -> Answer:
    day = next(iter(request.query.get("day", ())), None)
    found: Exceptions = exceptions(request.path["flag"], day, search())
    return json_answer(200, found)


def _asked(request: Request) -> Asked:
    return Asked(override=_act(request, "override"), now=datetime.now(UTC), overrides=overrides())


def _use(request: Request, thing: bytes) -> Use:
    return asked_use(request, thing, overrides=overrides(), now=datetime.now(UTC))


def _first_that_verifies(found: list[Found], copies: int, use: Use) -> Unlinked:
    """A copy that does not verify must not hide one that does. Raises Tampered when none does."""
    first, *others = found
    try:
        return read(first, copies=copies, world=world(), use=use)
    except Tampered as evidence:
        count(settings().archive_id, RecordsTampered=1)
        logger().error("tampered", extra={"reason": str(evidence)})
        if not others:
            raise
    return _first_that_verifies(others, copies, use)


def _receipt(request: Request) -> Answer:
    now = datetime.now(UTC)
    gateway, event_id = request.path["gateway"], request.path["event_id"]
    found = by_event(postings(), index_key(), gateway=gateway, event_id=event_id, hours=hours(_sent(request), now))
    if not found:
        detail = "no record of this event around that time; ask with ?sent=<its time> if it was not sent today"
        return problem(404, name="unknown", title="No such event", detail=detail)
    records = {one.record_id: _line(one) for one in found}
    answer: Receipts = {"gateway": gateway, "id": event_id, "status": "archived", "records": list(records.values())}
    return json_answer(200, answer)


def _line(one: Found) -> Archived:
    return {
        "record_id": one.record_id,
        "sent_at": moment_text(from_epoch_ms(one.row.sent_at_ms)),
        "received_at": moment_text(from_epoch_ms(one.row.received_at_ms)),
    }


def _reports(request: Request) -> Answer:
    days, now = parse_days(request.query.get("days", ())), datetime.now(UTC)
    found = read_reports(postings(), index_key(), world(), days=days, now=now)
    own = settings().archive_id
    answer: Reports = {"archive": own, "days": days, "asked_at": moment_text(now), "reports": found}
    return json_answer(200, answer)


def _sent(request: Request) -> datetime | None:
    values = request.query.get("sent", ())
    if not values:
        return None
    try:
        return parse_moment(values[-1].replace(" ", "+"))  # the + of an offset, decoded as a form's blank
    except ValueError as error:
        raise Rejected("sent is not a time", (Fault(pointer="sent", detail=str(error)),)) from error


ROUTES = {
    "/records/{record_id}": _record,
    "/media/{sha256}": _media,
    "/receipts/{gateway}/{event_id}": _receipt,
    "/memberships": _memberships,
    "/exceptions/{flag}": _exceptions,
    "/reports/completeness": _reports,
}
