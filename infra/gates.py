"""The gates a template must pass. A finding that `acknowledged.py` does not answer stops synth."""

from pathlib import Path

import aws_cdk as cdk
import cdk_nag

CHINA = Path(__file__).with_name("china.guard")


def add_gates(app: cdk.App) -> None:
    """CDK's own region-aware rules, our rules for China, and two cdk-nag packs."""
    china = cdk.ValidationRuleSource(name="china", content=CHINA.read_text(encoding="utf-8"))
    cdk.Validations.of(app).add_plugins(
        cdk.CloudFormationValidatePlugin(guard_rules=[china]),
        cdk_nag.AwsSolutionsChecks(app),
        cdk_nag.NIST80053R5Checks(app),
    )
