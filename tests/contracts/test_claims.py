"""Claims: the first delivery under a name stands, and every later one is told so."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from functions.intake.accept import Claim, Claims
from functions.intake.aws import ClaimTable
from tests.engines.resources import tables
from tests.fakes import MemoryClaims

NOW = datetime(2026, 11, 22, 9, 30, 0, 125_000, tzinfo=UTC)
EXPIRES = NOW + timedelta(days=30)
CLAIMANTS = 16


def make_claim(delivery_id: str = "delivery-1", *, body: bytes = b"keyed hash", received_at: datetime = NOW) -> Claim:
    return Claim(body=body, delivery_id=delivery_id, received_at=received_at, queued=False)


@pytest.fixture(params=["fake", "moto", "dynamodb-local"])
def claims(request: pytest.FixtureRequest) -> Claims:
    if request.param == "fake":
        return MemoryClaims()
    if request.param == "moto":
        dynamodb = request.getfixturevalue("moto_dynamodb")
        return ClaimTable(dynamodb, tables(dynamodb, "own").deliveries)
    return ClaimTable(request.getfixturevalue("local_dynamodb"), request.getfixturevalue("local_tables").deliveries)


def test_the_first_claim_to_a_name_stands(claims: Claims, token: bytes) -> None:
    mine = make_claim()

    assert claims.claim(token, mine, expires_at=EXPIRES) == mine


def test_a_later_claim_gets_the_first_one_to_the_millisecond(claims: Claims, token: bytes) -> None:
    first = make_claim("delivery-1")
    claims.claim(token, first, expires_at=EXPIRES)

    later = make_claim("delivery-2", body=b"another hash", received_at=NOW + timedelta(hours=1))

    assert claims.claim(token, later, expires_at=EXPIRES) == first


def test_a_claim_tells_when_its_delivery_has_been_queued(claims: Claims, token: bytes) -> None:
    first = make_claim()
    claims.claim(token, first, expires_at=EXPIRES)
    claims.mark_queued(token)

    assert claims.claim(token, make_claim("delivery-2"), expires_at=EXPIRES) == replace(first, queued=True)


def test_claims_to_different_names_never_meet(claims: Claims, token: bytes) -> None:
    first, second = make_claim("delivery-1"), make_claim("delivery-2")
    claims.claim(token, first, expires_at=EXPIRES)

    assert claims.claim(token[:-1] + bytes([token[-1] ^ 1]), second, expires_at=EXPIRES) == second


@pytest.mark.parametrize("claims", ["fake", "dynamodb-local"], indirect=True)  # moto is not atomic between threads
def test_of_many_claims_at_once_one_stands_and_everyone_is_told_the_same(claims: Claims, token: bytes) -> None:
    def claim(claimant: int) -> str:
        return claims.claim(token, make_claim(f"delivery-{claimant}"), expires_at=EXPIRES).delivery_id

    with ThreadPoolExecutor(CLAIMANTS) as pool:
        told = list(pool.map(claim, range(CLAIMANTS)))

    assert len(set(told)) == 1
    assert claims.claim(token, make_claim("late"), expires_at=EXPIRES).delivery_id == told[0]
