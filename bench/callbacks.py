"""What one callback costs: verify, decrypt and read the published sample, beside wechatpy doing the same."""

import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from wechatpy.enterprise import parse_message
from wechatpy.enterprise.crypto import WeChatCrypto

from functions.wechat.crypto import Credentials, decode_key, open_callback
from functions.wechat.envelope import read_envelope
from functions.wechat.message import read_fields

TOKEN, KEY, CORP = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7"  # Tencent's sample
SAMPLE = Path(__file__).parents[1] / "events" / "wecom" / "text-published-sample.json"
ROUNDS, TIMES = 15, 200


def cost() -> dict[str, float]:
    """Microseconds for one callback, median of interleaved rounds, by who reads it."""
    sample = json.loads(SAMPLE.read_text("utf-8"))
    query, body = sample["query"], sample["body"].encode()
    signed = (query["msg_signature"], query["timestamp"], query["nonce"])
    credentials = Credentials(tokens=(TOKEN,), keys=(decode_key(KEY),), receive_ids=frozenset({CORP}))
    theirs = WeChatCrypto(TOKEN, KEY, CORP)

    def ours() -> object:
        opened = open_callback(
            read_envelope(body).encrypted,
            signature=signed[0],
            timestamp=signed[1],
            nonce=signed[2],
            credentials=credentials,
        )
        return read_fields(opened.message)

    return _interleaved({"fengcun": ours, "wechatpy": lambda: parse_message(theirs.decrypt_message(body, *signed))})


def _interleaved(cases: dict[str, Callable[[], object]]) -> dict[str, float]:
    rounds: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(ROUNDS):
        for name, act in cases.items():
            begin = time.perf_counter()
            for _ in range(TIMES):
                act()
            rounds[name].append((time.perf_counter() - begin) / TIMES * 1e6)
    return {name: statistics.median(taken) for name, taken in rounds.items()}


def report() -> None:
    taken = cost()
    print(f"a callback, verified, decrypted and read       {taken['fengcun']:>8.1f} µs")
    print(f"    wechatpy 1.8, the same callback             {taken['wechatpy'] / taken['fengcun']:>8.2f} ×")
