"""The door: what a client signs and sends is what ministack verifies and the function gets."""

import asyncio
import json
from collections.abc import Iterator, MutableMapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.door import routed, with_door, write_route
from local.emulator import REGION
from tests.local.conftest import Caller, Cloud
from tests.local.probes import zipped

ECHO = """
import hashlib, json

def handle(event, context):
    body = event["body"] or ""
    seen = {key: event[key] for key in ("path", "pathParameters", "queryStringParameters", "headers")}
    seen["sha256"] = hashlib.sha256(body.encode()).hexdigest()
    seen["caller"] = event["requestContext"]["identity"].get("userArn")
    return {"statusCode": 207, "headers": {"x-seen": "yes"}, "body": json.dumps(seen)}
"""
HTTP = urllib3.PoolManager(retries=False, timeout=30)


def test_a_request_is_led_to_the_api_and_its_signed_form_is_left_alone() -> None:
    scope = {"type": "http", "path": "/receipts/g/a/b", "raw_path": b"/receipts/g/a%2Fb", "query_string": b"x=%2B"}

    assert routed(scope, "/restapis/i/v1/_user_request_") == {
        **scope,
        "path": "/restapis/i/v1/_user_request_/receipts/g/a%2Fb",
    }


def test_before_the_first_deployment_the_door_says_so(tmp_path: Path) -> None:
    async def never(*_: Any) -> Any:
        raise AssertionError("the emulator was asked")

    sent: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    async def ask() -> None:
        scope = {"type": "http", "server": ("127.0.0.1", 8600), "path": "/captures"}
        await with_door(never, port=8600, route_file=tmp_path / "route")(scope, never, send)

    asyncio.run(ask())

    assert sent[0]["status"] == 503
    assert json.loads(sent[1]["body"])["title"] == "Not deployed yet"


@pytest.fixture(scope="session")
def door(closed: Cloud) -> Iterator[str]:
    """The door of an API of three routes, all served by an echo."""
    function = echo(closed)
    api = closed.client("apigateway")
    api_id = api.create_rest_api(name="door")["id"]
    for path, method, kind in (
        ("captures", "POST", "NONE"),
        ("records/{record_id}", "GET", "AWS_IAM"),
        ("receipts/{gateway}/{event_id}", "GET", "AWS_IAM"),
    ):
        it = {"restApiId": api_id, "resourceId": resource(api, api_id, path), "httpMethod": method}
        uri = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{function}/invocations"
        api.put_method(**it, authorizationType=kind)
        api.put_integration(**it, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
    api.create_deployment(restApiId=api_id, stageName="v1")
    write_route(closed.place.route_file, api_id=api_id, stage="v1")
    yield closed.place.door
    closed.place.route_file.unlink()


def echo(cloud: Cloud) -> str:
    name, trust = f"echo-{uuid4().hex[:8]}", json.dumps({"Statement": []})
    role = cloud.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    made = cloud.client("lambda").create_function(
        FunctionName=name, Runtime="python3.13", Handler="room.handle", Role=role, Code={"ZipFile": zipped(ECHO)}
    )
    return str(made["FunctionArn"])


def resource(api: Any, api_id: str, path: str) -> str:
    (root,) = [each for each in api.get_resources(restApiId=api_id)["items"] if each["path"] == "/"]
    parent: str = root["id"]
    for part in path.split("/"):
        parent = api.create_resource(restApiId=api_id, parentId=parent, pathPart=part)["id"]
    return parent


def signed(url: str, caller: Caller, secret: str | None = None) -> dict[str, str]:
    request = AWSRequest(method="GET", url=url)
    key = Credentials(caller.access_key_id, secret or caller.secret_access_key)
    SigV4Auth(key, "execute-api", REGION).add_auth(request)
    return dict(request.headers.items())


def get(url: str, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
    answer = HTTP.request("GET", url, headers=headers)
    return answer.status, json.loads(answer.data)


@pytest.mark.parametrize("body", ['{"text": "封存 \\u0000 é"}'.encode(), b"<xml>\r\n</xml>", b"x" * 10_000_000])
def test_a_body_reaches_the_function_byte_for_byte(door: str, body: bytes) -> None:
    answer = HTTP.request("POST", f"{door}/captures", body=body, headers={"content-type": "text/xml", "X-Mine": "a, b"})

    seen = json.loads(answer.data)
    assert (answer.status, answer.headers["x-seen"]) == (207, "yes")
    assert seen["sha256"] == sha256(body).hexdigest()
    assert (seen["path"], seen["headers"]["x-mine"]) == ("/captures", "a, b")


def test_the_query_is_decoded_once(door: str) -> None:
    answer = HTTP.request("POST", f"{door}/captures?echo=a%2Bb%2Fc%3D%3D&plus=1+2&twice=%252B", body=b"x")

    assert json.loads(answer.data)["queryStringParameters"] == {"echo": "a+b/c==", "plus": "1 2", "twice": "%2B"}


def test_a_signature_over_the_doors_own_address_is_verified(door: str, closed: Cloud) -> None:
    caller = closed.user()
    url = f"{door}/receipts/gateway-one/{quote('消息/1 +', safe='')}?sent=2026-11-22T05%3A00%3A00%2B08%3A00"

    status, seen = get(url, signed(url, caller))

    assert status == 207
    assert seen["caller"].startswith("arn:aws:iam::000000000000:user/user-")
    assert seen["pathParameters"] == {"gateway": "gateway-one", "event_id": quote("消息/1 +", safe="")}
    assert seen["queryStringParameters"] == {"sent": "2026-11-22T05:00:00+08:00"}


def test_a_wrong_secret_no_signature_and_another_path_are_refused(door: str, closed: Cloud) -> None:
    caller, url = closed.user(), f"{door}/records/ab"

    assert get(url, signed(url, caller, secret="x" * 40))[0] == 403
    assert get(url, {})[0] == 403
    assert get(f"{door}/records/cd", signed(url, caller))[0] == 403


def test_a_caller_without_the_right_is_refused(door: str, closed: Cloud) -> None:
    caller = closed.user({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
    url = f"{door}/records/ab"

    assert get(url, signed(url, caller))[0] == 403


@pytest.mark.parametrize("path", ["/_ministack/reset", "/_ministack/config", "/_localstack/state/reset"])
def test_nobody_steers_the_emulator_from_outside(path: str, tmp_path: Path) -> None:
    async def never(*_: Any) -> Any:
        raise AssertionError("the emulator was asked")

    sent: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    async def ask() -> None:
        scope = {"type": "http", "method": "POST", "server": ("127.0.0.1", 8601), "path": path}
        await with_door(never, port=8600, route_file=tmp_path / "route")(scope, never, send)

    asyncio.run(ask())

    assert sent[0]["status"] == 403


def test_nothing_but_the_api_is_behind_the_door(door: str) -> None:
    assert [HTTP.request("GET", f"{door}{path}").status for path in ("/_ministack/health", "/", "/bucket")] == [403] * 3
