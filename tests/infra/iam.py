"""What a resource policy denies, judged as IAM documents it; written to be read beside the policies it judges.

Only what our policies use. An operator it does not know is an error, never a pass.
docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html (read 2026-11)
"""

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from tests.infra.template import statements, text, texts

Context = Mapping[str, str]


def denials(document: dict[str, Any], *, action: str, resource: str, context: Context) -> list[str]:
    """The Sids (or positions) of the statements that deny this request."""
    return [
        statement.get("Sid", f"statement {position}")
        for position, statement in enumerate(statements(document))
        if statement["Effect"] == "Deny"
        and any(fnmatchcase(action, text(pattern)) for pattern in texts(statement["Action"]))
        and any(fnmatchcase(resource, pattern) for pattern in texts(statement["Resource"]))
        and _holds(statement.get("Condition", {}), context)
    ]


def _holds(conditions: dict[str, dict[str, Any]], context: Context) -> bool:
    """All operators and all keys must hold; of the values of one key, any (of a negated operator: none)."""
    return all(
        OPERATORS[operator](context.get(key), texts(values))
        for operator, pairs in conditions.items()
        for key, values in pairs.items()
    )


def _string_not_equals(actual: str | None, expected: list[str]) -> bool:
    return actual not in expected  # a negated operator holds for a key that is not there


def _arn_not_like(actual: str | None, expected: list[str]) -> bool:
    return actual is None or not any(fnmatchcase(actual, pattern) for pattern in expected)


def _arn_like(actual: str | None, expected: list[str]) -> bool:
    return actual is not None and any(fnmatchcase(actual, pattern) for pattern in expected)


def _null(actual: str | None, expected: list[str]) -> bool:
    return [str(actual is None).lower()] == expected


def _bool(actual: str | None, expected: list[str]) -> bool:
    return actual in expected  # any other operator fails for a key that is not there


def _bool_if_exists(actual: str | None, expected: list[str]) -> bool:
    return actual is None or actual in expected


def _less(actual: str | None, expected: list[str]) -> bool:
    return actual is not None and any(float(actual) < float(limit) for limit in expected)


def _greater(actual: str | None, expected: list[str]) -> bool:
    return actual is not None and any(float(actual) > float(limit) for limit in expected)


OPERATORS: dict[str, Callable[[str | None, list[str]], bool]] = {
    "StringNotEquals": _string_not_equals,
    "ArnNotLike": _arn_not_like,
    "ArnLike": _arn_like,
    "Null": _null,
    "Bool": _bool,
    "BoolIfExists": _bool_if_exists,
    "NumericLessThan": _less,
    "NumericGreaterThan": _greater,
}
