"""A policy like that of the ready profile for tests, under other rules of retention."""

import re

from functions.law.policy import READY, Policy, parse_policy, profile


def under(*regimes: str) -> Policy:
    listed = ", ".join(f'"{one}"' for one in regimes)
    text, count = re.subn(r"^regimes = \[.*?\]", f"regimes = [{listed}]", profile(READY), flags=re.MULTILINE)
    if count != 1:
        raise AssertionError("the profile names its regimes in one line")
    return parse_policy(text, name="test.toml")
