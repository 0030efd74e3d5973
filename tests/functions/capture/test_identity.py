"""UUIDv7."""

import uuid
from datetime import UTC, datetime

from hypothesis import given, strategies as st

from functions.canonical import epoch_ms
from functions.capture.identity import uuid7
from tests.functions.strategies import moments_between

MOMENTS = moments_between(datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC))
ENTROPY = st.binary(min_size=10, max_size=10)


@given(MOMENTS, ENTROPY)
def test_an_id_is_a_uuid_of_version_7_and_the_rfc_variant(now: datetime, entropy: bytes) -> None:
    made = uuid.UUID(uuid7(now, entropy))

    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert str(made) == uuid7(now, entropy)


@given(MOMENTS, ENTROPY)
def test_an_id_begins_with_its_millisecond(now: datetime, entropy: bytes) -> None:
    assert uuid.UUID(uuid7(now, entropy)).int >> 80 == epoch_ms(now)


@given(MOMENTS, MOMENTS, ENTROPY, ENTROPY)
def test_ids_sort_by_time(one: datetime, other: datetime, first: bytes, second: bytes) -> None:
    if epoch_ms(one) < epoch_ms(other):
        assert uuid7(one, first) < uuid7(other, second)


@given(MOMENTS, ENTROPY, st.integers(0, 79))
def test_74_of_the_80_random_bits_are_kept(now: datetime, entropy: bytes, bit: int) -> None:
    flipped = (int.from_bytes(entropy, "big") ^ 1 << bit).to_bytes(10, "big")

    fixed = bit >= 76 or bit in {62, 63}  # the version's and the variant's place
    assert (uuid7(now, entropy) == uuid7(now, flipped)) == fixed


def test_the_example_of_rfc_9562_is_made_bit_for_bit() -> None:
    # RFC 9562 appendix A.6: 0x017F22E279B0, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F
    now = datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)

    assert uuid7(now, bytes.fromhex("7cc398c4dc0c0c07398f")) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"
