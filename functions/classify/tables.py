"""The classifier's data files, read once: numbering plans, issuers, places, names, labels."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "data"


@cache
def table(name: str) -> Mapping[str, Any]:
    """One file, as it is. Each names its source and the day it was read."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))


def words(name: str, key: str) -> tuple[str, ...]:
    """A list that the file writes with blanks between."""
    return tuple(table(name)[key].split())


def labels() -> Mapping[str, tuple[str, ...]]:
    """Label by label, the words that say it; a blank inside a word is written with a middle dot."""
    listed: Mapping[str, str] = table("labels")["labels"]
    return {label: tuple(word.replace("·", " ") for word in said.split()) for label, said in listed.items()}
