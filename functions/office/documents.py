"""What a person sends for each kind of act: a small JSON document, checked to the letter, never quoted back."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from functions.canonical import moment_text, parse_moment
from functions.errors import Fault, Rejected
from functions.law.border import RecipientKind
from functions.law.erasure import Ground
from functions.law.incident import Fact, Told

LARGEST_BODY_BYTES = 32_768
MOST_NAMES = 200
UUID7 = r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"  # RFC 9562 §5.7
OVERRIDE_HOURS = 72

ActId = Annotated[str, Field(pattern=UUID7, description="UUIDv7 that you choose; the same for every attempt")]
RecordId = Annotated[str, Field(pattern=r"^[0-9a-f]{48}$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$")]
Recipient = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$")]
Purpose = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/:-]{0,127}$")]
RuleName = Annotated[str, Field(pattern=r"^[a-z0-9_.]{1,64}$")]
Account = Annotated[str, Field(min_length=1, max_length=256)]
Accounts = Annotated[tuple[Account, ...], Field(max_length=MOST_NAMES)]
Count = Annotated[int, Field(ge=0, le=10**10)]
Text = Annotated[str, Field(min_length=1, max_length=2000)]
Model = TypeVar("Model", bound=BaseModel)
Moment = Annotated[str, AfterValidator(lambda text: moment_text(parse_moment(text))), Field(max_length=64)]


class Document(BaseModel):
    """What every act says."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: ActId
    reason: Text


class Consent(Document):
    person: Account
    purpose: Purpose
    """Of a separate consent, `provide:<recipient_id>`."""
    at: Moment | None = None
    """When it was said, if not now."""
    notice_sha256: Sha256 | None = None
    category: Literal["general", "sensitive"] = "general"
    """Of information; sensitive needs an answer of its own (PIPL 29)."""
    method: Name | None = None
    guardian: bool = False
    """Whether a parent or guardian said it (PIPL 31). Then the person is taken to be under 14."""
    turns_14: date | None = None
    """The person's fourteenth birthday, through which a guardian speaks for them."""

    @model_validator(mode="after")
    def _a_guardian_tells_the_birthday(self) -> "Consent":
        if self.turns_14 is not None and not self.guardian:
            raise ValueError("turns_14 is told by a guardian: say guardian, or leave it out")
        return self


class Notice(Consent):
    notice_sha256: Sha256


class Covering(Document):
    """Whose records, and of which time."""

    custodians: Accounts = ()
    conversations: Accounts = ()
    sent_from: Moment | None = None
    sent_until: Moment | None = None

    @model_validator(mode="after")
    def _covers_somebody(self) -> Self:
        if not self.custodians and not self.conversations:
            raise ValueError("name a custodian or a conversation")
        if self.sent_from and self.sent_until and self.sent_until < self.sent_from:
            raise ValueError("sent_until lies before sent_from")
        return self


class HoldPlace(Covering):
    matter: Annotated[str, Field(min_length=1, max_length=128)]


class BorderScope(Covering):
    """What somebody may want to hand over abroad. It is counted, and nothing else."""


class HoldRelease(Document):
    hold: ActId
    """The act that placed it."""


class AboutRecord(Document):
    record: RecordId


class Destroy(AboutRecord):
    order_number: Annotated[str, Field(pattern=r"^[\w〔〕（）()\[\]./-]{1,64}$")]
    """Of the authority's order."""


class ErasureRequest(AboutRecord):
    ground: Annotated[Ground, Field(strict=False)]


class RetentionEvent(Document):
    event: Literal["relationship_ended", "contract_ended", "account_closed", "engagement_ended", "transaction_done"]
    at: Moment
    custodians: Accounts = ()
    conversations: Accounts = ()

    @model_validator(mode="after")
    def _is_about_somebody(self) -> "RetentionEvent":
        if not self.custodians and not self.conversations:
            raise ValueError("name a custodian or a conversation")
        return self


