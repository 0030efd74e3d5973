"""The data tier (DSL art. 21, GB/T 43697-2024): core, important, general or work_secret.

This release has no catalogue that raises a tier: every record gets the default, and says so by the rule it names.
"""

from dataclasses import dataclass

TIERS = ("core", "important", "general", "work_secret")


@dataclass(frozen=True, slots=True)
class Tier:
    """A decision and the rule that made it."""

    name: str
    rule: str
    version: str


DEFAULT = Tier("general", "tier.default", "1")
