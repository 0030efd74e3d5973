"""Who was in which conversation when, written out for a person."""

from collections.abc import Iterator, Mapping
from typing import Any

from reader.show import moment, visible

UNKNOWN = "nobody has said when"


def describe_memberships(told: Mapping[str, Any]) -> str:
    """Each stay with the records that say so, then the messages near the moment that was asked about."""
    lines = [line for stay in told["stays"] for line in _stay(stay)] or ["no record says who was in it"]
    lines += [line for witness in told["witnesses"] for line in _witness(witness)]
    if not told["complete"]:
        lines.append("there may be more: some records were not looked at, or could not be opened")
    return "\n".join(map(visible, lines))


def _stay(stay: Mapping[str, Any]) -> Iterator[str]:
    yield f"{stay['account']} in {stay['conversation']}"
    yield f"    from   {moment(stay['since']) if stay['since'] else UNKNOWN}"
    yield f"    until  {moment(stay['until']) if stay['until'] else UNKNOWN}"
    yield from (f"    says   record {one}" for one in stay["records"])


def _witness(witness: Mapping[str, Any]) -> Iterator[str]:
    yield f"message of {moment(witness['sent_at'])}, record {witness['record_id']}"
    yield f"    sent by and to  {', '.join(witness['accounts']) or 'nobody named'}"
