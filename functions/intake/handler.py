"""The door: HTTP requests in, receipts out."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from functions.errors import TryLater
from functions.intake import gateway, media, wechat, wecom
from functions.intake.accept import World
from functions.intake.aws import Delivering, EndpointsSecret, GenerationTable, S3Shelf, S3Uploads, delivering
from functions.intake.endpoints import Endpoints
from functions.runtime import IMPATIENT, count, logger
from functions.web import Answer, Request, problem, read_request, text_answer

OUTCOMES = {202: "DeliveriesAccepted", 200: "DeliveriesAccepted", 409: "DeliveriesConflicting"}
MEDIA_OUTCOMES = {201: "UploadsAllowed", 200: "MediaKnown"}


class Settings(Delivering):
    endpoints_secret_arn: str
    vault_bucket: str
    media_table: str


def now() -> datetime:
    return datetime.now(UTC)


@cache
def settings() -> Settings:
    return Settings.load()


@cache
def endpoints() -> EndpointsSecret:
    return EndpointsSecret(boto3.client("secretsmanager", config=IMPATIENT), settings().endpoints_secret_arn, now)


@cache
def world() -> World:
    return delivering(settings(), IMPATIENT, now)


@cache
def media_world() -> media.World:
    s3 = boto3.client("s3", config=IMPATIENT.merge(Config(signature_version="s3v4")))
    return media.World(
        index_key=world().index_key,
        shelf=S3Shelf(s3, settings().vault_bucket),
        generations=GenerationTable(boto3.client("dynamodb", config=IMPATIENT), settings().media_table),
        uploads=S3Uploads(s3, settings().intake_bucket),
    )


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A REST API proxy event."""
    request = read_request(event)
    answer = _take(request)
    _report(request, answer)
    return answer.to_proxy()


def _take(request: Request) -> Answer:
    route = request.resource.split("/")[1]
    try:
        return ROUTES[route](request, endpoints().load())
    except TryLater:
        if route in {"wecom", "wechat"}:
            return text_answer(503, "not safely stored: try again")
        detail = "the delivery is not safely stored: send it again, with the same webhook-id"
        return problem(503, name="busy", title="Not now", detail=detail)


def _captures(request: Request, known: Endpoints) -> Answer:
    return gateway.take(request, world=world(), gateways=known.gateways, now=now())


def _media(request: Request, known: Endpoints) -> Answer:
    return media.take(request, world=media_world(), gateways=known.gateways, now=now())


def _wecom(request: Request, known: Endpoints) -> Answer:
    """A URL check has a second, so it does not wait for what only a delivery needs."""
    if request.method == "GET":
        return wecom.check_url(request, endpoints=known.wecom)
    return wecom.take(request, world=world(), endpoints=known.wecom, now=now())


def _wechat(request: Request, known: Endpoints) -> Answer:
    if request.method == "GET":
        return wechat.check_url(request, endpoints=known.wechat)
    return wechat.take(request, world=world(), endpoints=known.wechat, now=now())


ROUTES: Mapping[str, Callable[[Request, Endpoints], Answer]] = {
    "captures": _captures,
    "media": _media,
    "wecom": _wecom,
    "wechat": _wechat,
}


def _report(request: Request, answer: Answer) -> None:
    logger().info("delivery", extra={"route": request.resource, "method": request.method, "status": answer.status})
    outcome = MEDIA_OUTCOMES if request.resource == "/media" else OUTCOMES
    counted = {outcome.get(answer.status, "DeliveriesRefused"): 1}
    if answer == wechat.DOWNGRADED:
        logger().warning("callback in clear where encryption was agreed", extra={"endpoint": request.path["endpoint"]})
        counted["CallbacksDowngraded"] = 1
    count(settings().archive_id, **counted)
