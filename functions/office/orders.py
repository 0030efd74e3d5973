"""Orders: what the office hands to the room that carries an approved act out. Tokens and ids, nothing in clear."""

import hashlib
from typing import Any, Protocol

from functions.canonical import canonical, moment_text
from functions.capture.tokens import IndexKey
from functions.office.act import Act

FORMAT = "fengcun.order.1"
PLAIN = ("record", "hold", "ground", "event", "at", "sent_from", "sent_until")
"""Of a document: ids, times and words of a list, which name nobody."""
NAMED = {"custodians": "participant", "conversations": "conversation"}
"""Of a document: account ids, and the kind of token that stands for them in the index."""


class Orders(Protocol):
    def send(self, queue: str, body: str) -> None:
        """Durable when it returns; the same order may come twice. Raises TryLater."""
        ...


def order(act: Act, document: dict[str, Any], key: IndexKey) -> str:
    """JSON. Whoever carries it out does so once for each `act`, however often it comes."""
    body: dict[str, Any] = {
        "format": FORMAT,
        "act": act.act_id,
        "kind": act.kind,
        "approved_at": moment_text(act.at),
        **{name: document[name] for name in PLAIN if name in document},
    }
    for name, kind in NAMED.items():
        if document.get(name):
            body[name] = sorted({key.token(kind, value).hex() for value in document[name]})
    if "matter" in document:
        body["matter"] = key.token("matter", document["matter"]).hex()
    return canonical(body).decode()


def digest_of(body: str) -> bytes:
    """SHA-256 of an order as the office writes it: what the table keeps, and the room that carries it out compares."""
    return hashlib.sha256(body.encode()).digest()
