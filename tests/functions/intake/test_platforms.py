"""What an operator may write about WeChat's endpoints, and what is refused with a reason that quotes no secret."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from functions.errors import Rejected
from functions.intake.endpoints import Configuration, Endpoints
from functions.intake.platforms import Wechat
from tests.wecom import CANARY_AES_KEY, CANARY_TOKEN

ZERO = "A" * 43


def make_endpoint(**changed: Any) -> dict[str, Any]:
    """An Official Account in secure mode. A field set to `...` is left out."""
    fields = {
        "id": "oa",
        "kind": "oa",
        "tokens": [CANARY_TOKEN],
        "keys": [CANARY_AES_KEY],
        "receive_ids": ["wx1"],
    } | changed
    return {name: value for name, value in fields.items() if value is not ...}


PLAIN = {"mode": "plain", "keys": ..., "accept_unauthenticated": True}
REFUSED = {
    "plain, without saying so": {"mode": "plain", "keys": ...},
    "saying so, but secure": {"accept_unauthenticated": True},
    "plain, with a key": {"mode": "plain", "accept_unauthenticated": True},
    "secure, without a key": {"keys": ...},
    "compatible, without a key": {"mode": "compatible", "keys": []},
    "three keys": {"keys": [CANARY_AES_KEY] * 3},
    "a short key": {"keys": [CANARY_AES_KEY[:-1]]},
    "the published key": {"keys": [ZERO]},
    "no token": {"tokens": []},
    "three tokens": {"tokens": [CANARY_TOKEN] * 3},
    "a token with a sign": {"tokens": ["a-b"]},
    "no receive id": {"receive_ids": []},
    "an empty receive id": {"receive_ids": [""]},
    "a component in compatibility mode": {"kind": "component", "mode": "compatible"},
    "a component in plain mode": {"kind": "component", **PLAIN},
    "an unknown kind": {"kind": "video"},
    "an unknown key of the file": {"appid": "wx1"},
}


@pytest.mark.parametrize("changed", REFUSED.values(), ids=REFUSED)
def test_what_proves_too_little_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        Wechat.model_validate(make_endpoint(**changed))

    assert CANARY_AES_KEY[:-1] not in str(caught.value)
    assert CANARY_TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    ("changed", "mode", "forms"),
    [
        ({}, "secure", {"xml", "json"}),
        ({"kind": "mp", "mode": "compatible"}, "compatible", {"xml", "json"}),
        ({"kind": "component"}, "secure", {"xml"}),
        (PLAIN, "plain", {"xml", "json"}),
    ],
)
def test_an_agreement_is_what_the_file_says(changed: dict[str, Any], mode: str, forms: set[str]) -> None:
    agreement = Wechat.model_validate(make_endpoint(**changed)).agreement()

    assert agreement.mode == mode
    assert agreement.forms == forms
    assert agreement.credentials.receive_ids == {"wx1"}
    assert len(agreement.credentials.keys) == (0 if mode == "plain" else 1)


def test_the_key_of_published_samples_has_to_be_asked_for() -> None:
    agreement = Wechat.model_validate(make_endpoint(keys=[ZERO], accept_published_key=True)).agreement()

    assert agreement.credentials.keys == (bytes(32),)


def test_endpoints_go_through_the_secret_unchanged() -> None:
    toml = (
        f'[[wechat]]\nid = "oa"\nkind = "oa"\ntokens = ["{CANARY_TOKEN}"]\nkeys = ["{CANARY_AES_KEY}"]\n'
        'receive_ids = ["wx1", "wx2"]\n'
        f'[[wechat]]\nid = "old"\nkind = "mp"\nmode = "plain"\ntokens = ["{CANARY_TOKEN}"]\nreceive_ids = ["wx1"]\n'
        "accept_unauthenticated = true\n"
    )
    configuration = Configuration.from_toml(toml, name="test.toml")

    known = Endpoints.from_secret(configuration.endpoints_secret())

    assert known.wechat == {one.id: one.agreement() for one in configuration.wechat}
    assert CANARY_AES_KEY not in repr(known)
    assert CANARY_AES_KEY not in repr(configuration)


def test_a_secret_from_before_this_door_is_still_read() -> None:
    assert Endpoints.from_secret(json.dumps({"gateways": {}, "wecom": {}})) == Endpoints({}, {}, {})


def test_one_id_stands_for_one_endpoint() -> None:
    secrets = f'tokens = ["{CANARY_TOKEN}"]\nkeys = ["{CANARY_AES_KEY}"]\n'
    one = f'[[wechat]]\nid = "oa"\nkind = "oa"\n{secrets}receive_ids = ["a"]\n'

    with pytest.raises(Rejected, match="wechat id 'oa' stands twice"):
        Configuration.from_toml(one + one, name="test.toml")
