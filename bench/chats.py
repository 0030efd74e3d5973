"""Chats with known identifiers in them: seeded, in three languages, with the places of what must be found."""

import random
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bench import identities, traps
from bench.disguises import disguise

PLACE = re.compile(r"\{([a-z0-9_]+)\}")
TRAP_SHARE = 0.5
"""Traps per message with an identifier."""


@dataclass(frozen=True, slots=True)
class Truth:
    """One identifier that stands in a message, and how it is written."""

    kind: str
    start: int
    end: int
    form: str


@dataclass(frozen=True, slots=True)
class Chat:
    """One message."""

    text: str
    truths: tuple[Truth, ...]


@cache
def templates() -> dict[str, dict[str, Any]]:
    return tomllib.loads(Path(__file__).with_name("templates.toml").read_text("utf-8"))


def kinds() -> list[str]:
    return sorted(identities.MAKERS)


def labelled(seed: int, *, each: int, part: str) -> Iterator[Chat]:
    """`each` messages per kind from one part's templates, and traps among them."""
    dice = random.Random(seed)
    for _ in range(each):
        for kind in kinds():
            yield message(dice, dice.choice(templates()[kind][part]))
            if dice.random() < TRAP_SHARE:
                yield message(dice, dice.choice(templates()["traps"][part]))


def ordinary(seed: int, count: int) -> Iterator[Chat]:
    """A day's traffic: one message in twenty holds an identifier, another a trap."""
    dice = random.Random(seed)
    for _ in range(count):
        what = dice.random()
        kind = dice.choice(kinds()) if what < 0.05 else "traps"  # noqa: PLR2004 - one in twenty
        chat = templates()["chat"]["sentences"]
        yield message(dice, dice.choice(templates()[kind]["held_out"] if what < 0.1 else chat))  # noqa: PLR2004 - both


def message(dice: random.Random, template: str) -> Chat:
    """The template filled, with sentences before and after: about 185 bytes in the mean."""
    chat = templates()["chat"]["sentences"]
    before = "".join(f"{one}。" if not one.isascii() else f"{one}. " for one in dice.choices(chat, k=dice.randrange(3)))
    after = "".join(
        f"。{one}" if not one.isascii() else f". {one}" for one in dice.choices(chat, k=dice.randrange(1, 4))
    )
    text, truths = filled(dice, template, len(before))
    return Chat(before + text + after, tuple(truths))


def filled(dice: random.Random, template: str, offset: int) -> tuple[str, list[Truth]]:
    pieces: list[str] = []
    truths: list[Truth] = []
    for at, piece in enumerate(PLACE.split(template)):
        written = piece
        if at % 2 and piece in identities.MAKERS:
            form, written = disguise(dice, piece, identities.MAKERS[piece](dice))
            start = offset + sum(map(len, pieces))
            truths.append(Truth(piece, start, start + len(written), form))
        elif at % 2:
            written = traps.MAKERS[piece](dice)
        pieces.append(written)
    return "".join(pieces), truths
