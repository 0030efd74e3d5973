"""Who may deliver, and with which secrets: one TOML file for people, one JSON secret for the function.

A bad file is refused with file, line, key and reason; no reason quotes a secret.
"""

import base64
import binascii
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BeforeValidator, Field, ValidationError, model_validator

from functions.canonical import canonical
from functions.capture.tokens import IndexKey
from functions.errors import Rejected
from functions.intake import people
from functions.intake.people import Contact, Custodian, Excluded
from functions.intake.platforms import Agreement, Identifier, Strict, Wechat, Wecom
from functions.law.lines import Misplaced, complaints, located
from functions.wechat.crypto import Credentials

SECRET_BYTES = (24, 64)  # Standard Webhooks 1.0.0 §Signature scheme, read 2026-11
SECRET_TEXT_BYTES = 65_536  # Secrets Manager's limit for one secret


def decode_secret(text: str) -> bytes:
    """The HMAC key of `whsec_…`, or the Ed25519 public key of `whpk_…`. Raises ValueError with the reason."""
    prefix, _, encoded = text.partition("_")
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise ValueError("what follows the prefix is not base64") from error
    if prefix == "whsec" and SECRET_BYTES[0] <= len(key) <= SECRET_BYTES[1]:
        return key
    if prefix == "whpk":
        Ed25519PublicKey.from_public_bytes(key)
        return key
    raise ValueError("expected whsec_ and base64 of 24 to 64 bytes, or whpk_ and base64 of an Ed25519 public key")


def _check_secret(text: Any) -> Any:
    decode_secret(str(text))
    return text


class Gateway(Strict):
    """A capture gateway. The first secret is current, the others are still accepted."""

    id: Identifier
    secrets: Annotated[
        tuple[Annotated[str, BeforeValidator(_check_secret)], ...], Field(min_length=1, max_length=4, repr=False)
    ]


class Configuration(Strict):
    """Everything the file says."""

    gateway: tuple[Gateway, ...] = ()
    wecom: tuple[Wecom, ...] = ()
    wechat: tuple[Wechat, ...] = ()
    custodian: tuple[Custodian, ...] = ()
    contact: tuple[Contact, ...] = ()
    excluded: tuple[Excluded, ...] = ()

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        for name in ("gateway", "wecom", "wechat"):
            ids = [one.id for one in getattr(self, name)]
            for place, repeated in enumerate(ids):
                if repeated in ids[:place]:
                    raise Misplaced(f"{name} id {repeated!r} stands twice", (name, place, "id"))
        known = set[str]()
        for place, one in enumerate(self.gateway):
            if not known.isdisjoint(one.secrets) or len(set(one.secrets)) != len(one.secrets):
                raise Misplaced(
                    "one gateway secret stands twice; it must name one gateway", ("gateway", place, "secrets")
                )
            known.update(one.secrets)
        people.check(self.custodian, self.contact, self.excluded)
        return self

    @classmethod
    def from_toml(cls, text: str, *, name: str) -> Self:
        """Raises Rejected with file, line, key and reason."""
        try:
            return cls.model_validate(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise Rejected(located(error, name=name)) from error
        except ValidationError as error:
            raise Rejected(complaints(error, text=text, name=name)) from error

    def endpoints_secret(self) -> str:
        """The JSON that the intake function reads. Raises Rejected when it is too long for one secret."""
        document = {
            "gateways": {one.id: {"secrets": list(one.secrets)} for one in self.gateway},
            "wecom": {one.id: one.model_dump(mode="json", exclude={"id"}) for one in self.wecom},
            "wechat": {one.id: one.model_dump(mode="json", exclude={"id"}) for one in self.wechat},
        }
        text = canonical(document).decode()
        if len(text.encode()) > SECRET_TEXT_BYTES:
            raise Rejected(f"the endpoints take {len(text.encode())} bytes; one secret holds {SECRET_TEXT_BYTES}")
        return text

    def custodian_items(self, index_key: bytes) -> list[dict[str, Any]]:
        """Items of the custodians' table. Accounts and conversations appear as their keyed tokens only."""
        key = IndexKey(index_key)
        return [
            *(one.item(key) for one in self.custodian),
            *(one.item(key) for one in self.contact),
            *(one.item(key) for one in self.excluded),
        ]


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The secret, read: who may deliver."""

    gateways: Mapping[str, tuple[str, ...]] = field(repr=False)
    wecom: Mapping[str, Credentials] = field(repr=False)
    wechat: Mapping[str, Agreement] = field(default_factory=dict, repr=False)

    @classmethod
    def from_secret(cls, text: str) -> Self:
        """From what `endpoints_secret` gives. Raises pydantic's ValidationError when it is something else."""
        document = json.loads(text)
        gateways = [Gateway(id=one, **value) for one, value in document["gateways"].items()]
        wecom = [Wecom(id=one, **value) for one, value in document["wecom"].items()]
        wechat = [Wechat(id=one, **value) for one, value in document.get("wechat", {}).items()]  # not in version 0.1
        return cls(
            gateways={one.id: one.secrets for one in gateways},
            wecom={one.id: one.credentials() for one in wecom},
            wechat={one.id: one.agreement() for one in wechat},
        )