class Override(Document):
    record: RecordId | None = None
    media: Sha256 | None = None
    hours: Annotated[int, Field(ge=1, le=OVERRIDE_HOURS)]

    @model_validator(mode="after")
    def _is_about_one_thing(self) -> "Override":
        if (self.record is None) == (self.media is None):
            raise ValueError("name a record or a media file, and not both")
        return self


class BorderApproval(Document):
    """That a scope may leave. What is in it the archive counts; the rest only people know."""

    scope: ActId
    """The act that had it counted."""
    scope_sha256: Sha256 | None = None
    """Of the list of records that was looked at; where it is given, the scope's must be the same."""
    recipient: RecipientKind
    recipient_name: Text
    recipient_id: Recipient
    """As consents name them: who has agreed, has granted the purpose `provide:<recipient_id>`."""
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    national_security: bool
    """Whether it concerns national security or interests: no rule can find that."""
    approval_id: Name | None = None
    legal_route: Name | None = None


class IncidentOpen(Document):
    """What is known so far. Known better later: another act, which supersedes this one."""

    detected_at: Moment
    supersedes: ActId | None = None
    """The act that opened the same incident when less was known."""
    facts: tuple[Fact, ...] = ()
    persons: Count = 0
    """Whose information is concerned."""
    loss_yuan: Count = 0
    ciio: bool = False
    """Whether critical information infrastructure is concerned."""
    averted: bool = False
    """Whether the harm was effectively averted."""


class IncidentTold(Document):
    incident: ActId
    """The act that opened it."""
    told: Told
    at: Moment
    rules: Annotated[tuple[RuleName, ...], Field(min_length=1, max_length=MOST_NAMES)] | None = None
    """The duties that are met by it, as the incident's clocks name them; where there is but one, it is that."""
    report_sha256: Sha256 | None = None
    """Of what they were given."""


class Decision(BaseModel):
    """What the second person says."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    decision: Literal["approved", "refused"]
    reason: Text


DOCUMENTS: Mapping[str, type[Document]] = {
    "consent.grant": Consent,
    "consent.refuse": Consent,
    "consent.withdraw": Consent,
    "consent.notice": Notice,
    "hold.place": HoldPlace,
    "hold.release": HoldRelease,
    "restrict": AboutRecord,
    "unrestrict": AboutRecord,
    "secret.clear": AboutRecord,
    "secret.confirm": AboutRecord,
    "secret.destroy": Destroy,
    "erasure.request": ErasureRequest,
    "retention.event": RetentionEvent,
    "border.scope": BorderScope,
    "border.approval": BorderApproval,
    "incident.open": IncidentOpen,
    "incident.told": IncidentTold,
    "override": Override,
}


def read_document(kind: str, body: bytes) -> dict[str, Any]:
    """The document with what it leaves out left out. Raises Rejected with a JSON pointer for each fault."""
    return _read(body, DOCUMENTS[kind].model_validate_json).model_dump(mode="json", exclude_none=True)


def read_decision(body: bytes) -> Decision:
    """Raises Rejected likewise."""
    return _read(body, Decision.model_validate_json)


def _read(body: bytes, validate: Callable[[bytes], Model]) -> Model:
    try:
        return validate(body)
    except ValidationError as error:
        faults = tuple(_faults(error.errors(include_url=False, include_context=False, include_input=False)))
        raise Rejected("the body is not what this act needs", faults) from error


def _faults(errors: list[ErrorDetails]) -> Iterator[Fault]:
    """A key that nobody asked for is the sender's own text, and is not quoted."""
    for one in errors:
        extra = one["type"] == "extra_forbidden"
        where = one["loc"][:-1] if extra else one["loc"]
        detail = "a key that this act does not have; see docs/openapi.json" if extra else one["msg"]
        yield Fault(pointer="".join(f"/{part}" for part in where), detail=detail.removeprefix("Value error, "))
