"""CloudFormation: properties that ministack reads and drops, and a type it does not know."""

import string
from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import dynamodb, lambda_svc, secretsmanager, waf
from ministack.services.cloudformation import provisioners

from local.gaps.patching import entry, function, need, replace

Properties = Mapping[str, Any]
Created = tuple[str, dict[str, Any]]
Apply = Callable[[str, Properties, Properties], None]
"""What to do with (physical id, properties before, properties now); raises ValueError to fail the stack."""


def after(resource_type: str, apply: Apply) -> None:
    """Run `apply` whenever CloudFormation has created or updated a resource of this type."""
    handlers = need(provisioners, "_RESOURCE_HANDLERS")
    known = entry(handlers, resource_type, where="provisioners._RESOURCE_HANDLERS")
    create, update = (entry(known, act, where=resource_type) for act in ("create", "update"))

    def created(logical_id: str, props: Properties, stack_name: str) -> Created:
        made: Created = create(logical_id, props, stack_name)
        apply(made[0], {}, props)
        return made

    def updated(physical_id: str, before: Properties, now: Properties, *rest: Any) -> Created:
        made: Created = update(physical_id, before, now, *rest)
        apply(made[0], before, now)
        return made

    handlers[resource_type] = {**known, "create": created, "update": updated}


def succeed(answer: tuple[int, Any, bytes], what: str) -> None:
    """Raise ValueError, which fails the stack, when a service refused what the template asked."""
    if answer[0] >= 300:  # noqa: PLR2004 (HTTP: 2xx is success)
        raise ValueError(f"{what} was refused: {answer[2]!r}")


def close_table_properties() -> None:
    """AWS::DynamoDB::Table keeps its expiry, its backups and its key.

    AWS: applies TimeToLiveSpecification, PointInTimeRecoverySpecification and SSESpecification.
    ministack: drops the first two always and the last one on creation.
    """
    expiry, backups = (
        function(dynamodb, "_update_ttl", "data"),
        function(dynamodb, "_update_continuous_backups", "data"),
    )
    table = function(dynamodb, "_update_table", "data")
    calls = {
        "TimeToLiveSpecification": (expiry, {"Enabled": False, "AttributeName": "expires_at"}),
        "PointInTimeRecoverySpecification": (backups, {"PointInTimeRecoveryEnabled": False}),
        "SSESpecification": (table, {"Enabled": False}),
    }

    def apply(name: str, before: Properties, now: Properties) -> None:
        for key, (call, off) in calls.items():
            if key in now or key in before:
                succeed(call({"TableName": name, key: _api_sse(now.get(key, off))}), f"{name}: {key}")

    after("AWS::DynamoDB::Table", apply)


def _api_sse(specification: Properties) -> dict[str, Any]:
    """CloudFormation's SSESpecification in the API's spelling; everything else as it is."""
    renamed = dict(specification)
    if "SSEEnabled" in renamed:
        renamed["Enabled"] = renamed.pop("SSEEnabled")
    return renamed


def close_reserved_concurrency() -> None:
    """AWS::Lambda::Function keeps its reserved concurrency.

    AWS: never runs more of them at once than ReservedConcurrentExecutions.
    ministack: honours the number when the API sets it, and drops it from the template.
    """
    functions = need(lambda_svc, "_functions")

    def apply(name: str, _before: Properties, now: Properties) -> None:
        reserved = now.get("ReservedConcurrentExecutions")
        functions[name]["concurrency"] = None if reserved is None else int(reserved)

    after("AWS::Lambda::Function", apply)


def close_secret_reference() -> None:
    """`Ref` of a secret is its ARN.

    AWS: the ARN, and CDK's grants write it into policies.
    ministack: the name, so that every granted GetSecretValue is denied.
    """
    find = function(secretsmanager, "_resolve", "secret_id use_arn_scope")
    handlers = need(provisioners, "_RESOURCE_HANDLERS")
    known = entry(handlers, "AWS::SecretsManager::Secret", where="provisioners._RESOURCE_HANDLERS")
    create, update, delete = (entry(known, act, where="Secret") for act in ("create", "update", "delete"))

    def named_by_arn(made: Created) -> Created:
        return made[1]["Arn"], made[1]

    def created(logical_id: str, props: Properties, stack_name: str) -> Created:
        return named_by_arn(create(logical_id, props, stack_name))

    def updated(physical_id: str, *rest: Any) -> Created:
        return named_by_arn(update(find(physical_id)[0], *rest))

    def deleted(physical_id: str, props: Properties) -> None:
        delete(find(physical_id)[0], props)

    handlers["AWS::SecretsManager::Secret"] = {**known, "create": created, "update": updated, "delete": deleted}


_EXCLUSIONS = {
    "ExcludePunctuation": string.punctuation,
    "ExcludeNumbers": string.digits,
    "ExcludeLowercase": string.ascii_lowercase,
    "ExcludeUppercase": string.ascii_uppercase,
}


def close_generated_secrets() -> None:
    """A generated secret leaves out the kinds of characters it was told to.

    AWS: ExcludePunctuation, ExcludeNumbers, ExcludeLowercase and ExcludeUppercase each leave out a kind.
    ministack: knows ExcludeCharacters alone.
    """

    def around(original: Callable[..., str]) -> Callable[..., str]:
        def secret(props: Properties) -> str:
            wanted = dict(props.get("GenerateSecretString") or {})
            if not wanted:
                return original(props)
            left_out = "".join(kind for key, kind in _EXCLUSIONS.items() if wanted.get(key))
            wanted["ExcludeCharacters"] = wanted.get("ExcludeCharacters", "") + left_out
            return original({**props, "GenerateSecretString": wanted})

        return secret

    replace(provisioners, "_sm_secret_string", "props", around)


def close_web_acl_association() -> None:
    """AWS::WAFv2::WebACLAssociation exists.

    AWS: puts the web ACL in front of the stage.
    ministack: refuses the whole template over the unknown type. With this, the association is recorded and can be
    asked for; its rules are *not* enforced, here or upstream.
    """
    associate = function(waf, "_associate_web_acl", "data")
    disassociate = function(waf, "_disassociate_web_acl", "data")

    def created(_logical_id: str, props: Properties, _stack_name: str) -> Created:
        succeed(associate(dict(props)), "WebACLAssociation")
        return f"{props['WebACLArn']}|{props['ResourceArn']}", {}

    def deleted(_physical_id: str, props: Properties) -> None:
        succeed(disassociate(dict(props)), "WebACLAssociation")

    handlers = need(provisioners, "_RESOURCE_HANDLERS")
    handlers["AWS::WAFv2::WebACLAssociation"] = {"create": created, "delete": deleted}
