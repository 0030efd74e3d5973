"""Train the zstd dictionary of the frames from invented records: `python -m bench.dictionary FILE`.

A dictionary, once shipped, is never changed: a new one gets a new number (functions/segment/dictionaries/). What
differs from firm to firm (policies and their versions, rules, custodians, days, what is found) differs from delivery to
delivery here, so that the dictionary learns what is common to all of them.
"""

import json
import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, get_args

from backports.zstd import train_dict

from bench.chats import labelled
from bench.corpus import START, Corpus
from bench.pipeline import KEY, decided, deliver, policy
from functions.archive.policy import Policy
from functions.canonical import epoch_ms, parse_moment
from functions.capture.capture import Delivery
from functions.law.consent import Bases, Basis
from functions.law.policy import PROFILES, parse_policy
from functions.law.scope import Roll, Term
from functions.pull.cursor import evidence
from functions.wechat.chatarchive import EVENT_TYPE

SEED = 20261122
DELIVERIES, PER_DELIVERY = 120, 50
DICTIONARY_BYTES = 32_768
YEARS = 10
CORP = "ww0123456789abcdef"
PULLED, SPICED = 0.3, 0.1
"""How many deliveries come through `pull`, and how many messages hold an identifier."""


def samples() -> Iterator[bytes]:
    """Plaintexts of frames, as the archive room makes them."""
    dice = random.Random(SEED)
    texts = [chat.text for chat in labelled(SEED, each=20, part="tuning")]
    for part in range(DELIVERIES):
        begin = START + timedelta(days=dice.randrange(365 * YEARS))
        events = [spiced(one, dice, texts) for one in Corpus(SEED + part, begin=begin).events(PER_DELIVERY)]
        delivery = pulled(events, begin) if dice.random() < PULLED else deliver(events, begin + timedelta(hours=1))
        for record in decided(delivery, delivery.received_at + timedelta(minutes=1), varied(dice, part)):
            yield record.plain.package


def varied(dice: random.Random, part: int) -> Policy:
    """Some firm's: its profile, rules, grounds and custodians."""
    common = policy()
    path = dice.choice(sorted(PROFILES.glob("*.toml")))
    law = parse_policy(path.read_text("utf-8"), name=path.name)
    regimes = [one.id for one in common.rules.rules.values() if one.kind == "floor"]
    grounds = [Bases(general=dice.choice(get_args(Basis)), sensitive="consent") for _ in range(2)]
    consent = replace(law.consent, custodian=grounds[0], other=grounds[1], unanswered="restrict")
    return replace(
        common,
        archive_id=f"archive-{part}",
        law=replace(
            law,
            version=f"{dice.getrandbits(64):016x}",
            retention=replace(law.retention, regimes=tuple(dice.sample(regimes, dice.randrange(1, 6)))),
            consent=consent,
            scope=replace(law.scope, no_custodian="keep"),
        ),
        roll=Roll(custodian(f"user{number:03d}", dice.sample(regimes, 2)) for number in dice.sample(range(200), 100)),
    )


def custodian(account: str, regimes: list[str]) -> Term:
    return Term(
        token=KEY.token("participant", account),
        valid_from=START,
        valid_until=None,
        regimes=frozenset(regimes),
        jurisdictions=frozenset({"CN"}),
        device="corporate",
    )


def spiced(event: bytes, dice: random.Random, texts: list[str]) -> bytes:
    """Now and then with something to find in it."""
    said = json.loads(event)
    if "text" not in said["data"].get("content", {}) or dice.random() > SPICED:
        return event
    said["data"]["content"]["text"] = dice.choice(texts)
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def pulled(events: list[bytes], begin: datetime) -> Delivery:
    """The same conversations as WeCom's chat archive has them, fetched by the archive itself."""
    fetched = [_fetched(json.loads(one), seq) for seq, one in enumerate(events, 1)]
    delivery = deliver(fetched, begin + timedelta(hours=1))
    body_sha256 = delivery.evidence["body_sha256"]
    how = evidence(requested_seq=0, first_seq=1, gap=None) | {"body_sha256": body_sha256, "left_sealed": {}}
    return replace(delivery, door="pull", endpoint=CORP, evidence=how)


def _fetched(event: dict[str, Any], seq: int) -> bytes:
    said = event["data"]
    text = said.get("content", {}).get("text", "好的")
    message = {
        "msgid": event["id"],
        "action": "send",
        "from": said.get("sender", {}).get("id", "user001"),
        "tolist": [one["id"] for one in said.get("recipients", [])],
        "roomid": said["conversation"]["id"] if said["conversation"].get("type") == "group" else "",
        "msgtime": epoch_ms(parse_moment(event["time"])),
        "msgtype": "text",
        "text": {"content": text},
    }
    msg = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    data = {"corpid": CORP, "seq": seq, "publickey_ver": 1, "msg": msg}
    document = {"specversion": "1.0", "id": event["id"], "source": f"wecom:{CORP}", "type": EVENT_TYPE}
    return json.dumps({**document, "time": event["time"], "data": data}, ensure_ascii=False).encode()


def main() -> None:
    records = list(samples())
    dictionary = train_dict(records, DICTIONARY_BYTES)
    Path(sys.argv[1]).write_bytes(dictionary.dict_content)
    print(f"{len(dictionary.dict_content)} bytes from {len(records)} records")


if __name__ == "__main__":
    main()
