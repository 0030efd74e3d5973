"""The `fengcun` command: what was asked, who answers, how it is printed. `fengcun --help` lists the exit codes."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import urllib3

from functions.capture.tokens import IndexKey, Names
from functions.classify.lexicon import load
from functions.law.policy import Policy
from reader import acting, config, policy, watching
from reader.arguments import parse
from reader.aws import Account, default_deployment, new_act_id
from reader.config import Applied, Change
from reader.door import Door, path_of
from reader.errors import CommandError, Misused
from reader.explain import explain, explained
from reader.members import describe_memberships
from reader.redecide import Bench, redecide, roll_of
from reader.show import Answer, describe, describe_receipt
from reader.unseal import describe_unsealed, sealed_on, unseal


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command: its answer on stdout, or one sentence on stderr. Returns the exit code."""
    chosen = parse(argv, deployment=default_deployment())
    try:
        account = Account(profile=chosen.profile, region=chosen.region, endpoint_url=chosen.endpoint_url)
        print(COMMANDS[chosen.command](chosen, account))
    except CommandError as error:
        if error.answer:
            print(error.answer)
        print(f"fengcun: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def config_apply(chosen: argparse.Namespace, account: Account) -> str:
    """Make the deployment's endpoints and custodians those of the file."""
    configuration = config.read_configuration(_text(chosen.file), name=str(chosen.file))
    outputs = account.stacks().outputs(f"Fengcun-{chosen.deployment}-Records")
    applied = config.apply(
        configuration,
        endpoints=account.secret(outputs["EndpointsSecret"]),
        index_key=account.secret(outputs["IndexSecret"]).read().encode(),
        custodians=account.custodians(outputs["CustodiansTable"]),
    )
    return json.dumps(_ids_and_counts(applied)) if chosen.as_json else _sentences(applied)


def show(chosen: argparse.Namespace, account: Account) -> str:
    """One record, laid out for a person or as the API gave it."""
    body = _record(chosen, account)
    answer = Answer(json.loads(body))
    if chosen.capture is not None:
        _write(chosen.capture, answer.capture())
    return body if chosen.as_json else describe(answer)


def _record(chosen: argparse.Namespace, account: Account) -> str:
    asked = {} if chosen.override is None else {"use": "statutory", "act": chosen.override}
    return _door(chosen, account).get(path_of("records", chosen.record), asked)


def receipt(chosen: argparse.Namespace, account: Account) -> str:
    """Whether the archive holds a gateway's event."""
    asked = {} if chosen.sent is None else {"sent": chosen.sent}
    body = _door(chosen, account).get(path_of("receipts", chosen.gateway, chosen.event), asked)
    return body if chosen.as_json else describe_receipt(json.loads(body))


def members(chosen: argparse.Namespace, account: Account) -> str:
    """Who was in a conversation, or where an account has been, and when."""
    asked = {name: getattr(chosen, name) for name in ("conversation", "account", "at") if getattr(chosen, name)}
    body = _door(chosen, account).get(path_of("memberships"), asked)
    return body if chosen.as_json else describe_memberships(json.loads(body))


def unseal_records(chosen: argparse.Namespace, account: Account) -> str:
    """Have sealed messages opened, now that their key is there."""
    function = account.stacks().outputs(f"Fengcun-{chosen.deployment}-Flow").get("PullFunction")
    if function is None:
        raise Misused(f"deployment {chosen.deployment} has no room pull, which alone has the keys of sealed messages")
    archive = _door(chosen, account)
    records = [*chosen.records, *(sealed_on(chosen.day, archive=archive) if chosen.day else ())]
    outcome = unseal(records, archive=archive, room=account.function(function))
    return json.dumps(asdict(outcome)) if chosen.as_json else describe_unsealed(outcome)


def decide(chosen: argparse.Namespace, account: Account) -> str:
    """Propose, approve, look: what people do about records."""
    return acting.COMMANDS[chosen.command](chosen, _door(chosen, account), new_act_id())


def policy_explain(chosen: argparse.Namespace, account: Account) -> str:
    """Why a record is where it is, until when, and by which rules."""
    told = json.loads(_record(chosen, account))
    return json.dumps(explained(told), ensure_ascii=False) if chosen.as_json else explain(told)


def policy_diff(chosen: argparse.Namespace, account: Account) -> str:
    """What another policy would decide about records that are there, before it is deployed."""
    old, new = _policy(chosen.old), _policy(chosen.new)
    ids = policy.record_ids(_text(chosen.records), name=str(chosen.records), sample=chosen.sample)
    door, bench = _door(chosen, account), _bench(chosen, account)
    difference = policy.compare(
        ids,
        read=lambda record_id: json.loads(door.get(path_of("records", record_id), {})),
        decide=lambda told, law: redecide(told, law, asked=old.consent, bench=bench),
        old=old,
        new=new,
    )
    return json.dumps(asdict(difference)) if chosen.as_json else policy.describe(difference)


def _policy(named: str) -> Policy:
    """A ready profile by its name, or a file."""
    return policy.read_policy(named, None if policy.is_ready(named) else _text(Path(named)))


def _bench(chosen: argparse.Namespace, account: Account) -> Bench:
    outputs = account.stacks().outputs(f"Fengcun-{chosen.deployment}-Records")
    return Bench(
        roll=roll_of(account.custodians(outputs["CustodiansTable"]).items()),
        names=Names(IndexKey(account.secret(outputs["IndexSecret"]).read().encode())),
        lexicons=load(),
    )


def completeness(chosen: argparse.Namespace, account: Account) -> str:
    """Whether anything is missing, by the archive's own signed reports."""
    return watching.whether_complete(chosen, account, _door(chosen, account))


COMMANDS = {
    "completeness": completeness,
    "config apply": config_apply,
    "show": show,
    "receipt": receipt,
    "members": members,
    "unseal": unseal_records,
    **dict.fromkeys(acting.COMMANDS, decide),
    "policy explain": policy_explain,
    "policy diff": policy_diff,
}


def _door(chosen: argparse.Namespace, account: Account) -> Door:
    if chosen.door is None and chosen.endpoint_url is not None:
        raise Misused("--endpoint-url is not AWS, so name the API too: --door")
    url = chosen.door or account.stacks().outputs(f"Fengcun-{chosen.deployment}-Flow")["Door"]
    return Door(url=url, sign=account.sign, http=urllib3.PoolManager())


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Misused(f"cannot read {path}: {error}") from error


def _write(path: Path, body: bytes) -> None:
    """Create the file; one that exists stays as it is."""
    try:
        with path.open("xb") as file:
            file.write(body)
    except OSError as error:
        raise Misused(f"cannot write {path}: {error.strerror}") from error


def _ids_and_counts(applied: Applied) -> dict[str, object]:
    return {
        "gateways": applied.gateways.ids(),
        "wecom": applied.wecom.ids(),
        "wechat": applied.wechat.ids(),
        **{name: getattr(applied, name).counts() for name in config.ROLES},
    }


def _sentences(applied: Applied) -> str:
    """Ids of endpoints, numbers of people; never a secret."""
    return "\n".join(
        (
            f"gateways    {_named(applied.gateways)}",
            f"wecom       {_named(applied.wecom)}",
            f"wechat      {_named(applied.wechat)}",
            *(f"{name:<12}{_counted(getattr(applied, name))}" for name in config.ROLES),
        )
    )


def _counted(change: Change) -> str:
    return ", ".join(f"{count} {what}" for what, count in change.counts().items())


def _named(change: Change) -> str:
    return ", ".join(
        f"{len(ids)} {what}" + (f" ({' '.join(ids)})" if ids else "") for what, ids in change.ids().items()
    )
