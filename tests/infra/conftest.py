"""Every deployment of cdk.json, synthesised once."""

import pytest

from tests.infra.synth import DEPLOYMENTS, Stacks, synthesise


@pytest.fixture(scope="session")
def all_stacks() -> dict[str, Stacks]:
    return synthesise(DEPLOYMENTS)


@pytest.fixture(params=[deployment.name for deployment in DEPLOYMENTS])
def stacks(request: pytest.FixtureRequest, all_stacks: dict[str, Stacks]) -> Stacks:
    """One after the other: what a test says of it holds of every deployment."""
    return all_stacks[request.param]


@pytest.fixture
def prod(all_stacks: dict[str, Stacks]) -> Stacks:
    """COMPLIANCE, icp: true."""
    return all_stacks["local"]


@pytest.fixture
def trial(all_stacks: dict[str, Stacks]) -> Stacks:
    """GOVERNANCE for a week, icp: false."""
    return all_stacks["trial"]
