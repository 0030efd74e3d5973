"""The hands: the person's own AWS session. The only module of the command that knows boto3 and the environment."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError, ClientError, ConnectionError as Unreachable, HTTPClientError

from functions.capture.identity import uuid7
from reader.errors import CommandError, Misused, NoAnswer, Refused

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb.service_resource import Table
    from mypy_boto3_secretsmanager import SecretsManagerClient

BUSY = {"RequestLimitExceeded", "ServiceUnavailable", "Throttling", "ThrottlingException"}
FORBIDDEN = {"AccessDenied", "AccessDeniedException"}
STRANGERS = {
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
ABSENT = {"ResourceNotFoundException", "ValidationError"}


def default_deployment() -> str:
    """The deployment meant when none is named: FENGCUN_DEPLOYMENT, else `trial`."""
    return os.environ.get("FENGCUN_DEPLOYMENT", "trial")


def new_act_id() -> str:
    """By which a person's act is known, however often it is sent."""
    return uuid7(datetime.now(UTC), os.urandom(10))


@contextmanager
def one_sentence(doing: str) -> Iterator[None]:
    """Turn what botocore raises into a CommandError that names what was being done."""
    try:
        yield
    except ClientError as error:
        raise _told(doing, error) from error
    except (Unreachable, HTTPClientError) as error:
        raise NoAnswer(f"{doing}: {error}") from error
    except BotoCoreError as error:  # no credentials, no region, no such profile
        raise Misused(f"{doing}: {error}") from error


def _told(doing: str, error: ClientError) -> CommandError:
    code = error.response["Error"].get("Code", "unknown")
    sentence = f"{doing}: {error.response['Error'].get('Message') or code}"
    if code in BUSY:
        return NoAnswer(sentence)
    if code in STRANGERS:
        return Misused(f"{sentence} (are these credentials of an AWS China account, and still valid?)")
    if code in ABSENT:
        return Misused(f"{sentence} (is this the right deployment and region?)")
    return Refused(f"{sentence} (your role may not do this)" if code in FORBIDDEN else sentence)


class Stacks:
    """What a deployment's stacks say of themselves."""

    def __init__(self, client: "CloudFormationClient") -> None:
        self._client = client

    def outputs(self, name: str) -> dict[str, str]:
        """The outputs of one stack, by name. Raises Misused if there is no such stack."""
        with one_sentence(f"cannot read the outputs of stack {name}"):
            stack = self._client.describe_stacks(StackName=name)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


class SecretText:
    """One secret's current text."""

    def __init__(self, client: "SecretsManagerClient", arn: str) -> None:
        self._client = client
        self._arn = arn

    def read(self) -> str:
        with one_sentence(f"cannot read {self._arn}"):
            return self._client.get_secret_value(SecretId=self._arn)["SecretString"]

    def write(self, text: str) -> None:
        """Make `text` the current version; the one before stays as AWSPREVIOUS."""
        with one_sentence(f"cannot write {self._arn}"):
            self._client.put_secret_value(SecretId=self._arn, SecretString=text)


class CustodianTable:
    """Who is archived, and when: one item per (token, valid_from)."""

    def __init__(self, table: "Table") -> None:
        self._table = table

    def items(self) -> list[dict[str, Any]]:
        """Every item; `token` as bytes."""
        pages = self._table.meta.client.get_paginator("scan")
        with one_sentence(f"cannot read table {self._table.name}"):
            found: list[dict[str, Any]] = [
                item for page in pages.paginate(TableName=self._table.name) for item in page["Items"]
            ]
        return [{**item, "token": bytes(item["token"])} for item in found]

    def replace(self, *, put: Iterable[Mapping[str, Any]], remove: Iterable[tuple[bytes, str]]) -> None:
        """Write, then remove by key, so that nobody who stays stops being one. Not atomic; repeat after an error."""
        with one_sentence(f"cannot write table {self._table.name}"):
            with self._table.batch_writer() as batch:
                for item in put:
                    batch.put_item(Item=dict(item))
            with self._table.batch_writer() as batch:
                for token, valid_from in remove:
                    batch.delete_item(Key={"token": token, "valid_from": valid_from})


class Account:
    """The ordinary credential chain, one region, perhaps an endpoint other than AWS."""

    def __init__(self, *, profile: str | None, region: str | None, endpoint_url: str | None) -> None:
        """Raises Misused if there is no such profile."""
        self._endpoint = endpoint_url
        with one_sentence("cannot start an AWS session"):
            self._session = boto3.Session(profile_name=profile, region_name=region)

    def stacks(self) -> Stacks:
        with one_sentence("cannot reach CloudFormation"):
            return Stacks(self._session.client("cloudformation", endpoint_url=self._endpoint))

    def secret(self, arn: str) -> SecretText:
        with one_sentence("cannot reach Secrets Manager"):
            return SecretText(self._session.client("secretsmanager", endpoint_url=self._endpoint), arn)

    def custodians(self, table: str) -> CustodianTable:
        with one_sentence("cannot reach DynamoDB"):
            return CustodianTable(self._session.resource("dynamodb", endpoint_url=self._endpoint).Table(table))

    def public_key(self, arn: str) -> bytes:
        """Of a signing key in KMS, in DER."""
        with one_sentence(f"cannot read the public key of {arn}"):
            return self._session.client("kms", endpoint_url=self._endpoint).get_public_key(KeyId=arn)["PublicKey"]

    def sign(self, url: str, *, method: str = "GET", body: bytes = b"") -> dict[str, str]:
        """Headers of the request, its body hashed into them, signed with SigV4 for API Gateway.

        Raises Misused without credentials or region.
        """
        with one_sentence("cannot sign the request"):
            credentials = self._session.get_credentials()
        region: str | None = self._session.region_name
        if credentials is None or region is None:
            missing = "credentials" if credentials is None else "region"
            raise Misused(f"cannot sign the request: no AWS {missing} found; see --profile and --region")
        headers = {"Accept": "application/json"} | ({"Content-Type": "application/json"} if body else {})
        request = AWSRequest(method=method, url=url, data=body, headers=headers)
        with one_sentence("cannot sign the request"):
            SigV4Auth(credentials.get_frozen_credentials(), "execute-api", region).add_auth(request)
        return dict(request.headers.items())
