"""Who is it? The person behind a signed request, whatever role it was signed in.

A person acts through a role of the archive. The trust policy of each (infra/people.py) makes the session's name that of
the IAM user who assumed it, so two names are two users. Whoever comes otherwise is a stranger: an IAM user without a
role, a role that is not ours, the account's root, a role of another account.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

ROLE_ARN = re.compile(r"arn:(aws[a-z-]*):iam::(\d{12}):role/(?:[\x21-\x7e]+/)?([\w+=,.@-]{1,64})", re.ASCII)
SESSION = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)  # as STS allows session names; IAM user names are such


class Stranger(Exception):
    """Nobody this archive knows."""


@dataclass(frozen=True, slots=True)
class Person:
    """A name of our IAM, and the role it is used in now."""

    name: str
    role: str


def person(caller: str | None, roles: Mapping[str, str]) -> Person:
    """`caller` is the ARN that signed; `roles` gives the IAM ARN of each role of people. Raises Stranger."""
    for role, arn in roles.items():
        found = ROLE_ARN.fullmatch(arn)
        if found is None:
            raise Stranger(f"role {role}: its ARN is none")
        partition, account, name = found.groups()
        front = f"arn:{partition}:sts::{account}:assumed-role/{name}/"
        session = (caller or "").removeprefix(front)
        if session != caller and SESSION.fullmatch(session):
            return Person(session, role)
    raise Stranger("the caller acts in none of the archive's roles for people: assume one, under your own user name")
