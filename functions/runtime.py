"""What every handler does alike: logs, metrics, queue messages, and the translation of AWS errors."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionError as UnreachableError, HTTPClientError, IncompleteReadError

from functions.errors import TryLater

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

BUSY = frozenset(
    {
        "ConditionalRequestConflict",  # S3: another conditional write to the key is under way
        "DependencyTimeoutException",
        "DisabledException",  # KMS: an operator may enable the key again
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "InternalServiceError",  # Secrets Manager
        "KMSInternalException",
        "KMSInvalidStateException",
        "KeyUnavailableException",
        "KmsThrottled",  # SQS
        "LimitExceededException",
        "OperationAborted",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",  # SQS
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflictException",
    }
)

SERVER_ERROR = 500

CLIENT = Config(retries={"mode": "standard", "max_attempts": 3}, connect_timeout=2, read_timeout=10)
"""Of the AWS clients behind a queue: fail in time for the queue to try again."""
IMPATIENT = Config(retries={"mode": "standard", "max_attempts": 2}, connect_timeout=1, read_timeout=2)
"""Of those behind the door: WeCom waits five seconds, and a sender that is told to come back loses nothing."""


@cache
def logger() -> Logger:
    """JSON lines. Identifiers, counts and outcomes only; never a body, a name or a key."""
    return Logger(service="fengcun")


def count(archive_id: str, **metrics: int) -> None:
    """CloudWatch metrics of one archive, in embedded metric format, for what is not zero."""
    present = {name: value for name, value in metrics.items() if value}
    if not present:
        return
    emitter = Metrics(namespace="Fengcun", service=archive_id)
    for name, value in present.items():
        emitter.add_metric(name=name, unit=MetricUnit.Count, value=value)
    emitter.flush_metrics()


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a queue."""

    id: str
    body: str = field(repr=False)
    attempt: int = 1
    """How often the queue has handed it out, this time included."""


def messages(event: dict[str, Any]) -> list[Message]:
    """The messages of an SQS event."""
    return [Message(record["messageId"], record["body"], _attempt(record)) for record in event["Records"]]


def _attempt(record: dict[str, Any]) -> int:
    return int(record.get("attributes", {}).get("ApproximateReceiveCount", 1))


def unsettled(ids: Iterable[str]) -> dict[str, Any]:
    """The answer to SQS: these stay on the queue, the others are done."""
    return {"batchItemFailures": [{"itemIdentifier": one} for one in sorted(ids)]}


@contextmanager
def aws_errors(what: str) -> Iterator[None]:
    """Raises TryLater for what passes by itself; lets every other error through as it is."""
    try:
        yield
    except (UnreachableError, HTTPClientError, IncompleteReadError) as error:
        raise TryLater(f"{what} cannot be reached") from error
    except ClientError as error:
        if error_code(error).removeprefix("KMS.") in BUSY or _status(error) >= SERVER_ERROR:
            raise TryLater(f"{what} answers {error_code(error)}") from error
        raise


def read_secret(secrets: "SecretsManagerClient", arn: str) -> str:
    """The current value. Raises TryLater."""
    with aws_errors("Secrets Manager"):
        return secrets.get_secret_value(SecretId=arn)["SecretString"]


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def error_code(error: ClientError) -> str:
    """AWS's own name for it."""
    return str(error.response.get("Error", {}).get("Code", ""))
