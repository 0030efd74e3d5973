"""The door: one regional (or private) REST API, where every method is signed unless the account has an ICP filing."""

import json

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway, aws_iam as iam, aws_logs as logs, aws_wafv2 as wafv2
from constructs import Construct, IConstruct

from infra.constructs.alarms import Alarms, Limit, period
from infra.constructs.room_function import LOG_RETENTION, RoomFunction
from infra.deployment import Deployment

STAGE = "v1"
READING = ("GET/records/*", "GET/receipts/*", "GET/media/*", "GET/memberships", "GET/exceptions/*", "GET/reports/*")
DECIDING = (
    "GET/acts",
    "GET/acts/*",
    "POST/acts/*",
    "GET/border/*",
    "GET/incidents",
    "GET/suspects",
    "GET/suspects/*",
)
WEBHOOKS = ("POST/captures", "POST/media", "GET/wecom/*", "POST/wecom/*", "GET/wechat/*", "POST/wechat/*")
REQUESTS_PER_SECOND = 500
BURST = 1000
REQUESTS_PER_SENDER = 30_000
"""In five minutes, from one address: a busy gateway posts far less, since one request carries up to 1,000 captures."""
PROBLEM = '{"type":"about:blank","title":"$context.error.responseType","detail":$context.error.messageString}'


class Door(Construct):
    def __init__(self, scope: Construct, name: str, *, deployment: Deployment, alarms: Alarms) -> None:
        super().__init__(scope, name)
        self._deployment = deployment
        self.methods: list[apigateway.Method] = []
        self.open_methods: list[apigateway.Method] = []
        self.access_log = logs.LogGroup(
            self, "AccessLog", retention=LOG_RETENTION, removal_policy=cdk.RemovalPolicy.RETAIN
        )
        self.api = apigateway.RestApi(
            self,
            "Api",
            rest_api_name=f"Fengcun-{deployment.name}",
            endpoint_configuration=_endpoint(deployment),
            policy=_policy(deployment),
            cloud_watch_role=True,  # the account-wide role without which API Gateway writes no access log
            deploy_options=self._stage(),
            binary_media_types=["*/*"],  # bodies reach the rooms as bytes: in base64, 4 MiB stay below Lambda's 6 MB
            default_method_options=apigateway.MethodOptions(authorization_type=apigateway.AuthorizationType.IAM),
        )
        self.api.node.try_remove_child("Endpoint")  # the stack names its outputs itself
        self._speak_problem_json()
        self._guard()
        alarms.watch(
            self,
            "ServerErrors",
            Limit(
                metric=self.api.metric_server_error(period=period(), statistic="Sum"),
                alarm_at=1,
                says="the API answered 5xx: a sender was told to come back later",
            ),
        )

    @property
    def log_role(self) -> IConstruct:
        """The account-wide role that lets API Gateway write logs."""
        return self.api.node.find_child("CloudWatchRole")

    def signed(self, method: str, path: str, room: RoomFunction) -> None:
        """Serve `method path` by `room`, to callers whose AWS signature and IAM policy allow it."""
        self._serve(method, path, room, apigateway.AuthorizationType.IAM)

    def webhook(self, method: str, path: str, room: RoomFunction) -> None:
        """Serve `method path` by `room`, which demands the sender's own signature; with an ICP filing, no other."""
        if self._deployment.icp:
            self.open_methods.append(self._serve(method, path, room, apigateway.AuthorizationType.NONE))
        else:
            self.signed(method, path, room)

    def _serve(
        self, method: str, path: str, room: RoomFunction, kind: apigateway.AuthorizationType
    ) -> apigateway.Method:
        integration = apigateway.LambdaIntegration(room.function, allow_test_invoke=False)
        resource = self.api.root.resource_for_path(path)
        served = resource.add_method(method, integration, authorization_type=kind)
        self.methods.append(served)
        return served

    def _stage(self) -> apigateway.StageOptions:
        return apigateway.StageOptions(
            stage_name=STAGE,
            access_log_destination=apigateway.LogGroupLogDestination(self.access_log),
            access_log_format=_access_log_format(),
            logging_level=apigateway.MethodLoggingLevel.OFF,  # execution logs hold headers, so signatures
            data_trace_enabled=False,
            metrics_enabled=True,
            tracing_enabled=False,  # Lambda in China does not trace
            throttling_rate_limit=REQUESTS_PER_SECOND,
            throttling_burst_limit=BURST,
        )

    def _speak_problem_json(self) -> None:
        """What API Gateway refuses by itself (no signature, too many, too large) reads like what we refuse."""
        for name, kind in (
            ("Refused", apigateway.ResponseType.DEFAULT_4_XX),
            ("Failed", apigateway.ResponseType.DEFAULT_5_XX),
        ):
            self.api.add_gateway_response(name, type=kind, templates={"application/problem+json": PROBLEM})

    def _guard(self) -> None:
        # One rule, on purpose. The managed rule groups look into bodies, and chat text often looks like an attack
        # (people paste SQL, scripts, shell commands): each false alarm would be a capture lost before we saw it.
        # Our handlers parse bodies with strict parsers and never hand them to an interpreter.
        self.wall = wafv2.CfnWebACL(
            self,
            "Wall",
            scope="REGIONAL",
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_visible("Wall"),
            rules=[
                wafv2.CfnWebACL.RuleProperty(
                    name="TooManyFromOneAddress",
                    priority=0,
                    action=wafv2.CfnWebACL.RuleActionProperty(block={}),
                    statement=wafv2.CfnWebACL.StatementProperty(
                        rate_based_statement=wafv2.CfnWebACL.RateBasedStatementProperty(
                            aggregate_key_type="IP", limit=REQUESTS_PER_SENDER
                        )
                    ),
                    visibility_config=_visible("TooManyFromOneAddress"),
                )
            ],
        )
        wafv2.CfnWebACLAssociation(
            self, "WallAroundDoor", resource_arn=self.api.deployment_stage.stage_arn, web_acl_arn=self.wall.attr_arn
        )


