"""What lexicons cost: a hundred terms, five thousand and a hundred thousand, over the same texts; and their build."""

import random
import statistics
import time

from functions.classify.lexicon import Lexicons, build
from functions.classify.lexicon_file import parse_plain

SIZES = (100, 5_000, 100_000)
TEXTS, ROUNDS = 2_000, 7
HAN = [chr(number) for number in range(0x4E00, 0x6E00)]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def report() -> None:
    source = random.Random(20261126)
    texts = [_text(source) for _ in range(TEXTS)]
    size = statistics.mean(len(text.encode()) for text in texts)
    built = {count: _built(count, source) for count in SIZES}
    rounds: dict[int, list[float]] = {count: [] for count in SIZES}
    for _ in range(ROUNDS):
        for count, (lexicons, _) in built.items():
            rounds[count].append(_cost(lexicons, texts))
    least = statistics.median(rounds[SIZES[0]])
    for count, taken in rounds.items():
        cost = statistics.median(taken)
        name = f"{count:,} terms, texts of {size:.0f} bytes, folded and searched"
        print(f"{name:<60} {cost:>6.1f} µs CPU {cost / least:>5.2f} × 100 terms, built in {built[count][1]:.2f} s")


def _built(count: int, source: random.Random) -> tuple[Lexicons, float]:
    terms = list({_term(source): None for _ in range(count)})
    begin = time.process_time()
    lexicons = build([parse_plain("\n".join(terms), name="bench.txt", list_id="bench")])
    return lexicons, time.process_time() - begin


def _cost(lexicons: Lexicons, texts: list[str]) -> float:
    begin = time.process_time()
    for text in texts:
        lexicons.search([text])
    return (time.process_time() - begin) / len(texts) * 1e6


def _term(source: random.Random) -> str:
    """Two in three are Chinese; the others are two English words of no language."""
    if source.random() < 2 / 3:
        return "".join(source.choices(HAN, k=source.randint(3, 6)))
    return " ".join("".join(source.choices(LETTERS, k=source.randint(4, 9))) for _ in range(2))


def _text(source: random.Random) -> str:
    """About 185 bytes, as the texts of WeCom messages are on average."""
    return "，".join("".join(source.choices(HAN, k=9)) for _ in range(6)) + " thanks, see you at 15:30"


if __name__ == "__main__":
    report()
