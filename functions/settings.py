"""Where configuration enters: each handler declares its variables once, and infra passes exactly those."""

import os
from typing import Self

from pydantic import BaseModel, ConfigDict

from functions.errors import Rejected

REGIONS = frozenset({"cn-north-1", "cn-northwest-1"})
"""AWS China: Beijing and Ningxia (docs.amazonaws.cn, read 2026-11)."""
WHERE = ("AWS_REGION", "AWS_DEFAULT_REGION")
"""Lambda sets both; the SDK goes by the second."""


class RoomSettings(BaseModel):
    """Base of every room's `Settings`. A field `vault_bucket` is the environment variable `VAULT_BUCKET`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def variables(cls) -> frozenset[str]:
        """The names of the environment variables the room reads."""
        return frozenset(name.upper() for name in cls.model_fields)

    @classmethod
    def load(cls) -> Self:
        """Read the environment. Raises `pydantic.ValidationError` naming what is missing or malformed.

        Raises Rejected outside mainland China: no room starts there, however it was deployed.
        """
        check_residency()
        return cls.model_validate(
            {name: os.environ[name.upper()] for name in cls.model_fields if name.upper() in os.environ}
        )


def check_residency() -> None:
    """Raises Rejected unless every region that the environment names is one of AWS China, and it names one."""
    named = {os.environ[name] for name in WHERE if name in os.environ}
    if not named or not named <= REGIONS:
        found = ", ".join(sorted(named)) or "none"
        raise Rejected(f"the archive runs in {' or '.join(sorted(REGIONS))} only; the environment names region {found}")
