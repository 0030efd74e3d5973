"""`fengcun completeness`: ask for the reports, know the key apart from who gives them, judge, lay out."""

import argparse
import json
from pathlib import Path
from typing import Any, Protocol

from functions.capture.days import DEFAULT_DAYS, MOST_DAYS
from functions.capture.tokens import IndexKey
from reader import config
from reader.aws import Account
from reader.completeness import Answer, Incomplete, der, describe, verdict, verify
from reader.door import path_of
from reader.errors import Misused

NAME = "completeness"


class Asked(Protocol):
    def get(self, path: str, query: dict[str, str]) -> str:
        """The body of a 200 answer. Raises CommandError."""
        ...


def add_command(commands: Any, everywhere: argparse.ArgumentParser) -> None:
    parser = commands.add_parser(
        NAME, parents=[everywhere], help="is anything missing? checks the signed reports", allow_abbrev=False
    )
    parser.add_argument("--days", metavar="N", type=_days, default=DEFAULT_DAYS, help=f"default: {DEFAULT_DAYS}")
    parser.add_argument(
        "--custodians", metavar="FILE", type=Path, help="the configuration file, to name silent custodians"
    )
    parser.add_argument(
        "--public-key",
        metavar="FILE",
        type=Path,
        help="the archive's public key, PEM or DER; default: asked of KMS, for the key that the Records stack names",
    )
    parser.set_defaults(command=NAME)


def whether_complete(chosen: argparse.Namespace, account: Account, door: Asked) -> str:
    """The reports, checked and laid out. Raises Incomplete, with that page, when they say that something is missing."""
    body = door.get(path_of("reports", NAME), {"days": str(chosen.days)})
    answer = Answer(json.loads(body), _accounts(chosen, account))
    verify(answer, public_key=_public_key(chosen, account))
    page = body if chosen.as_json else describe(answer)
    try:
        verdict(answer)
    except Incomplete as incomplete:
        incomplete.answer = page
        raise
    return page


def _public_key(chosen: argparse.Namespace, account: Account) -> bytes:
    """Of the archive's reports, in DER."""
    if chosen.public_key is None:
        return account.public_key(account.stacks().outputs(f"Fengcun-{chosen.deployment}-Records")["ReportKey"])
    return der(_read(chosen.public_key))


def _accounts(chosen: argparse.Namespace, account: Account) -> dict[str, str]:
    """By token, the accounts of the configuration file."""
    if chosen.custodians is None:
        return {}
    text = _read(chosen.custodians).decode("utf-8", "replace")
    configuration = config.read_configuration(text, name=str(chosen.custodians))
    outputs = account.stacks().outputs(f"Fengcun-{chosen.deployment}-Records")
    key = IndexKey(account.secret(outputs["IndexSecret"]).read().encode())
    return {key.token("participant", one.account).hex(): one.account for one in configuration.custodian}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Misused(f"cannot read {path}: {error}") from error


def _days(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > len(str(MOST_DAYS)) or not 1 <= int(text) <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"a number of days from 1 to {MOST_DAYS}")
    return int(text)
