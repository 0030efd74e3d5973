"""Train the zstd dictionary of the frames from invented records: `python -m bench.dictionary FILE`.

A dictionary, once shipped, is never changed: a new one gets a new number (functions/segment/dictionaries/).
"""

import sys
from datetime import timedelta
from pathlib import Path

from backports.zstd import train_dict

from bench.corpus import START, Corpus
from bench.pipeline import KEY, deliver, policy
from functions.archive.decide import decide
from functions.capture.tokens import Names

SEED = 20261122
DELIVERIES, PER_DELIVERY = 60, 100
DICTIONARY_BYTES = 32_768


def samples() -> list[bytes]:
    """Plaintexts of frames, as the archive room makes them."""
    rules = policy()
    now = START + timedelta(days=1)
    deliveries = (deliver(list(Corpus(SEED + part).events(PER_DELIVERY))) for part in range(DELIVERIES))
    return [
        decide(delivery, item, policy=rules, names=Names(KEY), now=now).plain.package
        for delivery in deliveries
        for item in delivery.items
    ]


def main() -> None:
    records = samples()
    dictionary = train_dict(records, DICTIONARY_BYTES)
    Path(sys.argv[1]).write_bytes(dictionary.dict_content)
    print(f"{len(dictionary.dict_content)} bytes from {len(records)} records")


if __name__ == "__main__":
    main()
