"""What a person may type after `fengcun`."""

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from functions.canonical import moment_text, parse_moment
from functions.capture.days import DEFAULT_DAYS, MOST_DAYS

RECORD_ID = re.compile(r"[0-9a-f]{48}", re.ASCII)
ABOUT = "Configure a WeChat and WeCom archive, and read from it."
EXIT_CODES = (
    "exit codes: 0 done; 1 the answer is no: not found, erased, not allowed, or something is missing; "
    "2 wrong arguments, configuration file, credentials, region or deployment; "
    "3 nobody could say: no connection or the archive is busy, ask again; "
    "4 what was found is not what was sealed"
)


def parse(argv: Sequence[str] | None, *, deployment: str) -> argparse.Namespace:
    """The options and `command`, such as `config apply` or `show`. Exits with 2 and a sentence on anything else."""
    top = argparse.ArgumentParser(prog="fengcun", description=ABOUT, epilog=EXIT_CODES, allow_abbrev=False)
    everywhere = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    _options(top)
    _options(everywhere)
    top.set_defaults(profile=None, region=None, endpoint_url=None, deployment=deployment, door=None, as_json=False)
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    _config(commands, everywhere)
    _show(commands, everywhere)
    _receipt(commands, everywhere)
    _completeness(commands, everywhere)
    return top.parse_args(argv)


def _options(parser: argparse.ArgumentParser) -> None:
    """Accepted before the command and after it."""
    parser.add_argument("--profile", metavar="NAME", help="profile of the AWS configuration")
    parser.add_argument("--region", help="cn-north-1 or cn-northwest-1; default: the AWS configuration's")
    parser.add_argument(
        "--endpoint-url", metavar="URL", help="another endpoint than AWS, for an archive on this machine"
    )
    parser.add_argument("--deployment", metavar="NAME", help="default: $FENGCUN_DEPLOYMENT, else trial")
    parser.add_argument(
        "--door", metavar="URL", help="the archive's API; default: output Door of the deployment's Flow stack"
    )
    parser.add_argument("--json", dest="as_json", action="store_true", help="answer in JSON")


def _config(commands: Any, everywhere: argparse.ArgumentParser) -> None:
    config = commands.add_parser("config", help="configure a deployment", allow_abbrev=False)
    actions = config.add_subparsers(required=True, metavar="ACTION")
    parser = actions.add_parser(
        "apply", parents=[everywhere], help="make the deployment what a file says", allow_abbrev=False
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="gateways, WeCom endpoints and custodians, in TOML")
    parser.set_defaults(command="config apply")


def _show(commands: Any, everywhere: argparse.ArgumentParser) -> None:
    parser = commands.add_parser("show", parents=[everywhere], help="read one record", allow_abbrev=False)
    parser.add_argument("record", metavar="RECORD", type=_record_id, help="48 hex digits, as in a receipt")
    parser.add_argument(
        "--capture", metavar="FILE", type=Path, help="write the capture there as it came; never overwrites"
    )
    parser.set_defaults(command="show")


def _receipt(commands: Any, everywhere: argparse.ArgumentParser) -> None:
    parser = commands.add_parser(
        "receipt", parents=[everywhere], help="is a gateway's event archived?", allow_abbrev=False
    )
    parser.add_argument("gateway", metavar="GATEWAY", help="the gateway's id in the configuration")
    parser.add_argument("event", metavar="EVENT", help="the CloudEvents id of the capture")
    parser.add_argument(
        "--sent", metavar="TIME", type=_sent, help="when it was sent, RFC 3339; without it the last day is searched"
    )
    parser.set_defaults(command="receipt")


def _completeness(commands: Any, everywhere: argparse.ArgumentParser) -> None:
    parser = commands.add_parser(
        "completeness", parents=[everywhere], help="is anything missing? checks the signed reports", allow_abbrev=False
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
    parser.set_defaults(command="completeness")


def _days(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > len(str(MOST_DAYS)) or not 1 <= int(text) <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"a number of days from 1 to {MOST_DAYS}")
    return int(text)


def _record_id(text: str) -> str:
    if RECORD_ID.fullmatch(text.lower()) is None:
        raise argparse.ArgumentTypeError("a record id is 48 hex digits")
    return text.lower()


def _sent(text: str) -> str:
    try:
        return moment_text(parse_moment(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
