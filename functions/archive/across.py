"""Identifiers that somebody spreads over consecutive messages, put together within one delivery.

Within one delivery, because it comes again as it came: what is found then does not depend on what else happens to be
in a batch, and a capture is decided alike however often it is delivered (docs/adr/0017). Pure.
"""

from collections.abc import Sequence
from dataclasses import replace

from functions.archive import classify
from functions.archive.draft import Draft
from functions.canonical import epoch_ms
from functions.capture.capture import Flag, Kind
from functions.classify.scan import Finding
from functions.classify.split import Part, join


def across(drafts: Sequence[Draft]) -> list[Draft]:
    """The same captures, with what none of them holds alone."""
    places = [
        (at, field)
        for at, one in enumerate(drafts)
        if one.early is None and one.meaning.kind is Kind.MESSAGE and one.accounts
        for field in range(len(one.meaning.texts))
    ]
    found: dict[int, list[Finding]] = {}
    for finding in join([_part(drafts[at], field) for at, field in places]) if len(places) > 1 else ():
        at, field = places[finding.field]
        found.setdefault(at, []).append(replace(finding, field=field))
    return [_with(one, found[at]) if at in found else one for at, one in enumerate(drafts)]


def _part(one: Draft, field: int) -> Part:
    talk = f"{one.accounts[0].hex()}/{one.conversation.hex() if one.conversation else ''}"
    return Part(sender=talk, sent_at_ms=epoch_ms(one.item.sent_at), text=one.meaning.texts[field])


def _with(one: Draft, more: Sequence[Finding]) -> Draft:
    seen = classify.add(one.seen, more, texts=one.meaning.texts, sent_at=one.item.sent_at)
    decisions = tuple(classify.decision(seen) if each.about == "classify" else each for each in one.decisions)
    return replace(one, seen=seen, flags=one.flags | Flag.HAS_FINDINGS, decisions=decisions)
