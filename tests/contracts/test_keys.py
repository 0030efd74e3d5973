"""Data keys as three rooms know them: what KMS wrapped under one context opens under that context alone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from functions.archive.aws import KmsSegmentKeys, KmsUnwrap as DeliveryUnwrap
from functions.archive.store import SegmentKeys
from functions.capture.delivery import Unwrap, encryption_context
from functions.errors import Tampered
from functions.intake.aws import KEY_LIFE, KmsDataKeys
from functions.retrieval.aws import KmsUnwrap as SegmentUnwrap
from tests.fakes import MemoryKeys

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

CONTEXT = {"fengcun:archive": "test", "fengcun:segment": "a-segment", "fengcun:class": "general/2046-11-22/fixed"}
OTHER_CONTEXT = {**CONTEXT, "fengcun:segment": "another-segment"}
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """One KMS key, through the ports that wrap and that unwrap."""

    making: SegmentKeys
    unwrap: Unwrap


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def key_arn(moto_kms: "KMSClient") -> str:
    return moto_kms.create_key()["KeyMetadata"]["Arn"]


@pytest.fixture(params=["fake", "moto: delivery keys", "moto: segment keys"])
def keys(request: pytest.FixtureRequest) -> Keys:
    if request.param == "fake":
        memory = MemoryKeys()
        return Keys(making=memory, unwrap=memory.unwrap)
    kms, arn = request.getfixturevalue("moto_kms"), request.getfixturevalue("key_arn")
    unwrap = SegmentUnwrap(kms) if "segment" in request.param else DeliveryUnwrap(kms, arn)
    return Keys(making=KmsSegmentKeys(kms, arn), unwrap=unwrap)


def test_a_key_is_opened_again_under_its_own_context(keys: Keys) -> None:
    made = keys.making.generate(CONTEXT)

    assert len(made.plaintext) == 32
    assert made.context == CONTEXT
    assert made.plaintext not in made.wrapped
    assert keys.unwrap(made.wrapped, CONTEXT) == made.plaintext


def test_no_two_keys_are_the_same(keys: Keys) -> None:
    assert keys.making.generate(CONTEXT).plaintext != keys.making.generate(CONTEXT).plaintext


@pytest.mark.parametrize("context", [OTHER_CONTEXT, {}], ids=["another segment", "no context"])
def test_a_key_does_not_open_under_another_context(keys: Keys, context: dict[str, str]) -> None:
    made = keys.making.generate(CONTEXT)

    with pytest.raises(Tampered):
        keys.unwrap(made.wrapped, context)


@pytest.mark.parametrize(
    "change", [lambda wrapped: wrapped[:-1] + bytes([wrapped[-1] ^ 1]), lambda _: b"no key at all"]
)
def test_a_wrapped_key_that_was_changed_does_not_open(keys: Keys, change: Callable[[bytes], bytes]) -> None:
    made = keys.making.generate(CONTEXT)

    with pytest.raises(Tampered):
        keys.unwrap(change(made.wrapped), CONTEXT)


def test_a_delivery_key_is_used_for_five_minutes_and_no_longer(moto_kms: "KMSClient", key_arn: str) -> None:
    clock = Clock()
    keys = KmsDataKeys(moto_kms, key_arn, "test", clock)

    first = keys()
    clock.now += KEY_LIFE
    last = keys()
    clock.now += timedelta(seconds=1)

    assert timedelta(minutes=5) == KEY_LIFE
    assert last == first
    assert keys().plaintext != first.plaintext


def test_intake_binds_its_keys_so_that_they_open_as_deliveries_of_this_archive_alone(
    moto_kms: "KMSClient", key_arn: str
) -> None:
    made = KmsDataKeys(moto_kms, key_arn, "test", Clock())()

    assert made.context == encryption_context("test")
    assert DeliveryUnwrap(moto_kms, key_arn)(made.wrapped, encryption_context("test")) == made.plaintext
    with pytest.raises(Tampered):
        DeliveryUnwrap(moto_kms, key_arn)(made.wrapped, encryption_context("another-archive"))
