"""What libraries do anew for each test and no test asks of them: done once in a process.

botocore 1.x reads its services' models for each session, and moto begins a session for each test. moto 5.2.5 makes an
RSA pair of 2048 bits for each symmetric key of KMS, and uses it for nothing.
"""

from functools import cache
from typing import Any

from botocore.loaders import JSONFileLoader  # noqa: TID251 - how it reads, not what it answers
from cryptography.hazmat.primitives.asymmetric import rsa
from moto.kms.utils import RSAPrivateKey

READ = JSONFileLoader.load_file


@cache
def _pair(size: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=size)


@cache
def _model(path: str) -> Any:
    return READ(JSONFileLoader(), path)


def _load_file(_self: JSONFileLoader, file_path: str) -> Any:
    return _model(file_path)


def _init(self: Any, key_size: int) -> None:
    self.key_size, self.private_key = key_size, _pair(key_size)


def install() -> None:
    """Idempotent."""
    JSONFileLoader.load_file = _load_file  # type: ignore[method-assign, assignment]
    RSAPrivateKey.__init__ = _init  # type: ignore[method-assign]
