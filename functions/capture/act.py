"""What an act's event says, as far as the archive room needs it: its kind, the record it is about, and whose consent.

The office room writes these events (docs/formats.md, "Acts"); what it does not say is not read here.
"""

from typing import Annotated, Any

from pydantic import Field, ValidationError

from functions.capture.capture import UNPARSED, Interpretation, Kind, Said
from functions.capture.content import Foreign, Identity, day_of, moment_of

TYPE = "cn.fengcun.act."
APPROVED = "approved"
SAYS = {
    "consent.grant": "granted",
    "consent.refuse": "refused",
    "consent.withdraw": "withdrawn",
    "consent.notice": "noticed",
}
"""Kinds of acts that enter something into the ledger of consent."""


class Document(Foreign):
    record: Annotated[str, Field(pattern=r"^[0-9a-f]{48}$")] | None = None
    person: Identity | None = None
    purpose: Identity | None = None
    at: Any = None
    notice_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    category: Identity | None = None
    method: Identity | None = None
    guardian: Any = None
    turns_14: Any = None


class Step(Foreign):
    kind: Identity
    step: Identity
    document: Document

    def said(self) -> tuple[Said, ...]:
        """An act counts once it is approved; what is merely proposed says nothing yet."""
        told = self.document
        state = SAYS.get(self.kind)
        if state is None or self.step != APPROVED or told.person is None:
            return ()
        return (
            Said(
                person=told.person,
                state=state,
                purpose=told.purpose,
                at=moment_of(told.at),
                notice_sha256=told.notice_sha256,
                category=told.category,
                method=told.method,
                guardian=told.guardian is True,
                turns_14=day_of(told.turns_14),
            ),
        )


class Event(Foreign):
    data: Step


class Told(Foreign):
    data: Document


def interpret(capture: bytes) -> Interpretation:
    """Of one act's CloudEvent. Total: whatever the bytes are, there is an answer."""
    try:
        step = Event.model_validate_json(capture).data
    except ValidationError:
        return UNPARSED
    return Interpretation(
        kind=Kind.ACT,
        participants=(step.document.person,) if step.document.person else (),
        said=step.said(),
        about=step.kind,
        record=step.document.record,
    )


def interpret_report(event_type: str, capture: bytes) -> Interpretation:
    """Of what the archive tells about itself: which kind, and of which record, where it is about one. Total."""
    try:
        record = Told.model_validate_json(capture).data.record
    except ValidationError:
        record = None
    return Interpretation(kind=Kind.REPORT, about=event_type.rpartition(".")[2], record=record)
