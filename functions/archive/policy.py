"""What is decided beforehand: the deployment's policy, the rules, the roll of custodians and the holds that stand."""

from dataclasses import dataclass

from functions.law.holds import Hold
from functions.law.policy import Policy as LawPolicy
from functions.law.retention import RuleBook
from functions.law.scope import Roll


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything a decision may ask that does not come with the capture or its people."""

    archive_id: str
    law: LawPolicy
    floor_days: int
    rules: RuleBook
    roll: Roll
    holds: tuple[Hold, ...] = ()

    def version(self, rules: str) -> str:
        """Of a decision that the policy has a part in: its rules' version and the policy's, `1+0123456789abcdef`."""
        return f"{rules}+{self.law.version}"
