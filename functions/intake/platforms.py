"""The endpoints that Tencent's own platforms post to, as the operator writes them down."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from functions.errors import Rejected
from functions.wechat.crypto import Credentials, decode_any_key, decode_key

IDENTIFIER = r"^[a-z0-9][a-z0-9-]{0,62}$"

Identifier = Annotated[str, Field(pattern=IDENTIFIER)]
Token = Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,32}$")]
Tokens = Annotated[tuple[Token, ...], Field(min_length=1, max_length=2, repr=False)]
Mode = Literal["secure", "compatible", "plain"]


def _check_key(text: Any) -> Any:
    try:
        decode_key(str(text))
    except Rejected as rejected:
        raise ValueError(str(rejected)) from rejected
    return text


def _check_any_key(text: Any) -> Any:
    try:
        decode_any_key(str(text))
    except Rejected as rejected:
        raise ValueError(str(rejected)) from rejected
    return text


Key = Annotated[str, BeforeValidator(_check_key)]
AnyKey = Annotated[str, BeforeValidator(_check_any_key)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Wecom(Strict):
    """A callback that WeCom is configured to post to. Current token and key first, previous ones after them."""

    id: Identifier
    kind: Literal["app", "suite", "kefu", "bot"]
    mode: Literal["secure"] = "secure"
    tokens: Tokens
    keys: Annotated[tuple[Key, ...], Field(min_length=1, max_length=2, repr=False)]
    receive_ids: Annotated[tuple[str, ...], Field(min_length=1)]

    def credentials(self) -> Credentials:
        """What the callback crypto needs."""
        return Credentials(
            tokens=self.tokens,
            keys=tuple(map(decode_key, self.keys)),
            receive_ids=frozenset(self.receive_ids),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What one WeChat endpoint and its account have agreed: how callbacks are protected, and in which envelopes."""

    mode: Mode
    forms: frozenset[str]
    """`xml`, `json`: of an encrypted envelope."""
    credentials: Credentials


FORMS = {
    "oa": frozenset({"xml", "json"}),
    "mp": frozenset({"xml", "json"}),
    "component": frozenset({"xml"}),  # developers.weixin.qq.com Third-party_Platforms message_push, read 2026-11
}


class Wechat(Strict):
    """A callback that an Official Account (`oa`), a mini program or shop (`mp`) or a third-party platform posts to."""

    id: Identifier
    kind: Literal["oa", "mp", "component"]
    mode: Mode = "secure"
    tokens: Tokens
    keys: Annotated[tuple[AnyKey, ...], Field(max_length=2, repr=False)] = ()
    receive_ids: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]
    accept_unauthenticated: bool = False
    """Said aloud by whoever wants plain mode: nothing proves who wrote such a body."""
    accept_published_key: bool = False
    """Said aloud by whoever tries Tencent's published samples: their key is 32 zero bytes."""

    @model_validator(mode="after")
    def _mode_and_keys_agree(self) -> Self:
        if self.kind == "component" and self.mode != "secure":
            raise ValueError("a component is called in secure mode only")
        if (self.mode == "plain") != self.accept_unauthenticated:
            raise ValueError(
                "plain mode proves nothing about a body: say mode = 'plain' and accept_unauthenticated = true"
                " together, or neither"
            )
        if (self.mode == "plain") == bool(self.keys):
            raise ValueError("secure and compatible mode need a key, plain mode has none")
        return self

    @model_validator(mode="after")
    def _keys_are_secret(self) -> Self:
        if not self.accept_published_key:
            for key in self.keys:
                _check_key(key)
        return self

    def agreement(self) -> Agreement:
        """What the door needs."""
        credentials = Credentials(
            tokens=self.tokens,
            keys=tuple(map(decode_any_key, self.keys)),
            receive_ids=frozenset(self.receive_ids),
        )
        return Agreement(mode=self.mode, forms=FORMS[self.kind], credentials=credentials)
