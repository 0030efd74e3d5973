"""How the story looks on a person's screen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from local.archive import Archive
from local.story.attacking import Attempt
from local.story.delivering import Sent
from local.story.outside import Outside
from local.story.promise import Promise
from local.story.reading import Locked, moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where the story plays, and what it has proved so far."""

    console: Console
    archive: Archive
    outside: Outside
    promises: list[Promise] = field(default_factory=list)

    def chapter(self, title: str, text: str) -> None:
        self.console.print()
        self.console.rule(Text(title, style="bold"), align="left")
        self.console.print(Text(text, style="dim"))

    def keep(self, promise: Promise) -> None:
        """Say at once whether it held, and remember it for the end."""
        mark = Text("✓ ", style="green") if promise.kept else Text("✗ ", style="bold red")
        self.console.print(Text.assemble(mark, promise.name, (f"  ({promise.evidence})", "dim")))
        self.promises.append(promise)


def _table(*columns: str, rows: Iterable[Sequence[str]]) -> Table:
    table = Table(show_edge=False, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def captures(sent: Iterable[Sent]) -> Table:
    rows = (
        [
            moment(one.receipt["sent_at"]),
            str(one.event["type"]).removeprefix("cn.wechat."),
            one.event["data"].get("conversation", {}).get("id", ""),
            one.event["data"].get("sender", {}).get("id", ""),
            _said(one.event["data"]),
            f"{one.record_id[-8:]}",
        ]
        for one in sent
    )
    return _table("sent (UTC)", "kind", "conversation", "from", "content", "receipt …", rows=rows)


def _said(event: Mapping[str, Any]) -> str:
    content = event.get("content", {})
    if "text" in content:
        return str(content["text"])
    if content.get("media"):
        return ", ".join(f"[{each['media_type']}, {each['size_bytes']} bytes]" for each in content["media"])
    if "recalls" in event:
        return f"[takes back {event['recalls']}]"
    return f"[{', '.join(key for key in event if key != 'conversation')}]"


def locks(objects: Iterable[Locked]) -> Table:
    rows = (
        [
            one.key,
            f"{one.size_bytes}",
            one.mode or "none",
            f"{one.retain_until:%Y-%m-%d}" if one.retain_until else "never",
            (one.sha256 or "")[:12],
        ]
        for one in objects
    )
    return _table("object", "bytes", "lock", "until", "SHA-256 (S3)", rows=rows)


def record(document: Mapping[str, Any]) -> Table:
    """The parts of a record that a reader looks at first."""
    envelope, lock, location = document["envelope"], document["lock"], document["location"]
    found = ", ".join(f"{each['kind']} at {each['start']}" for each in envelope["findings"]) or "none"
    retention: dict[str, Any] = next((each for each in envelope["decisions"] if each["about"] == "retention"), {})
    rows = [
        ["record", document["record_id"]],
        ["sent, received", f"{envelope['sent_at']}, {envelope['received_at']}"],
        [
            "came in by",
            f"{envelope['door']} {envelope['endpoint']}, signed {envelope['evidence']['webhook_signature']}",
        ],
        ["kept until", f"{lock['retain_until'][:10]} ({retention.get('rule', '')}), {lock['mode']}"],
        ["identifiers", found],
        ["lies in", f"{location['key']} at byte {location['offset']}, {location['length']} bytes"],
        ["SHA-256", document["capture"]["sha256"]],
    ]
    return _table("", "", rows=rows)


def attacks(attempts: Iterable[tuple[str, Attempt]]) -> Table:
    rows = ([who, attempt.what, attempt.code or "WENT THROUGH", _said_s3(attempt)] for who, attempt in attempts)
    return _table("who", "tries to", "S3 answers", "and says", rows=rows)


def _said_s3(attempt: Attempt) -> str:
    """The end of the sentence in which IAM refuses (whose policy it was), or all of another one."""
    _, by_policy, policy = attempt.message.partition(" with an explicit deny ")
    return f"explicit deny {policy}" if by_policy else attempt.message
