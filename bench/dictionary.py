"""Train the zstd dictionary of the frames from invented records: `python -m bench.dictionary FILE`.

A dictionary, once shipped, is never changed: a new one gets a new number (functions/segment/dictionaries/).
"""

import sys
from datetime import timedelta
from pathlib import Path

from backports.zstd import train_dict

from bench.corpus import START, Corpus
from bench.pipeline import decided, deliver, policy

SEED = 20261122
DELIVERIES, PER_DELIVERY = 60, 100
DICTIONARY_BYTES = 32_768


def samples() -> list[bytes]:
    """Plaintexts of frames, as the archive room makes them."""
    rules = policy()
    now = START + timedelta(days=1)
    deliveries = (deliver(list(Corpus(SEED + part).events(PER_DELIVERY))) for part in range(DELIVERIES))
    return [record.plain.package for delivery in deliveries for record in decided(delivery, now, rules)]


def main() -> None:
    records = samples()
    dictionary = train_dict(records, DICTIONARY_BYTES)
    Path(sys.argv[1]).write_bytes(dictionary.dict_content)
    print(f"{len(dictionary.dict_content)} bytes from {len(records)} records")


if __name__ == "__main__":
    main()
