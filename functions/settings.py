"""Where configuration enters: each handler declares its variables once, and infra passes exactly those."""

import os
from typing import Self

from pydantic import BaseModel, ConfigDict


class RoomSettings(BaseModel):
    """Base of every room's `Settings`. A field `vault_bucket` is the environment variable `VAULT_BUCKET`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def variables(cls) -> frozenset[str]:
        """The names of the environment variables the room reads."""
        return frozenset(name.upper() for name in cls.model_fields)

    @classmethod
    def load(cls) -> Self:
        """Read the environment. Raises `pydantic.ValidationError` naming what is missing or malformed."""
        return cls.model_validate(
            {name: os.environ[name.upper()] for name in cls.model_fields if name.upper() in os.environ}
        )
