"""Findings that stay at the optional room `pull`."""

from collections.abc import Iterator

from infra.claim import NIST, SOLUTIONS, Claim, inline, wildcard
from infra.records_stack import RecordsStack
from infra.rooms.pull import PullRoom


def claims_of_pull(records: RecordsStack, room: PullRoom) -> Iterator[Claim]:
    yield inline(room.scheduler)
    yield Claim(
        where=room.permissions,
        finding=wildcard(records, records.intake, "deliveries/*"),
        reason="Object names are made while running; the prefix is the narrowest thing there is.",
    )
    for pack, rule in ((SOLUTIONS, "SMG4"), (NIST, "SecretsManagerRotationEnabled")):
        yield Claim(
            where=room.secret,
            finding=f"{pack}-{rule}",
            reason="WeCom makes one part of it and numbers the other: a new private key begins with its public key in"
            " WeCom's console, and the old ones stay for the messages that still need them.",
        )
