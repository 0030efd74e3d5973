"""Stands for a firm's executable around the SDK: the same commands, and every way in which the SDK misbehaves.

Reads `corp.json` beside itself: {"corpid", "secret", "chat": [[entry, random key, plaintext, how], …], "page": how}.
`how` is empty, or what happens (an error code, crash, hang, garbage, broken), and after a `*` how often.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent


def misbehave(how: str, name: str) -> None:
    what, _, times = how.partition("*")
    counter = HERE / f"{name}.count"
    before = len(counter.read_bytes()) if counter.exists() else 0
    counter.write_bytes(b"x" * (before + 1))
    if not what or (times and before >= int(times)):
        return
    if what == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if what == "hang":
        time.sleep(600)
    if what == "garbage":
        sys.stdout.buffer.write(b"\xff\x00 not what you wanted")
        sys.exit(0)
    sys.exit(1 if what == "broken" else 100 + int(what) - 10000)


def main() -> None:
    corp = json.loads((HERE / "corp.json").read_text("utf-8"))
    given = json.load(sys.stdin)
    if sys.argv[1:] == ["decrypt"]:
        for number, (entry, key, plaintext, how) in enumerate(corp["chat"]):
            if entry.get("encrypt_chat_msg") == given["encrypt_msg"]:
                misbehave(how, f"message-{number}")
                if given["encrypt_key"] != key:
                    sys.exit(108)
                sys.stdout.buffer.write(plaintext.encode())
                return
        sys.exit(108)
    _, _, seq, _, limit = sys.argv[1:]
    misbehave(corp["page"], "page")
    if given != {"corpid": corp["corpid"], "secret": corp["secret"]}:
        sys.exit(100)
    behind = [entry for entry, *_ in corp["chat"] if int(entry["seq"]) > int(seq)]
    sys.stdout.write(json.dumps({"errcode": 0, "errmsg": "ok", "chatdata": behind[: int(limit)]}))


main()
