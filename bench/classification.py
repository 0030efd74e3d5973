"""`python -m bench.classification`: what the classifier finds of what is there, and what that costs beside presidio."""

import random
import statistics
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bench import presidio
from bench.chats import Chat, kinds, labelled, ordinary
from functions.classify.scan import scan

EACH = 300
TIMED = 4000
ROUNDS = 7
SEED = 20261126


@dataclass(slots=True)
class Score:
    """Counts by kind, and by the form something was written in."""

    found: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    invented: Counter[str] = field(default_factory=Counter)
    forms: Counter[tuple[str, bool]] = field(default_factory=Counter)

    def precision(self, kind: str) -> float:
        return _share(self.found[kind], self.invented[kind])

    def recall(self, kind: str) -> float:
        return _share(self.found[kind], self.missed[kind])


def _share(good: int, bad: int) -> float:
    return good / (good + bad) if good + bad else 1.0


def score(chats: Iterable[Chat]) -> Score:
    """A finding counts only if kind, start and end are all right."""
    made = Score()
    for chat in chats:
        there = {(one.kind, one.start, one.end): one.form for one in chat.truths}
        found = {(one.kind, one.start, one.end) for one in scan([chat.text])}
        made.found.update(kind for kind, *_ in found & there.keys())
        made.missed.update(kind for kind, *_ in there.keys() - found)
        made.invented.update(kind for kind, *_ in found - there.keys())
        made.forms.update((form, place in found) for place, form in there.items())
    return made


def accuracy() -> None:
    made = score(labelled(SEED, each=EACH, part="held_out"))
    print(f"{'kind, held-out templates':<28} {'precision':>9} {'recall':>9}   of {EACH} each, traps among them")
    for kind in kinds():
        print(f"{kind:<28} {made.precision(kind):>9.4f} {made.recall(kind):>9.4f}")
    total = sum(made.found.values())
    print(f"{'all':<28} {_share(total, made.invented.total()):>9.4f} {_share(total, made.missed.total()):>9.4f}")
    for form in sorted({form for form, _ in made.forms}):
        print(f"{'written ' + form:<28} {'':>9} {_share(made.forms[form, True], made.forms[form, False]):>9.4f}")


def cost() -> None:
    texts = [chat.text for chat in ordinary(SEED, TIMED)]
    size = sum(len(text.encode()) for text in texts) / len(texts)
    peer = presidio.analyser()
    sample = random.Random(SEED).sample(texts, TIMED // 20)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(timed(texts))
        if peer:
            theirs.append(presidio.timed(peer, sample))
    print(f"{'scan':<28} {statistics.median(ours):>9.1f} µs CPU per message of {size:.0f} bytes")
    if peer is None:
        print("presidio-analyzer is not in build/bench; `make bench` installs it")
        return
    ratio = statistics.median(one / other for one, other in zip(theirs, ours, strict=True))
    print(f"{'presidio, same recognisers':<28} {statistics.median(theirs):>9.1f} µs CPU, {ratio:.0f} × scan")


def timed(texts: Sequence[str]) -> float:
    before = time.process_time()
    for text in texts:
        scan((text,))
    return (time.process_time() - before) / len(texts) * 1e6


def report() -> None:
    accuracy()
    print()
    cost()


if __name__ == "__main__":
    report()
