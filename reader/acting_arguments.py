"""What a person may type to decide: `act`, `acts`, `incidents`, `consent`, `hold`, `erase`, `quarantine`, `border`."""

import argparse
from pathlib import Path
from typing import Any, get_args

from functions.law.acts import act_rules, kinds
from functions.law.erasure import Ground
from functions.office.act import State
from functions.office.documents import Consent
from reader.acts import pair
from reader.typed import act_typed, day_typed, moment_typed, record_typed, year_typed

NO_ABBREVIATION: dict[str, Any] = {"allow_abbrev": False}
CATEGORIES = get_args(Consent.model_fields["category"].annotation)


def deciding(commands: Any, everywhere: argparse.ArgumentParser) -> None:
    """Add every command with which people decide."""
    proposing = argparse.ArgumentParser(add_help=False, parents=[everywhere])
    proposing.add_argument("--id", metavar="ACT", type=act_typed, help="of the act; the same when you send it again")
    reasoned = argparse.ArgumentParser(add_help=False, parents=[proposing])
    reasoned.add_argument("--reason", required=True, metavar="TEXT", help="stands in the record")
    _act(commands, everywhere, proposing)
    _acts(commands, everywhere)
    _consent(commands, reasoned)
    _hold(commands, reasoned)
    _erase(commands, reasoned)
    _quarantine(commands, everywhere, reasoned)
    _border(commands, everywhere)


def _act(commands: Any, everywhere: argparse.ArgumentParser, proposing: argparse.ArgumentParser) -> None:
    actions = _group(commands, "act", "propose, approve, refuse or read one act")
    parser = actions.add_parser("propose", parents=[proposing], help="any kind of act", **NO_ABBREVIATION)
    parser.add_argument("kind", metavar="KIND", choices=kinds(act_rules()), help=", ".join(kinds(act_rules())))
    parser.add_argument("--file", metavar="FILE", type=Path, help="the act's document, in JSON")
    parser.add_argument("--set", metavar="NAME=VALUE", type=pair, action="append", default=[], help="over the file's")
    parser.add_argument("--reason", metavar="TEXT", help="over the file's")
    parser.set_defaults(command="act propose")
    for name, decision in (("approve", "approved"), ("refuse", "refused")):
        parser = actions.add_parser(name, parents=[everywhere], help=f"{name} what another proposed", **NO_ABBREVIATION)
        _one_act(parser)
        parser.add_argument("--reason", required=True, metavar="TEXT", help="stands in the record")
        parser.set_defaults(command="act decide", decision=decision)
    parser = actions.add_parser("show", parents=[everywhere], help="read one act", **NO_ABBREVIATION)
    _one_act(parser)
    parser.set_defaults(command="act show")


def _acts(commands: Any, everywhere: argparse.ArgumentParser) -> None:
    parser = commands.add_parser("acts", parents=[everywhere], help="what waits, and what was done", **NO_ABBREVIATION)
    parser.add_argument("--state", choices=[one.value for one in State], default=State.PROPOSED.value)
    parser.set_defaults(command="acts")
    parser = commands.add_parser(
        "incidents", parents=[everywhere], help="whom to tell by when, and who was told", **NO_ABBREVIATION
    )
    parser.set_defaults(command="incidents")


def _consent(commands: Any, reasoned: argparse.ArgumentParser) -> None:
    actions = _group(commands, "consent", "write down what a person was told or said")
    for name in ("grant", "refuse", "withdraw", "notice"):
        parser = actions.add_parser(name, parents=[reasoned], **NO_ABBREVIATION)
        parser.add_argument("person", metavar="ACCOUNT")
        parser.add_argument("--purpose", required=True, metavar="NAME")
        parser.add_argument("--at", metavar="TIME", type=moment_typed, help="when, if not now")
        parser.add_argument("--notice", dest="notice_sha256", metavar="SHA256", help="of the text that was shown")
        parser.add_argument("--category", choices=CATEGORIES)
        parser.add_argument("--method", metavar="NAME")
        parser.add_argument("--guardian", action="store_true", help="a parent or guardian said it")
        parser.add_argument("--turns-14", metavar="DATE", type=day_typed, help="the child's fourteenth birthday")
        parser.set_defaults(command="consent", kind=f"consent.{name}")


def _hold(commands: Any, reasoned: argparse.ArgumentParser) -> None:
    actions = _group(commands, "hold", "keep what a matter needs, or let it go")
    parser = actions.add_parser("place", parents=[reasoned], **NO_ABBREVIATION)
    parser.add_argument("--matter", required=True, metavar="NAME")
    parser.add_argument("--custodian", dest="custodians", metavar="ACCOUNT", action="append", default=[])
    parser.add_argument("--conversation", dest="conversations", metavar="ID", action="append", default=[])
    parser.add_argument("--from", dest="sent_from", metavar="TIME", type=moment_typed)
    parser.add_argument("--until", dest="sent_until", metavar="TIME", type=moment_typed)
    parser.set_defaults(command="hold place", kind="hold.place")
    parser = actions.add_parser("release", parents=[reasoned], **NO_ABBREVIATION)
    parser.add_argument("hold", metavar="ACT", type=act_typed, help="the act that placed it")
    parser.set_defaults(command="hold release", kind="hold.release")


def _erase(commands: Any, reasoned: argparse.ArgumentParser) -> None:
    parser = commands.add_parser("erase", parents=[reasoned], help="ask that a record be erased", **NO_ABBREVIATION)
    parser.add_argument("record", metavar="RECORD", type=record_typed, help="48 hex digits")
    parser.add_argument("--ground", required=True, choices=[one.value for one in Ground])
    parser.set_defaults(command="erase", kind="erasure.request")


def _quarantine(commands: Any, everywhere: argparse.ArgumentParser, reasoned: argparse.ArgumentParser) -> None:
    actions = _group(commands, "quarantine", "suspected state secrets")
    parser = actions.add_parser("list", parents=[everywhere], **NO_ABBREVIATION)
    parser.set_defaults(command="quarantine list")
    parser = actions.add_parser("show", parents=[everywhere], help="look at one; it is recorded", **NO_ABBREVIATION)
    parser.add_argument("record", metavar="RECORD", type=record_typed)
    parser.set_defaults(command="quarantine show")
    for name in ("clear", "confirm", "destroy"):
        parser = actions.add_parser(name, parents=[reasoned], **NO_ABBREVIATION)
        parser.add_argument("record", metavar="RECORD", type=record_typed)
        parser.set_defaults(command=f"quarantine {name}", kind=f"secret.{name}")
    parser.add_argument("--order", dest="order_number", required=True, metavar="NUMBER", help="of the authority")


def _border(commands: Any, everywhere: argparse.ArgumentParser) -> None:
    actions = _group(commands, "border", "what may leave the country, in numbers")
    parser = actions.add_parser(
        "scope", parents=[everywhere], help="what an act border.scope came to", **NO_ABBREVIATION
    )
    parser.add_argument("act", metavar="ACT", type=act_typed)
    parser.set_defaults(command="border scope")
    parser = actions.add_parser("year", parents=[everywhere], help="what counts as gone in a year", **NO_ABBREVIATION)
    parser.add_argument("year", metavar="YEAR", type=year_typed, help="2026, of Beijing")
    parser.set_defaults(command="border year")


def _group(commands: Any, name: str, help_text: str) -> Any:
    group = commands.add_parser(name, help=help_text, **NO_ABBREVIATION)
    return group.add_subparsers(required=True, metavar="ACTION")


def _one_act(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", metavar="ACT", type=act_typed)
    parser.add_argument("--kind", choices=kinds(act_rules()), help="of an act that is no longer open")
