"""The one exception to "nobody": who may put a keyring over a keyring and remove what is below, and nothing else."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from functions.intake.accept import DELIVERY_LIFE
from infra.records_stack import DELIVERY_DAYS
from tests.infra.iam import Context
from tests.infra.synth import Stacks
from tests.infra.template import statements, texts
from tests.infra.test_bucket_policies import DAYS, GOOD_PUT, MODE, ONCE, OURS, refusals

ERASER = "EraserRole"
SEEN = "s3:if-match"
BYPASS, REMOVE = "s3:BypassGovernanceRetention", "s3:DeleteObjectVersion"


def as_the_eraser(**changed: str) -> Context:
    """A put over the version that was read. The account's pattern does not know the role's short name here."""
    put = {name: value for name, value in GOOD_PUT.items() if name != ONCE}
    return {**put, "aws:PrincipalArn": ERASER, MODE: "GOVERNANCE", SEEN: "an etag", **changed}


def but_strangers(found: list[str]) -> list[str]:
    return [one for one in found if one != "OursAlone"]


def grants(stacks: Stacks, role: str) -> Iterator[tuple[str, str]]:
    for policy in stacks.flow.of("AWS::IAM::Policy"):
        if texts(policy.properties["Roles"]) == [role]:
            for statement in statements(policy.properties["PolicyDocument"]):
                yield from ((a, r) for a in texts(statement["Action"]) for r in texts(statement["Resource"]))


def holders(stacks: Stacks, action: str) -> set[tuple[str, str]]:
    """(role, resource) of whoever is allowed that."""
    return {
        (role, resource)
        for policy in stacks.flow.of("AWS::IAM::Policy")
        for role in texts(policy.properties["Roles"])
        for found, resource in grants(stacks, role)
        if found == action
    }


def test_the_eraser_alone_bypasses_a_lock_and_only_on_keyrings(stacks: Stacks) -> None:
    assert holders(stacks, BYPASS) == {(ERASER, "Keyring/keyrings/*")}
    assert but_strangers(refusals(stacks, "Keyring", as_the_eraser(), BYPASS)) == []
    assert "NobodyBypassesALock" in refusals(stacks, "Vault", as_the_eraser(), BYPASS)
    assert "NobodyBypassesALock" in refusals(stacks, "Keyring", {**GOOD_PUT, "aws:PrincipalArn": OURS}, BYPASS)
    assert "NobodyBypassesALock" in refusals(stacks, "Keyring", {}, BYPASS)


def test_the_eraser_puts_over_what_it_has_read_and_never_blindly(prod: Stacks) -> None:
    blind = {name: value for name, value in as_the_eraser().items() if name != SEEN}

    assert but_strangers(refusals(prod, "Keyring", as_the_eraser())) == []
    assert but_strangers(refusals(prod, "Keyring", blind)) == ["ErasuresReplaceWhatTheyRead"]
    assert but_strangers(refusals(prod, "Vault", as_the_eraser(**{MODE: "COMPLIANCE"}))) == ["PutsNeverReplace"]
    assert refusals(prod, "Keyring", {**GOOD_PUT, "aws:PrincipalArn": OURS}) == []


def test_the_eraser_may_lock_below_the_floor_since_a_lock_that_ends_soon_is_put_again(prod: Stacks) -> None:
    assert but_strangers(refusals(prod, "Keyring", as_the_eraser(**{DAYS: "1"}))) == []
    assert refusals(prod, "Keyring", {**GOOD_PUT, DAYS: "1"}) == ["LocksReachTheFloor"]


def test_the_eraser_hides_nothing_and_locks_everything(stacks: Stacks) -> None:
    unlocked = {name: value for name, value in as_the_eraser().items() if name != MODE}

    assert "NothingIsHidden" in refusals(stacks, "Keyring", as_the_eraser(), "s3:DeleteObject")
    assert "PutsAreLocked" in refusals(stacks, "Keyring", unlocked)


def test_the_eraser_touches_no_segment_and_opens_no_record(stacks: Stacks) -> None:
    held = set(grants(stacks, ERASER))

    assert not [one for one in held if one[1].startswith("Vault") and one[0].startswith(("s3:Put", "s3:Delete"))]
    assert "SegmentKey" not in {resource for action, resource in held if action.startswith("kms:")}
    assert (REMOVE, "Keyring/keyrings/*") in held
    assert not {action for action, _ in held} & {"s3:PutObjectLegalHold", "s3:DeleteObject", "s3:PutBucketPolicy"}


def test_nobody_but_lambda_becomes_the_eraser(stacks: Stacks) -> None:
    role = stacks.records.one("AWS::IAM::Role", ERASER).properties
    (trust,) = statements(role["AssumeRolePolicyDocument"])

    assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}
    users = [one.name for one in stacks.flow.of("AWS::Lambda::Function") if texts([one.properties["Role"]]) == [ERASER]]
    assert users == ["EraserFunction"]


@pytest.mark.parametrize("action", ["s3:PutObjectLegalHold"])
def test_disposition_alone_holds_and_lets_go(stacks: Stacks, action: str) -> None:
    assert {role for role, _ in holders(stacks, action)} - {"ArchiveRole", "SealerRole"} == {"DisposerRole"}


def test_disposition_reads_no_salt_and_removes_nothing(stacks: Stacks) -> None:
    held = set(grants(stacks, "DisposerRole"))

    assert ("s3:GetObject", "Keyring/keyrings/*") not in held
    assert not {action for action, _ in held} & {BYPASS, REMOVE, "s3:DeleteObject"}
    assert {resource for action, resource in held if action == "kms:Decrypt"} == {"StorageKey"}


def test_only_the_office_and_the_rooms_themselves_write_to_the_queues_of_orders(stacks: Stacks) -> None:
    for queue, own in (("Disposition", {"DisposerRole"}), ("Erasure", set())):
        senders = {role for role, resource in holders(stacks, "sqs:SendMessage") if resource == queue}
        assert senders == {"OfficeRole"} | own


def test_a_certificate_speaks_of_deliveries_for_as_long_as_they_may_lie_there() -> None:
    assert timedelta(days=DELIVERY_DAYS + 1) <= DELIVERY_LIFE  # a day more for the version below