def _endpoint(deployment: Deployment) -> apigateway.EndpointConfiguration:
    kind = apigateway.EndpointType
    if deployment.vpc_endpoints:
        return apigateway.EndpointConfiguration(types=[kind.PRIVATE])
    return apigateway.EndpointConfiguration(types=[kind.REGIONAL])


def _policy(deployment: Deployment) -> iam.PolicyDocument:
    """Allows nobody what is signed for: an allow here would be enough by itself, past the caller's own IAM policy."""
    everyone = [iam.AnyPrincipal()]
    invoke = ["execute-api:Invoke"]
    statements = [
        iam.PolicyStatement(
            sid="SignersAreOurs",
            effect=iam.Effect.DENY,
            principals=everyone,
            actions=invoke,
            resources=[f"execute-api:/{STAGE}/{route}" for route in (*READING, *DECIDING)]
            if deployment.icp
            else ["execute-api:/*"],
            conditions={"StringNotEquals": {"aws:PrincipalAccount": cdk.Aws.ACCOUNT_ID}},
        )
    ]
    if deployment.icp:
        statements.append(
            iam.PolicyStatement(
                sid="WebhooksAreOpen",
                principals=everyone,
                actions=invoke,
                resources=[f"execute-api:/{STAGE}/{route}" for route in WEBHOOKS],
            )
        )
    if deployment.vpc_endpoints:
        statements.append(
            iam.PolicyStatement(
                sid="ThroughOurEndpointsOnly",
                effect=iam.Effect.DENY,
                principals=everyone,
                actions=invoke,
                resources=["execute-api:/*"],
                conditions={"StringNotEquals": {"aws:SourceVpce": list(deployment.vpc_endpoints)}},
            )
        )
    return iam.PolicyDocument(statements=statements)


def _access_log_format() -> apigateway.AccessLogFormat:
    """Who called what and how it went. The resource, not the path: paths carry ids that senders choose."""
    fields = {
        "request_id": "requestId",
        "time": "requestTime",
        "method": "httpMethod",
        "resource": "resourcePath",
        "status": "status",
        "error": "error.responseType",
        "caller": "identity.userArn",
        "source_ip": "identity.sourceIp",
        "user_agent": "identity.userAgent",
        "response_bytes": "responseLength",
        "latency_ms": "responseLatency",
    }
    return apigateway.AccessLogFormat.custom(json.dumps({name: f"$context.{value}" for name, value in fields.items()}))


def _visible(metric: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    # Not sampled: a sample would keep headers, so signatures, in the console.
    return wafv2.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=metric, sampled_requests_enabled=False
    )
