"""The published messages of the WeCom chat archive, and events around them. Where they come from: data/msgaudit."""

import json
from pathlib import Path
from typing import Any

from functions.wechat.chatarchive import EVENT_TYPE
from tests.make import make_event

FOLDER = Path(__file__).parent / "data" / "msgaudit"
NAMES = sorted(path.stem for path in FOLDER.glob("[!_]*.json"))


def sample(name: str, **changed: Any) -> dict[str, Any]:
    """One message. A field set to `...` is left out."""
    message = {**json.loads((FOLDER / f"{name}.json").read_text()), **changed}
    return {key: value for key, value in message.items() if not key.startswith("_") and value is not ...}


def sealed() -> dict[str, Any]:
    """One message as GetChatData gives it, before anybody has decrypted it."""
    (message,) = sample("_getchatdata_response")["chatdata"]
    return {"corpid": "ww1", **message}


def text_of(message: Any) -> str:
    """The decrypted JSON as Tencent writes it: UTF-8, no blanks."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def archived(message: Any, **changed: Any) -> dict[str, Any]:
    """A CloudEvent around a message, which is given as JSON's values; or with `data` as it is to be sent."""
    event = {"id": str(message.get("msgid")), "type": EVENT_TYPE, "time": ..., "data": text_of(message)}
    return make_event(**{**event, **changed})
