"""What a person types, checked: ids of records and acts, and times."""

import argparse
import re
from datetime import date

from functions.canonical import moment_text, parse_moment
from functions.office.office import ACT_ID
from functions.office.showing import YEAR

RECORD_ID = re.compile(r"[0-9a-f]{48}", re.ASCII)


def record_typed(text: str) -> str:
    if RECORD_ID.fullmatch(text.lower()) is None:
        raise argparse.ArgumentTypeError("a record id is 48 hex digits")
    return text.lower()


def act_typed(text: str) -> str:
    if ACT_ID.fullmatch(text.lower()) is None:
        raise argparse.ArgumentTypeError("an act's id is a UUID of version 7")
    return text.lower()


def day_typed(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise argparse.ArgumentTypeError("a date is written 2013-05-01") from error


def moment_typed(text: str) -> str:
    try:
        return moment_text(parse_moment(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def year_typed(text: str) -> str:
    if YEAR.fullmatch(text) is None:
        raise argparse.ArgumentTypeError("a year has four digits, like 2026")
    return text
