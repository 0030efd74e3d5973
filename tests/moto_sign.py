"""What moto 5.2.5 leaves out of KMS and the completeness room needs: signing a digest as it is, `MessageType` DIGEST.

moto hashes what it is given once more. Here 32 bytes are what they are in this project: a SHA-256.
"""

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from moto.kms.utils import ECDSAPrivateKey

ORIGINAL = ECDSAPrivateKey.sign
SHA256_BYTES = 32


def _sign(self: Any, message: bytes, signing_algorithm: str) -> Any:
    if len(message) == SHA256_BYTES:
        return self.private_key.sign(message, ECDSA(Prehashed(SHA256())))
    return ORIGINAL(self, message, signing_algorithm)


def install() -> None:
    """Idempotent."""
    ECDSAPrivateKey.sign = _sign  # type: ignore[method-assign]
