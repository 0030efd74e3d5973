"""One deployment of the archive: the values of its block in `cdk.json`, checked, frozen."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from functions.errors import Rejected
from functions.law.policy import Policy
from infra.policy import lexicon_texts, policy_of

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}[a-z0-9]$")]
ArchiveId = Annotated[str, Field(pattern=r"^[a-z0-9-]{3,32}$")]
AccountId = Annotated[str, Field(pattern=r"^[0-9]{12}$")]
VpcEndpointId = Annotated[str, Field(pattern=r"^vpce-[0-9a-f]{8,17}$")]
CorpId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{4,64}$")]
LayerVersion = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,140}:[1-9][0-9]{0,9}$")]
SubnetId = Annotated[str, Field(pattern=r"^subnet-[0-9a-f]{8,17}$")]
SecurityGroupId = Annotated[str, Field(pattern=r"^sg-[0-9a-f]{8,17}$")]
HostPort = Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]{1,253}:[1-9][0-9]{0,4}$")]
Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]


class RefusedDeployment(ValueError):
    """The block in `cdk.json` describes no archive. The message is a sentence for the person who wrote it."""


class Pull(BaseModel):
    """Fetch WeCom's chat archive with the firm's own SDK."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    corp_id: CorpId
    schedule_minutes: Annotated[StrictInt, Field(ge=2, le=360)]
    layer: LayerVersion
    """Name and version of a layer in this account and region, `wecom-finance:3`, that holds `bin/wecom-finance`."""
    subnet_ids: Annotated[tuple[SubnetId, ...], Field(min_length=1, max_length=16)]
    """Private ones, behind a NAT gateway whose address WeCom trusts."""
    security_group_id: SecurityGroupId
    """Lets HTTPS out and nothing in."""


class Media(BaseModel):
    """Ask the firm's own clamd about every uploaded file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    clamd: HostPort
    """Where it listens. Its protocol is in clear and knows no password."""
    subnet_ids: Annotated[tuple[SubnetId, ...], Field(min_length=1, max_length=16)]
    """Private ones, from which clamd and AWS (by endpoints or a NAT gateway) are reached."""
    security_group_id: SecurityGroupId
    """Lets HTTPS and clamd's port out and nothing in."""


class Deployment(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    """Names the stacks: `Fengcun-<name>-Records`, `Fengcun-<name>-Flow`."""
    archive_id: ArchiveId
    """Goes into every KMS encryption context. Never change it: what was sealed under the old one stays shut."""
    region: Literal["cn-north-1", "cn-northwest-1"]
    stage: Literal["trial", "prod"]
    lock_mode: Literal["COMPLIANCE", "GOVERNANCE"]
    acknowledged_compliance_lock: StrictBool = False
    """`true` says: nobody, not even the owner of the account, can delete a record before its time or undo this."""
    trial_lock_days: Annotated[StrictInt, Field(ge=0, le=90)]
    """A trial locks nothing for longer than this. 0 in production: the law decides."""
    retention_floor_days: Annotated[StrictInt, Field(ge=1, le=36500)]
    """The vault refuses an object that is locked for less."""
    policy: Annotated[str, Field(min_length=1)]
    """A ready profile of `functions/law/profiles`, or a `.toml` file of this repository. It goes into the zip."""
    lexicons: tuple[str, ...] = ()
    """`.toml` files of this repository with lists of the firm's own, beside the release's. They go into the zip."""
    icp: StrictBool
    """The account has an ICP filing, so AWS China serves requests that carry no AWS signature."""
    suite: Literal["AES-256-GCM", "SM4-GCM"]
    account: AccountId | None = None
    """The only account this may be deployed into. `local` names the emulator's, so that its locks never become real."""
    alarm_email: Email | None = None
    vpc_endpoints: tuple[VpcEndpointId, ...] = ()
    """Interface endpoints of `execute-api`. When any is named the API is private: it answers these and no others."""
    pull: Pull | None = None
    """When it is there, so is the room `pull`. Needs no ICP filing."""
    media: Media | None = None
    """When it is there, uploaded files are scanned by clamd too, and the room `media` runs in the firm's VPC."""

    @property
    def law(self) -> Policy:
        """The policy itself."""
        return policy_of(self.policy)

    @property
    def regimes(self) -> tuple[str, ...]:
        """Retention rules that hold for every record."""
        return self.law.retention.regimes

    @field_validator("policy")
    @classmethod
    def _is_a_policy(cls, named: str) -> str:
        try:
            policy_of(named)
        except Rejected as error:
            raise ValueError(str(error)) from error
        return named

    @field_validator("lexicons")
    @classmethod
    def _are_lexicons(cls, named: tuple[str, ...]) -> tuple[str, ...]:
        try:
            lexicon_texts(named)
        except Rejected as error:
            raise ValueError(str(error)) from error
        return named

    @model_validator(mode="after")
    def _locks_are_meant(self) -> Self:
        if self.lock_mode == "COMPLIANCE" and (self.stage != "prod" or not self.acknowledged_compliance_lock):
            raise ValueError(
                "lock_mode COMPLIANCE cannot be undone by anyone: it needs stage prod and"
                " acknowledged_compliance_lock true"
            )
        if self.stage == "prod" and self.trial_lock_days:
            raise ValueError("trial_lock_days must be 0 in stage prod, where the law decides how long")
        if self.stage == "trial" and self.trial_lock_days <= self.retention_floor_days:
            raise ValueError(
                f"in stage trial, trial_lock_days ({self.trial_lock_days}) must be more than"
                f" retention_floor_days ({self.retention_floor_days})"
            )
        return self

    @model_validator(mode="after")
    def _a_private_door_is_signed(self) -> Self:
        if self.icp and self.vpc_endpoints:
            raise ValueError("vpc_endpoints makes the API private, so WeChat cannot reach it: set icp false")
        return self


def read(blocks: Mapping[str, Mapping[str, Any]], name: str) -> Deployment:
    """The deployment `name` of the context's `deployments`. Raises `RefusedDeployment`."""
    if name not in blocks:
        raise RefusedDeployment(f"cdk.json has no deployment {name!r}; it has: {', '.join(sorted(blocks))}")
    if "name" in blocks[name]:
        raise RefusedDeployment(f"deployment {name!r} of cdk.json: name is not a key of a deployment; its block's is")
    try:
        return Deployment.model_validate({**blocks[name], "name": name})
    except ValidationError as error:
        reasons = "; ".join(_sentence(detail) for detail in error.errors())
        raise RefusedDeployment(f"deployment {name!r} of cdk.json: {reasons}") from error


def _sentence(detail: ErrorDetails) -> str:
    key = ".".join(str(part) for part in detail["loc"])
    match detail["type"], key:
        case "extra_forbidden", _:
            blocks: dict[str, type[BaseModel]] = {"pull": Pull, "media": Media}
            model = blocks.get(key.partition(".")[0] if "." in key else "", Deployment)
            known = ", ".join(sorted(model.model_fields.keys() - {"name"}))
            return f"{key} is not a key of a {model.__name__.lower()}, which has: {known}"
        case "missing", _:
            return f"{key} is missing"
        case _, "region":
            return (
                f"region {detail['input']!r} is not in mainland China; an archive is built in"
                " cn-north-1 (Beijing) or cn-northwest-1 (Ningxia) only"
            )
        case "value_error", _:
            return detail["msg"].removeprefix("Value error, ")
        case _:
            return f"{key} is {detail['input']!r}: {detail['msg'][0].lower()}{detail['msg'][1:]}"
