"""Keys. Their policy only lets this account's IAM decide; who may use one for what stands in the rooms."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam, aws_kms as kms
from constructs import Construct

from infra.constructs.statements import deny_everyone


class ArchiveKey(kms.Key):
    """A key that turns every year and may be given up on: destroying it destroys what it sealed."""

    def __init__(self, scope: Construct, key: str, *, description: str) -> None:
        super().__init__(
            scope,
            key,
            description=description,
            enable_key_rotation=True,
            pending_window=cdk.Duration.days(30),
            policy=iam.PolicyDocument(statements=[_account_decides()]),
        )


class EverlastingKey(ArchiveKey):
    """A key that records hang on. A lock on an object is worth no more than the key that opens it, so nobody
    deletes or disables this one without first changing its policy, where an auditor sees it.
    """

    def __init__(self, scope: Construct, key: str, *, description: str) -> None:
        super().__init__(scope, key, description=description)
        self.add_to_resource_policy(
            deny_everyone("NobodyDestroysRecords", ["kms:ScheduleKeyDeletion", "kms:DisableKey"], ["*"])
        )


class SigningKey(kms.Key):
    """An ECDSA key on P-256 that never leaves KMS. It does not turn: what it signed is to be checked in years."""

    def __init__(self, scope: Construct, key: str, *, description: str) -> None:
        nobody = deny_everyone("NobodyDestroysProof", ["kms:ScheduleKeyDeletion", "kms:DisableKey"], ["*"])
        super().__init__(
            scope,
            key,
            description=description,
            key_spec=kms.KeySpec.ECC_NIST_P256,
            key_usage=kms.KeyUsage.SIGN_VERIFY,
            pending_window=cdk.Duration.days(30),
            policy=iam.PolicyDocument(statements=[_account_decides(), nobody]),
        )


def _account_decides() -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid="AccountDecides", principals=[iam.AccountRootPrincipal()], actions=["kms:*"], resources=["*"]
    )
