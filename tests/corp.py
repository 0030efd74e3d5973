"""A firm with WeCom's chat archive: keys, messages, and the stand-in for its executable in a folder."""

import base64
import json
import os
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from functions.pull.sdk import Executable
from functions.pull.secret import ChatSecret

CORP_ID, SECRET = "ww0123456789abcdef", "the archive's own secret"
STANDIN = Path(__file__).with_name("data") / "wecom_finance.py"


@cache
def private_key(version: int) -> RSAPrivateKey:
    """One for each version, made once."""
    return generate_private_key(public_exponent=65537, key_size=2048)


def pem(version: int) -> str:
    kind = PrivateFormat.TraditionalOpenSSL  # PKCS#1, as WeCom's own instructions make it
    return private_key(version).private_bytes(Encoding.PEM, kind, NoEncryption()).decode()


def message(number: int, **changed: Any) -> str:
    """A decrypted message, with the blanks and the order of keys that its sender chose."""
    fields = {
        "msgid": f"{number}_1763800000000_external",
        "action": "send",
        "from": "zhang",
        "tolist": ["wmCLIENT"],
        "roomid": "",
        "msgtime": 1763800000000 + number,
        "msgtype": "text",
        "text": {"content": f"第 {number} 条"},
    } | changed
    return json.dumps(fields, ensure_ascii=False, separators=(" , ", " : "))


@dataclass
class Corp:
    """What WeCom holds for it, and how the SDK behaves."""

    folder: Path
    versions: tuple[int, ...] = (1,)
    """Of the private keys that the firm still has."""
    page: str = ""
    chat: list[list[Any]] = field(default_factory=list)

    def say(self, seq: int, *, version: int = 1, how: str = "", plaintext: str | None = None, **changed: Any) -> None:
        """One more message. A field of its entry set to `...` is left out."""
        random_key = f"random key of {seq}".ljust(88, "=")
        sealed = private_key(version).public_key().encrypt(random_key.encode(), PKCS1v15())
        entry = {
            "seq": seq,
            "msgid": f"{seq}_1763800000000_external",
            "publickey_ver": version,
            "encrypt_random_key": base64.b64encode(sealed).decode(),
            "encrypt_chat_msg": f"ciphertext {seq}",
        } | changed
        kept = {name: value for name, value in entry.items() if value is not ...}
        self.chat.append([kept, random_key, message(seq) if plaintext is None else plaintext, how])

    def install(self) -> str:
        """Write the executable and what it knows; its path."""
        known = {"corpid": CORP_ID, "secret": SECRET, "chat": self.chat, "page": self.page}
        (self.folder / "corp.json").write_text(json.dumps(known), "utf-8")
        path = self.folder / "wecom-finance"
        path.write_text(f"#!{sys.executable} -IS\n{STANDIN.read_text('utf-8')}", "utf-8")
        path.chmod(0o700)
        return os.fspath(path)

    def executable(self, timeout_seconds: float = 10) -> Executable:
        return Executable(path=self.install(), corp_id=CORP_ID, secret=SECRET, timeout_seconds=timeout_seconds)

    def secret_json(self) -> str:
        return json.dumps({"secret": SECRET, "private_keys": {str(one): pem(one) for one in self.versions}})

    def secret(self) -> ChatSecret:
        return ChatSecret.from_json(self.secret_json())

    def calls(self, name: str) -> int:
        """How often the executable was asked for `page`, or for `message-0`."""
        counter = self.folder / f"{name}.count"
        return len(counter.read_bytes()) if counter.exists() else 0
