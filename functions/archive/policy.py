"""What is decided beforehand: the deployment's policy, the rules, the roll of custodians and the holds that stand."""

from dataclasses import dataclass
from functools import cached_property

from functions.law import secrecy, tier_rules
from functions.law.holds import Hold
from functions.law.policy import Policy as LawPolicy
from functions.law.retention import RuleBook
from functions.law.scope import Roll
from functions.law.secrecy import Weights
from functions.law.tier import Tiers


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Everything a decision may ask that does not come with the capture or its people.

    What the policy makes of the release's rules is worked out once.
    """

    archive_id: str
    law: LawPolicy
    floor_days: int
    rules: RuleBook
    roll: Roll
    holds: tuple[Hold, ...] = ()

    @cached_property
    def tiers(self) -> Tiers:
        return tier_rules.under(self.law.tiers, self.law.version)

    @cached_property
    def weights(self) -> Weights:
        return secrecy.under(self.law.secrecy, self.law.version)

    def version(self, rules: str) -> str:
        """Of a decision that the policy has a part in: its rules' version and the policy's, `1+0123456789abcdef`."""
        return f"{rules}+{self.law.version}"
