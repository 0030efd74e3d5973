"""What a bucket policy can ask of a write: the S3 condition keys and permissions ministack leaves out."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import ParseError

from ministack.core import iam_actions
from ministack.services import s3

from local.gaps.patching import need, replace

_HEADER_KEYS = {
    "x-amz-object-lock-mode": "s3:object-lock-mode",
    "x-amz-object-lock-retain-until-date": "s3:object-lock-retain-until-date",
    "x-amz-object-lock-legal-hold": "s3:object-lock-legal-hold",
    "x-amz-server-side-encryption-aws-kms-key-id": "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-storage-class": "s3:x-amz-storage-class",
    "x-amz-content-sha256": "s3:x-amz-content-sha256",
    "if-none-match": "s3:if-none-match",
    "if-match": "s3:if-match",
}
_REMAINING_DAYS = "s3:object-lock-remaining-retention-days"


def remaining_days(retain_until: str, now: datetime) -> str:
    """Whole days left until `retain_until` (RFC 3339), as S3 writes a number into a condition.

    AWS does not publish how it rounds a broken day. It is dropped here: the reading under which a write has to
    ask for the longest lock. An unreadable date gives no days at all.
    """
    try:
        until = datetime.fromisoformat(retain_until)
    except ValueError:
        return "0"
    return str((until - now).days)


def conditions_of_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Condition keys of a write's own headers (names in lower case); absent headers have no key."""
    found = {key: headers[name] for name, key in _HEADER_KEYS.items() if headers.get(name)}
    until = headers.get("x-amz-object-lock-retain-until-date")
    if until:
        found[_REMAINING_DAYS] = remaining_days(until, datetime.now(UTC))
    return found


def close_put_conditions() -> None:
    """PutObject carries its lock, its key and its precondition into the policy.

    AWS: `s3:object-lock-mode`, `…-retain-until-date`, `…-remaining-retention-days`, `…-legal-hold`,
    `s3:if-none-match`, the KMS key id and the storage class are condition keys of PutObject, and
    `s3:ObjectCreationOperation` tells the requests that finish an object from those that prepare one.
    ministack: sets `s3:x-amz-server-side-encryption` and the ACL keys alone, so a `Null` deny blocks every
    write and a numeric deny never fires.
    """

    def around(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        def context(
            iam_action: str,
            query_params: dict[str, Any] | None,
            path: str = "",
            headers: dict[str, str] | None = None,
        ) -> dict[str, Any]:
            keys = original(iam_action, query_params, path, headers)
            if iam_action != "s3:PutObject":
                return keys
            query = query_params or {}
            prepares = "uploads" in query or "partNumber" in query
            keys["s3:ObjectCreationOperation"] = "false" if prepares else "true"
            return keys | conditions_of_headers(headers or {})

        return context

    replace(iam_actions, "s3_service_context", "iam_action query_params path headers", around)


def conditions_of_lock_document(body: bytes, parse: Callable[[bytes], Any]) -> dict[str, str]:
    """Condition keys of a `<Retention>` or `<LegalHold>` document; none when it cannot be read."""
    try:
        fields = {element.tag.rpartition("}")[2]: element.text or "" for element in parse(body).iter()}
    except (ParseError, ValueError):
        return {}
    headers = {
        "x-amz-object-lock-mode": fields.get("Mode", ""),
        "x-amz-object-lock-retain-until-date": fields.get("RetainUntilDate", ""),
        "x-amz-object-lock-legal-hold": fields.get("Status", ""),
    }
    return conditions_of_headers(headers)


def close_retention_conditions() -> None:
    """PutObjectRetention and PutObjectLegalHold carry what they ask for into the policy.

    AWS: the mode, the date and the days left of the *requested* retention are condition keys of these actions.
    ministack: sets none of them; the keys are in the body, which its S3 context never sees.
    """
    parse = need(s3, "fromstring")

    def around(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        def context(service: str, iam_action: str, body: bytes, params: dict[str, Any]) -> dict[str, Any]:
            keys = original(service, iam_action, body, params)
            if iam_action in {"s3:PutObjectRetention", "s3:PutObjectLegalHold"}:
                return keys | conditions_of_lock_document(body, parse)
            return keys

        return context

    replace(iam_actions, "request_tag_context", "service iam_action body params", around)


class _ArnWithKeys(str):
    """A resource ARN that brings the condition keys of its check along."""

    __slots__ = ("keys",)
    keys: dict[str, str]


def with_keys(arn: str, keys: dict[str, str]) -> _ArnWithKeys:
    """The ARN, carrying condition keys that a check of it is to be made with."""
    carrier = _ArnWithKeys(arn)
    carrier.keys = keys
    return carrier


def close_lock_permissions() -> None:
    """A write that brings its own lock needs the right to lock.

    AWS: PutObject with lock headers is also checked for `s3:PutObjectRetention` and `s3:PutObjectLegalHold`,
    with the condition keys of the write.
    ministack: checks `s3:PutObject` alone, so a role without those rights would pass here and fail there.
    """

    def around(original: Callable[..., list[tuple[str, str]]]) -> Callable[..., list[tuple[str, str]]]:
        def checks(
            method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
        ) -> list[tuple[str, str]]:
            asked = original(method, path, headers, body, query_params)
            arn = with_keys(f"arn:aws:s3:::{path.strip('/')}", conditions_of_headers(headers))
            if headers.get("x-amz-object-lock-mode"):
                asked.append(("s3:PutObjectRetention", arn))
            if headers.get("x-amz-object-lock-legal-hold"):
                asked.append(("s3:PutObjectLegalHold", arn))
            return asked

        return checks

    def around_resources(original: Callable[[str], list[tuple[str, dict[str, str]]]]) -> Callable[..., Any]:
        def resources(resource_arn: str) -> list[tuple[str, dict[str, str]]]:
            keys = resource_arn.keys if isinstance(resource_arn, _ArnWithKeys) else {}
            return [(arn, own | keys) for arn, own in original(resource_arn)]

        return resources

    replace(iam_actions, "s3_additional_checks", "method path headers body query_params", around)
    replace(iam_actions, "s3_access_point_resources", "resource_arn", around_resources)
