"""The reader at the archive's door: signed requests, and what each answer means to a script."""

import pytest
import urllib3

from reader.aws import Account
from reader.door import Door, checked, path_of
from reader.errors import CommandError, Misused, NoAnswer, Refused, Unproven
from tests.reader.standin import Standin


def door(url: str) -> Door:
    account = Account(profile=None, region=None, endpoint_url=None)
    return Door(url=url, sign=account.sign, http=urllib3.PoolManager())


def test_the_signature_verifies_whatever_stands_in_path_and_query(archive: Standin) -> None:
    path = path_of("receipts", "gateway-one", "a/b c+d%41:信")
    archive.answers[f"{path}?sent=2026-11-22T09%3A30%3A00.000Z&source=%2F%2Fx%20y"] = (200, '{"a":1}')

    answer = door(archive.url).get(path, {"sent": "2026-11-22T09:30:00.000Z", "source": "//x y"})

    assert answer == '{"a":1}'
    assert path == "/receipts/gateway-one/a%2Fb%20c%2Bd%2541%3A%E4%BF%A1"


def test_a_stage_in_the_doors_url_belongs_to_the_path(archive: Standin) -> None:
    archive.answers["/v1/records/1"] = (200, "{}\n")
    archive.answers["/v1/records/2"] = (200, '{"a":2}')

    assert door(f"{archive.url}/v1/").get("/records/2", {}) == '{"a":2}'


@pytest.mark.parametrize(
    ("status", "body", "kind", "sentence"),
    [
        (401, '{"detail":"who?"}', Refused, "who?"),
        (403, '{"message":"Forbidden"}', Refused, "Forbidden"),
        (403, '{"Message":"User is not authorized"}', Refused, "not authorized"),
        (404, '{"title":"unknown","status":404}', Refused, "unknown"),
        (409, '{"detail":"the act is refused already"}', Refused, "decided otherwise: the act is refused"),
        (410, '{"title":"Erased"}', Refused, "gone: Erased"),
        (413, '{"detail":"too large"}', Misused, "too large"),
        (500, '{"type":"urn:fengcun:problem:tampered","detail":"leaf 3"}', Unproven, "leaf 3"),
        (400, '{"detail":"bad","errors":[{"pointer":"sent","detail":"is missing"}]}', Misused, "sent: is missing"),
        (422, "not JSON", Misused, "no reason given"),
        (500, "[]", NoAnswer, "500"),
        (503, '{"detail":"busy"}', NoAnswer, "busy"),
        (302, "{}", NoAnswer, "302"),
        (200, "<html>", NoAnswer, "not the archive's API"),
    ],
)
def test_each_answer_has_its_exit_code(
    archive: Standin, status: int, body: str, kind: type[CommandError], sentence: str
) -> None:
    archive.answers["/records/1"] = (status, body)

    with pytest.raises(kind, match=sentence):
        door(archive.url).get("/records/1", {})


def test_what_is_posted_is_signed_with_its_body(archive: Standin) -> None:
    archive.answers["/acts/restrict"] = (200, '{"act":"1"}')

    assert door(archive.url).post("/acts/restrict", '{"reason":"因为"}'.encode()) == '{"act":"1"}'
    assert archive.posted == [("/acts/restrict", {"reason": "因为"})]


def test_a_busy_door_is_posted_to_again(archive: Standin) -> None:
    archive.answers["/acts/restrict"] = (503, "{}")

    with pytest.raises(NoAnswer):
        door(archive.url).post("/acts/restrict", b"{}")
    assert archive.asked == ["/acts/restrict"] * 3


def test_a_busy_door_is_asked_again(archive: Standin) -> None:
    archive.answers["/records/1"] = (503, "{}")

    with pytest.raises(NoAnswer):
        door(archive.url).get("/records/1", {})
    assert archive.asked == ["/records/1"] * 3


def test_a_door_that_is_not_there_is_not_a_no(archive: Standin) -> None:
    with pytest.raises(NoAnswer, match="cannot reach the door"):
        door("http://127.0.0.1:9").get("/records/1", {})


@pytest.mark.parametrize("url", ["http://example.com", "ftp://127.0.0.1", "example.com", ""])
def test_captures_never_travel_in_clear_to_another_machine(url: str) -> None:
    with pytest.raises(Misused, match="https://"):
        checked(url)


@pytest.mark.parametrize(
    "url", ["https://example.com/v1", "http://localhost:1/v1/", "http://[::1]:1", "http://127.0.0.1"]
)
def test_https_and_this_machine_are_doors(url: str) -> None:
    assert checked(url) == url.rstrip("/")
