"""The operator: an IAM user who may do everything IAM can allow. Root would not do, since no policy binds it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

_NAME = "operator"
_EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey:
    """Long-lived credentials of an IAM user of the emulator."""

    access_key_id: str
    secret_access_key: str


def make_operator(root: Callable[[str], Any]) -> AccessKey:
    """The operator with a new access key; earlier keys stop working. `root("iam")` gives root's IAM client."""
    iam = root("iam")
    try:
        iam.create_user(UserName=_NAME)
    except ClientError as error:
        if error.response["Error"]["Code"] != "EntityAlreadyExists":
            raise
    iam.put_user_policy(UserName=_NAME, PolicyName="everything", PolicyDocument=json.dumps(_EVERYTHING))
    for old in iam.list_access_keys(UserName=_NAME)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=_NAME, AccessKeyId=old["AccessKeyId"])
    key = iam.create_access_key(UserName=_NAME)["AccessKey"]
    return AccessKey(access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"])
