"""Roles for people. Each may knock at exactly its routes, and belongs to one duty; each person has one duty.

Whoever assumes one is an IAM user of this account, with a second factor, whose session is named like the user (so that
the office knows two people from one) and whose tag says the role's duty. A tag has one value: nobody holds the roles of
two duties, and so nobody both keeps and reads, or reads and erases. Who may tag a user is the account's own affair.
"""

from collections.abc import Iterator, Mapping

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway, aws_iam as iam
from constructs import Construct

from functions.law.acts import Role, act_rules
from infra.constructs.door import STAGE
from infra.constructs.statements import allow

TAG = "fengcun-duty"
SESSION_HOURS = 1
DUTIES: Mapping[Role, str] = {
    "officer": "custody",
    "security_officer": "custody",
    "erasure_officer": "erasure",
    "reviewer": "review",
    "regulator": "review",
    "auditor": "audit",
}
REPORTS = ("GET/receipts/*/*", "GET/reports/*")
READS = (*REPORTS, "GET/records/*", "GET/media/*", "GET/memberships", "GET/exceptions/*")
BORDER = ("GET/border/scopes/*", "GET/border/years/*")
ROUTES: Mapping[Role, tuple[str, ...]] = {
    "officer": (*REPORTS, *BORDER),
    "security_officer": ("GET/suspects", "GET/suspects/*"),
    "erasure_officer": (),
    "reviewer": READS,
    "regulator": READS,
    "auditor": (*REPORTS, "GET/suspects", *BORDER),
}
"""Besides those about acts, which follow from rules/acts.toml."""


class People(Construct):
    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name)
        self.roles = {role: self._role(role, duty) for role, duty in DUTIES.items()}
        self.permissions: dict[str, iam.Policy] = {}
        self.arns: dict[str, list[str]] = {}

    def setting(self) -> str:
        """For the office, which knows people by the roles they use."""
        return ",".join(f"{role}={known.role_arn}" for role, known in self.roles.items())

    def let_in(self, api: apigateway.RestApi) -> None:
        """Let each role knock at its routes."""
        for role, known in self.roles.items():
            arns = [_arn(api, route) for route in sorted({*ROUTES[role], *act_routes(role)})]
            self.arns[role] = arns
            policy = iam.Policy(self, f"{_camel(role)}May", roles=[known])
            policy.add_statements(allow("Knock", ["execute-api:Invoke"], arns))
            self.permissions[role] = policy

    def _role(self, role: str, duty: str) -> iam.Role:
        return iam.Role(
            self,
            _camel(role),
            description=f"Fengcun: {role.replace('_', ' ')}, duty {duty}",
            max_session_duration=cdk.Duration.hours(SESSION_HOURS),
            assumed_by=iam.AccountRootPrincipal().with_conditions(
                {
                    "StringEquals": {"sts:RoleSessionName": "${aws:username}", f"aws:PrincipalTag/{TAG}": duty},
                    "Bool": {"aws:MultiFactorAuthPresent": "true"},
                }
            ),
        )


def act_routes(role: Role) -> Iterator[str]:
    """What rules/acts.toml lets the role do."""
    for rule in act_rules().rules.values():
        if role in rule.propose:
            yield f"POST/acts/{rule.kind}"
        if role in rule.approve:
            yield f"POST/acts/{rule.kind}/*/approval"
        if role in rule.shown_to:
            yield from ("GET/acts", f"GET/acts/{rule.kind}/*")
            yield from ("GET/incidents",) if rule.about == "incident" else ()


def _arn(api: apigateway.RestApi, route: str) -> str:
    method, _, path = route.partition("/")
    return api.arn_for_execute_api(method, f"/{path}", STAGE)


def _camel(role: str) -> str:
    return role.title().replace("_", "")
