"""What a key policy or a role can ask of a KMS call: the encryption context, and how something is signed."""

import json
from collections.abc import Callable
from typing import Any

from ministack.core import iam_actions

from local.gaps.patching import replace


def conditions_of_encryption_context(body: bytes) -> dict[str, Any]:
    """`kms:EncryptionContext:<name>` for every pair of the request, all names as `kms:EncryptionContextKeys`, and
    `kms:SigningAlgorithm` of a request to sign.

    `body` is the JSON of a KMS call. A call without an encryption context has none of these keys.
    """
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        return {}
    if not isinstance(request, dict):
        return {}
    algorithm, pairs = request.get("SigningAlgorithm"), request.get("EncryptionContext")
    signing: dict[str, Any] = {"kms:SigningAlgorithm": algorithm} if isinstance(algorithm, str) else {}
    if not isinstance(pairs, dict) or not pairs:
        return signing
    keys: dict[str, Any] = {f"kms:EncryptionContext:{name}": value for name, value in pairs.items()}
    return signing | keys | {"kms:EncryptionContextKeys": list(pairs)}


def close_encryption_context_conditions() -> None:
    """A KMS call carries its encryption context into the policy.

    AWS: `kms:EncryptionContext:<name>` and `kms:EncryptionContextKeys` are condition keys of Encrypt, Decrypt,
    GenerateDataKey and the others that take a context, `kms:SigningAlgorithm` one of Sign.
    ministack: has no KMS condition keys, so an Allow that names the context never matches and every call of a
    least-privilege role is denied.
    """

    def around(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        def context(service: str, iam_action: str, body: bytes, params: dict[str, Any]) -> dict[str, Any]:
            keys = original(service, iam_action, body, params)
            return keys | conditions_of_encryption_context(body) if service == "kms" else keys

        return context

    replace(iam_actions, "request_tag_context", "service iam_action body params", around)
