"""A good `archive.toml`, table by table, and what is said about a bad one."""

import re

import pytest

from functions.errors import Rejected
from functions.intake.endpoints import Configuration
from tests.make import SECRET

KEY = "CanaryAesKey00000000000000000000000000000xY"
GATEWAY = f'[[gateway]]\nid = "one"\nsecrets = ["{SECRET}"]\n'
WECOM = f"""
[[wecom]]
id = "app"
kind = "app"
mode = "secure"
tokens = ["Token1"]
keys = ["{KEY}"]
receive_ids = ["ww1"]
"""
CUSTODIAN = '[[custodian]]\naccount = "a"\nvalid_from = 2026-01-01T00:00:00Z\nregimes = ["cn.sec.137"]\n'
CONTACT = '[[contact]]\naccount = "b"\n'
EXCLUDED = '[[excluded]]\naccount = "no"\n'
WHOLE = GATEWAY + WECOM + CUSTODIAN


def read(text: str) -> Configuration:
    return Configuration.from_toml(text, name="archive.toml")


def reasons(text: str) -> list[str]:
    with pytest.raises(Rejected) as refused:
        read(text)
    return str(refused.value).splitlines()


def without_line(reason: str) -> str:
    """`archive.toml:12: …` as `archive.toml: …`."""
    return re.sub(r"^archive\.toml:\d+", "archive.toml", reason)
