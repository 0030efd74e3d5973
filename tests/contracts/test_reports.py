"""Reports on their way to the vault: once a day, the same bytes; and the key that signs them."""

import hashlib
import json
from datetime import UTC, date, datetime

import pytest

from functions.completeness import proof
from functions.completeness.aws import KmsSigner, PostingTable, ReportTable
from functions.completeness.days import Postings
from functions.completeness.watch import Reports
from functions.errors import AlreadyStored
from functions.index.aws import PostingTable as WritingTable
from functions.index.index import Postings as Writing
from tests.contracts.test_postings import make_posting
from tests.engines.resources import tables
from tests.fakes import MemoryPostings, MemoryReports, MemorySigner

DAY, NOW = date(2026, 11, 22), datetime(2026, 11, 22, 18, tzinfo=UTC)


@pytest.fixture(params=["fake", "moto", "dynamodb-local"])
def reports(request: pytest.FixtureRequest, token: bytes) -> Reports:
    def name(day: date) -> bytes:
        return hashlib.sha256(token + str(day).encode()).digest()

    if request.param == "fake":
        return MemoryReports()
    if request.param == "moto":
        dynamodb = request.getfixturevalue("moto_dynamodb")
        return ReportTable(dynamodb, tables(dynamodb, "own").deliveries, name)
    table = request.getfixturevalue("local_tables").deliveries
    return ReportTable(request.getfixturevalue("local_dynamodb"), table, name)


def test_a_day_without_a_report_has_none(reports: Reports) -> None:
    assert reports.get(DAY) is None


def test_the_first_report_of_a_day_stands(reports: Reports) -> None:
    body = json.dumps(["as it was signed"] * 10_000).encode()
    reports.put_once(DAY, body, now=NOW)

    with pytest.raises(AlreadyStored):
        reports.put_once(DAY, b"another", now=NOW)
    assert reports.get(DAY) == body


@pytest.fixture(params=["fake", "moto", "dynamodb-local"])
def index(request: pytest.FixtureRequest) -> tuple[Writing, Postings]:
    if request.param == "fake":
        memory = MemoryPostings()
        return memory, memory
    if request.param == "moto":
        dynamodb = request.getfixturevalue("moto_dynamodb")
        name = tables(dynamodb, "own").postings
    else:
        dynamodb = request.getfixturevalue("local_dynamodb")
        name = request.getfixturevalue("local_tables").postings
    return WritingTable(dynamodb, name), PostingTable(dynamodb, name)


def test_postings_are_counted_by_their_days_and_the_last_is_found(
    index: tuple[Writing, Postings], token: bytes
) -> None:
    writing, reading = index
    days = ("2026-11-20", "2026-11-21", "2026-11-23")
    writing.put([make_posting(token, day=day) for day in days])

    assert [one.day for one in reading.between(token, "2026-11-21", "2026-11-23")] == ["2026-11-21", "2026-11-23"]
    assert reading.latest(token, "2026-11-22") == make_posting(token, day="2026-11-21")
    assert reading.latest(token, "2026-11-23") == make_posting(token, day="2026-11-23")
    assert reading.latest(token, "2026-11-19") is None


@pytest.fixture(params=["fake", "moto"])
def signer(request: pytest.FixtureRequest) -> proof.Signer:
    if request.param == "fake":
        return MemorySigner()
    kms = request.getfixturevalue("moto_kms")
    key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    return KmsSigner(kms, key)


def test_what_the_key_signs_its_public_key_verifies(signer: proof.Signer) -> None:
    report = {"day": "2026-11-22"}

    signature = proof.sign(report, signer)

    assert signature["key"] == signer.key
    proof.check(report, signature, public_key=signer.public_key())
