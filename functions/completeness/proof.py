"""A report signed, and a signed report checked: ECDSA on P-256 over the SHA-256 of the report's canonical JSON."""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from functions.canonical import canonical
from functions.errors import Tampered

ALGORITHM = "ECDSA_SHA_256"
"""KMS's name for it, with a P-256 key: docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html
(read 2026-11)."""


class Signer(Protocol):
    @property
    def key(self) -> str:
        """The key's ARN."""
        ...

    def sign(self, sha256: bytes) -> bytes:
        """In DER. Raises TryLater."""
        ...

    def public_key(self) -> bytes:
        """SubjectPublicKeyInfo in DER. Raises TryLater."""
        ...


def sign(report: Mapping[str, Any], signer: Signer) -> dict[str, str]:
    """What stands beside the report. Raises TryLater."""
    return {
        "algorithm": ALGORITHM,
        "key": signer.key,
        "public_key": base64.b64encode(signer.public_key()).decode(),
        "value": base64.b64encode(signer.sign(digest(report))).decode(),
    }


def digest(report: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(canonical(report)).digest()


def check(report: Mapping[str, Any], signature: Mapping[str, Any], *, public_key: bytes) -> None:
    """Raises Tampered unless `public_key`, known from elsewhere, signed exactly this report."""
    day = report.get("day")
    # (1) it claims the key that we know
    try:
        claimed, value = (base64.b64decode(signature[name], validate=True) for name in ("public_key", "value"))
    except (KeyError, TypeError, binascii.Error) as error:
        raise Tampered(f"report of {day}: its signature cannot be read") from error
    if signature.get("algorithm") != ALGORITHM or claimed != public_key:
        raise Tampered(f"report of {day}: signed by another key than this archive's")
    # (2) and that key signed these bytes
    try:
        _key(public_key).verify(value, digest(report), ECDSA(Prehashed(SHA256())))
    except (InvalidSignature, ValueError) as error:
        raise Tampered(f"report of {day}: the signature does not fit") from error


def _key(public_key: bytes) -> EllipticCurvePublicKey:
    """Raises Tampered when it is no key on P-256."""
    try:
        key = load_der_public_key(public_key)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Tampered("the archive's public key cannot be read") from error
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise Tampered("the archive's public key is none on P-256")
    return key
