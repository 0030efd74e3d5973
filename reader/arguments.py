"""What a person may type after `fengcun`."""

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from reader import watching
from reader.acting_arguments import deciding
from reader.typed import act_typed, moment_typed as _sent, record_typed as _record_id

ABOUT = "Configure a WeChat and WeCom archive, read from it, and decide about what is in it."
EXIT_CODES = (
    "exit codes: 0 done; "
    "1 the answer is no: not found, erased, decided otherwise, not allowed, or something is missing; "
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
    _members(commands, everywhere)
    _unseal(commands, everywhere)
    deciding(commands, everywhere)
    _policy(commands, everywhere)
    watching.add_command(commands, everywhere)
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
    _overriding(parser)
    parser.set_defaults(command="show")


def _overriding(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--override",
        metavar="ACT",
        type=act_typed,
        help="approved act that opens what is restricted or not clean",
    )


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


def _members(commands: Any, everywhere: argparse.ArgumentParser) -> None:
    parser = commands.add_parser(
        "members", parents=[everywhere], help="who was in a conversation, and when", allow_abbrev=False
    )
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("--conversation", metavar="ID", help="everybody's stays in it")
    whom.add_argument("--account", metavar="ID", help="one account's stays, wherever it has been")
    parser.add_argument("--at", metavar="TIME", type=_sent, help="with --conversation: who was in it then, RFC 3339")
    parser.set_defaults(command="members")


def _policy(commands: Any, everywhere: argparse.ArgumentParser) -> None:
    policy = commands.add_parser("policy", help="what was decided, and what would be", allow_abbrev=False)
    actions = policy.add_subparsers(required=True, metavar="ACTION")
    explain = actions.add_parser(
        "explain", parents=[everywhere], help="a record's decisions, with what their rules cite", allow_abbrev=False
    )
    explain.add_argument("record", metavar="RECORD", type=_record_id, help="48 hex digits, as in a receipt")
    _overriding(explain)
    explain.set_defaults(command="policy explain")
    diff = actions.add_parser(
        "diff", parents=[everywhere], help="what of a sample would be decided otherwise", allow_abbrev=False
    )
    diff.add_argument("old", metavar="OLD", help="a ready profile by its name, or a policy file")
    diff.add_argument("new", metavar="NEW", help="the same")
    diff.add_argument("--records", metavar="FILE", type=Path, required=True, help="record ids, one a line")
    diff.add_argument("--sample", metavar="N", type=_count, help="only N of them, the same every time")
    diff.set_defaults(command="policy diff")


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("a number from 1")
    return int(text)


def _unseal(commands: Any, everywhere: argparse.ArgumentParser) -> None:
    parser = commands.add_parser(
        "unseal", parents=[everywhere], help="open messages that were kept sealed for want of a key", allow_abbrev=False
    )
    parser.add_argument("records", metavar="RECORD", nargs="*", type=_record_id, help="48 hex digits each")
    parser.add_argument("--day", metavar="DATE", type=_day, help="all that were sent on that UTC day, 2026-11-22")
    parser.set_defaults(command="unseal")


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise argparse.ArgumentTypeError("a date is like 2026-11-22") from error
