"""Who may deliver, and with which secrets: one TOML file for people, one JSON secret for the function.

A bad file is refused with file, key and reason; no reason quotes a secret.
"""

import base64
import binascii
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BeforeValidator, Field, ValidationError, model_validator

from functions.canonical import canonical, moment_text, parse_moment
from functions.capture.tokens import IndexKey
from functions.errors import Rejected
from functions.intake.platforms import Agreement, Identifier, Strict, Wechat, Wecom
from functions.law.retention import rule_book
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


def _moment(value: Any) -> Any:
    """TOML has times of its own, or text. A date, a number or a time without offset would be guessed at: refused."""
    if isinstance(value, str):
        return parse_moment(value)
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError("give a date, a time and its offset, like 2026-01-01T00:00:00Z")
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("the time lies outside the years 1 to 9999 in UTC") from error


class Gateway(Strict):
    """A capture gateway. The first secret is current, the others are still accepted."""

    id: Identifier
    secrets: Annotated[
        tuple[Annotated[str, BeforeValidator(_check_secret)], ...], Field(min_length=1, max_length=4, repr=False)
    ]


Moment = Annotated[datetime, BeforeValidator(_moment)]


class Custodian(Strict):
    """A person whose conversations must be kept, over an interval, under named rules."""

    account: Annotated[str, Field(min_length=1, max_length=256)]
    valid_from: Moment
    valid_until: Moment | None = None
    regimes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _is_an_interval(self) -> Self:
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ValueError("valid_until must be later than valid_from")
        unknown = sorted(set(self.regimes) - set(rule_book().rules))
        if unknown:
            raise ValueError(f"no retention rule {unknown[0]!r}")
        return self


class Configuration(Strict):
    """Everything the file says."""

    gateway: tuple[Gateway, ...] = ()
    wecom: tuple[Wecom, ...] = ()
    wechat: tuple[Wechat, ...] = ()
    custodian: tuple[Custodian, ...] = ()

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        for name in ("gateway", "wecom", "wechat"):
            ids = [one.id for one in getattr(self, name)]
            repeated = sorted({one for one in ids if ids.count(one) > 1})
            if repeated:
                raise ValueError(f"{name} id {repeated[0]!r} stands twice")
        secrets = [secret for one in self.gateway for secret in one.secrets]
        if len(set(secrets)) != len(secrets):
            raise ValueError("one gateway secret stands twice; it must name one gateway")
        _no_overlap(self.custodian)
        return self

    @classmethod
    def from_toml(cls, text: str, *, name: str) -> Self:
        """Raises Rejected with file, key and reason."""
        try:
            return cls.model_validate(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise Rejected(f"{name}: {error}") from error
        except ValidationError as error:
            raise Rejected("\n".join(f"{name}: {line}" for line in _reasons(error))) from error

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
        """Items of the custodians' table. The account appears as its keyed token only."""
        key = IndexKey(index_key)
        return [_item(key, one) for one in self.custodian]


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


def _reasons(error: ValidationError) -> Iterable[str]:
    for fault in error.errors(include_input=False, include_url=False):
        yield f"{_spell(fault['loc'])}: {fault['msg'].removeprefix('Value error, ')}"


def _spell(location: tuple[int | str, ...]) -> str:
    """`gateway[0].secrets[1]`, counted from 0."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return re.sub(r"^\.", "", text) or "the file"


def _no_overlap(custodians: Iterable[Custodian]) -> None:
    last: dict[str, Custodian] = {}
    for one in sorted(custodians, key=lambda custodian: custodian.valid_from):
        before = last.get(one.account)
        if before is not None and (before.valid_until is None or before.valid_until > one.valid_from):
            raise ValueError(f"two intervals of one custodian overlap at {moment_text(one.valid_from)}")
        last[one.account] = one


def _item(key: IndexKey, custodian: Custodian) -> dict[str, Any]:
    item: dict[str, Any] = {
        "token": key.token("participant", custodian.account),
        "valid_from": moment_text(custodian.valid_from),
    }
    if custodian.valid_until is not None:
        item["valid_until"] = moment_text(custodian.valid_until)
    if custodian.regimes:
        item["regimes"] = set(custodian.regimes)
    return item
