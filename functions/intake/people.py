"""Whose conversations are kept, as the configuration file says it and as the custodians' table holds it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from functions.canonical import moment_text, parse_moment
from functions.capture.tokens import IndexKey
from functions.intake.platforms import Strict
from functions.law.lines import Misplaced
from functions.law.retention import rule_book
from functions.law.scope import Device

ALWAYS = "0001-01-01T00:00:00.000Z"
"""`valid_from` of an entry that has no interval: the table's key wants one."""
Account = Annotated[str, Field(min_length=1, max_length=256)]
Jurisdiction = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


def _moment(value: Any) -> Any:
    """TOML has times of its own, or text. A date, a number or a time without offset would be guessed at: refused."""
    if isinstance(value, str):
        return parse_moment(value)
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError("give a date, a time and its offset, like 2026-01-01T00:00:00Z")
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("the time lies outside the years 1 to 9999 in UTC") from error


Moment = Annotated[datetime, BeforeValidator(_moment)]


class Custodian(Strict):
    """A person whose conversations must be kept, over an interval, under named rules."""

    account: Account
    valid_from: Moment
    valid_until: Moment | None = None
    regimes: tuple[str, ...] = ()
    jurisdictions: tuple[Jurisdiction, ...] = ()
    """Whose law the person works under: ISO 3166-1 alpha-2."""
    device: Device | None = None
    """Whose telephone it is."""

    @model_validator(mode="after")
    def _is_an_interval(self) -> Self:
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ValueError("valid_until must be later than valid_from")
        unknown = sorted(set(self.regimes) - set(rule_book().rules))
        if unknown:
            raise Misplaced(f"no retention rule {unknown[0]!r}", ("regimes",))
        return self

    def item(self, key: IndexKey) -> dict[str, Any]:
        item: dict[str, Any] = {
            "token": key.token("participant", self.account),
            "valid_from": moment_text(self.valid_from),
        }
        if self.valid_until is not None:
            item["valid_until"] = moment_text(self.valid_until)
        if self.regimes:
            item["regimes"] = set(self.regimes)
        if self.jurisdictions:
            item["jurisdictions"] = set(self.jurisdictions)
        if self.device is not None:
            item["device"] = self.device
        return item


class Contact(Strict):
    """Somebody the firm does business with."""

    account: Account

    def item(self, key: IndexKey) -> dict[str, Any]:
        return {"token": key.token("participant", self.account), "valid_from": ALWAYS, "role": "contact"}


class Excluded(Strict):
    """An account, or a conversation, that the firm does not keep."""

    account: Account | None = None
    conversation: Account | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if (self.account is None) == (self.conversation is None):
            raise ValueError("give an account or a conversation, one of them")
        return self

    def item(self, key: IndexKey) -> dict[str, Any]:
        kind, value = ("participant", self.account) if self.account is not None else ("conversation", self.conversation)
        return {"token": key.token(kind, str(value)), "valid_from": ALWAYS, "role": "excluded"}


def check(custodians: Sequence[Custodian], contacts: Sequence[Contact], excluded: Sequence[Excluded]) -> None:
    """Raises Misplaced where one entry contradicts another."""
    for place, reason in (*_overlaps(custodians), *_twice(contacts, excluded), *_both(custodians, contacts, excluded)):
        raise Misplaced(reason, place)


def _overlaps(custodians: Sequence[Custodian]) -> Iterator[tuple[tuple[str, int], str]]:
    last: dict[str, Custodian] = {}
    for place, one in sorted(enumerate(custodians), key=lambda entry: entry[1].valid_from):
        before = last.get(one.account)
        if before is not None and (before.valid_until is None or before.valid_until > one.valid_from):
            yield ("custodian", place), f"two intervals of one custodian overlap at {moment_text(one.valid_from)}"
        last[one.account] = one


def _twice(contacts: Sequence[Contact], excluded: Sequence[Excluded]) -> Iterator[tuple[tuple[str, int], str]]:
    for table, entries in (("contact", contacts), ("excluded", excluded)):
        seen = set[str]()
        for place, entry in enumerate(one.model_dump_json() for one in entries):
            if entry in seen:
                yield (table, place), "stands twice"
            seen.add(entry)


def _both(
    custodians: Iterable[Custodian], contacts: Iterable[Contact], excluded: Iterable[Excluded]
) -> Iterator[tuple[tuple[str, int], str]]:
    kept = {one.account: "a custodian" for one in custodians} | {one.account: "a contact" for one in contacts}
    for place, one in enumerate(excluded):
        if one.account in kept:
            yield ("excluded", place), f"this account is {kept[one.account]} too"
