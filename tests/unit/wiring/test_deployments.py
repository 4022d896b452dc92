"""What AWS asks of a deployment, the first one included, and the emulator does not."""

import json
import re
from typing import Any

import pytest
import yaml

from infra.local.sam import parameters, stack_name
from infra.routes import API_FILE
from infra.templates import FOUNDATION, OBSERVABILITY, TEMPLATE, load, resources
from tests.bench.answers import LEAST

TEMPLATES = [FOUNDATION, OBSERVABILITY, TEMPLATE]
KEEPS_DATA = {
    "AWS::DynamoDB::Table",
    "AWS::KMS::Key",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
}


def declared(file: str) -> dict[str, dict[str, Any]]:
    """The resources of a template, with their policies."""
    found: dict[str, dict[str, Any]] = load(file)["Resources"]
    return found


@pytest.mark.parametrize("file", TEMPLATES)
def test_what_keeps_data_outlives_its_stack_but_not_a_failed_creation(file: str) -> None:
    """With Retain, a first deployment that fails leaves its tables behind, and every later one
    fails because their names are taken."""
    for name, resource in declared(file).items():
        policies = resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy")
        kept = resource["Type"] in KEEPS_DATA
        wanted = ("RetainExceptOnCreate", "Retain") if kept else (None, None)
        assert policies == wanted, f"{file}: {name}: DeletionPolicy, UpdateReplacePolicy: {wanted}"


def test_a_table_is_protected_once_a_deployment_succeeded() -> None:
    """What is protected cannot be rolled back."""
    template = load(FOUNDATION)
    parameter = template["Parameters"]["DeletionProtection"]
    assert parameter["Default"] == "false"
    assert template["Conditions"]["Protected"] == {
        "Fn::Equals": [{"Ref": "DeletionProtection"}, "true"]
    }
    for name, table in resources(FOUNDATION, "AWS::DynamoDB::Table").items():
        wanted = {"Fn::If": ["Protected", True, False]}
        assert table.get("DeletionProtectionEnabled") == wanted, f"{name}: {wanted}"


def refusals(file: str, **given: str) -> list[str]:
    """What CloudFormation says to a deployment with these parameters, by the template's rules."""
    template = load(file)
    values = {name: each.get("Default", "") for name, each in template["Parameters"].items()}
    values |= given

    def holds(rule: Any) -> Any:
        if not isinstance(rule, dict):
            return rule
        [(name, said)] = rule.items()
        if name == "Ref":
            return values[said]
        sides = [holds(each) for each in said]
        # Of a rule's functions, the ones that these templates use.
        return {"Fn::Equals": len(set(sides)) == 1, "Fn::Not": not sides[0]}.get(
            name, any(sides) if name == "Fn::Or" else all(sides)
        )

    return [
        assertion["AssertDescription"].partition(":")[0]
        for rule in template["Rules"].values()
        if holds(rule["RuleCondition"])
        for assertion in rule["Assertions"]
        if not holds(assertion["Assert"])
    ]


MAIL = {"MailDomain": "example.com", "MailSender": "Hoshi <hello@example.com>"}
DOMAIN = {"ApiDomain": "api.example.com", "CertificateArn": "arn:aws:acm:…"}


@pytest.mark.parametrize("stage", ["staging", "production"])
def test_a_stage_that_people_cannot_join_is_refused(stage: str) -> None:
    assert refusals(FOUNDATION, Stage=stage) == ["MailDomain"]
    assert refusals(FOUNDATION, Stage=stage, **MAIL) == []
    assert refusals(TEMPLATE, Stage=stage) == ["MailSender", "ApiDomain or PublicUrl"]
    assert refusals(TEMPLATE, Stage=stage, PublicUrl="https://example.com", **MAIL) == []
    assert refusals(TEMPLATE, Stage=stage, **MAIL, **DOMAIN) == []
    assert refusals(TEMPLATE, Stage=stage, **MAIL | {"ApiDomain": "api.example.com"}) == [
        "CertificateArn"
    ]


@pytest.mark.parametrize("stage", ["local", "localstack"])
def test_a_laptop_needs_no_domain(stage: str) -> None:
    assert refusals(FOUNDATION, Stage=stage) == []
    assert refusals(TEMPLATE, Stage=stage) == []


def chosen(value: Any, stage: str) -> Any:
    """What a value with conditions is on a stage."""
    holds = {
        "Local": stage == "local",
        "LocalStack": stage == "localstack",
        "Laptop": stage in ("local", "localstack"),
    }
    while isinstance(value, dict) and "Fn::If" in value:
        condition, then, otherwise = value["Fn::If"]
        value = then if holds[condition] else otherwise
    return value


@pytest.mark.parametrize(
    ("stage", "push", "socket"),
    [
        ("local", "/_aws/execute-api/${ChatSocket}/live", "ws://${Host}/_aws/execute-api/"),
        ("localstack", "/", "${ChatSocket.ApiEndpoint}/live"),
        ("staging", "https://${ChatSocket}.execute-api.", "wss://${ChatSocket}.execute-api."),
    ],
)
def test_sockets_are_where_each_stage_has_them(stage: str, push: str, socket: str) -> None:
    """A push URL without a host is one of `AWS_ENDPOINT_URL`: in a container of LocalStack,
    `localhost` is the container."""
    given = chosen(
        load(TEMPLATE)["Globals"]["Function"]["Environment"]["Variables"]["WEBSOCKET_PUSH_URL"],
        stage,
    )
    assert (given if isinstance(given, str) else given["Fn::Sub"]).startswith(push)
    shown = chosen(load(TEMPLATE)["Outputs"]["WebSocketUrl"]["Value"], stage)["Fn::Sub"]
    assert (shown if isinstance(shown, str) else shown[0]).startswith(socket)


def test_the_domain_of_mails_is_an_identity_but_on_localstack() -> None:
    """Its CloudFormation cannot create one: a step of the deployment verifies the domain."""
    [identity] = [
        each
        for each in load(FOUNDATION)["Resources"].values()
        if each["Type"] == "AWS::SES::EmailIdentity"
    ]
    condition = load(FOUNDATION)["Conditions"][identity["Condition"]]
    assert condition == {"Fn::Not": [{"Fn::Equals": [{"Ref": "Stage"}, "localstack"]}]}


def test_the_records_that_verify_the_domain_of_mails_are_outputs() -> None:
    outputs = load(FOUNDATION)["Outputs"]
    shown = {output["Value"]["Fn::GetAtt"][1] for output in outputs.values()}
    for number in (1, 2, 3):
        assert {f"DkimDNSTokenName{number}", f"DkimDNSTokenValue{number}"} <= shown


def test_staging_and_production_share_no_name() -> None:
    """Names and policies begin with `Stack`: one must not be the beginning of the other."""
    stacks = {}
    for stage in ("staging", "production"):
        given = parameters(stage)
        assert given["Stage"] == stage
        assert given["Stack"] == stack_name(stage)
        pattern = load(TEMPLATE)["Parameters"]["Stack"]["AllowedPattern"]
        assert re.fullmatch(pattern, given["Stack"])
        stacks[stage] = f"{given['Stack']}-"
    one, other = stacks.values()
    assert not one.startswith(other)
    assert not other.startswith(one)


@pytest.mark.parametrize("file", TEMPLATES)
def test_a_template_assumes_no_stack_of_its_own(file: str) -> None:
    """Whatever the parameter `Stack` is, names follow from it."""
    body = {name: part for name, part in load(file).items() if name in ("Resources", "Globals")}
    assumed = re.findall(r"(?<![A-Za-z.])hoshi[-/][a-z]+", str(body))
    assert assumed == []


def errors() -> dict[str, int]:
    """The status of each error of the contract, by its code."""
    from shared.errors import HoshiError

    found: dict[str, int] = {}
    kinds: list[type[HoshiError]] = [HoshiError]
    for kind in kinds:
        kinds += kind.__subclasses__()
        if "code" in vars(kind):
            found[kind.code] = kind.status
    return found


def test_what_the_gateway_answers_itself_comes_with_the_document_of_the_api() -> None:
    """On AWS a new document removes gateway responses that are resources of their own."""
    assert resources(TEMPLATE, "AWS::ApiGateway::GatewayResponse") == {}
    document = yaml.safe_load(API_FILE.read_text())
    responses = document["x-amazon-apigateway-gateway-responses"]
    assert {"UNAUTHORIZED", "ACCESS_DENIED", "DEFAULT_4XX", "DEFAULT_5XX"} <= set(responses)
    for name, response in responses.items():
        body = json.loads(response["responseTemplates"]["application/json"])
        assert body.keys() == {"error", "code", "request_id"}
        headers = response["responseParameters"]
        origin = headers["gatewayresponse.header.Access-Control-Allow-Origin"]
        assert origin == {"Fn::Sub": "'${AllowedOrigin}'"}, name
        exposed = headers["gatewayresponse.header.Access-Control-Expose-Headers"]
        assert exposed == "'X-Request-Id'", name
        if name == "DEFAULT_4XX":
            assert "statusCode" not in response, "it would replace the status of all other errors"
        else:
            assert int(response["statusCode"]) == errors()[body["code"]]


def test_a_parameter_alone_changes_what_the_gateway_answers() -> None:
    """SAM makes a new deployment for a new document, in which it does not see parameters."""
    [api] = resources(TEMPLATE, "AWS::Serverless::Api").values()
    assert api["AlwaysDeploy"] is True


def test_the_stage_of_sockets_is_made_after_its_routes() -> None:
    """AutoDeploy deploys what is there, and refuses an API that is half made."""
    routes = set(resources(TEMPLATE, "AWS::ApiGatewayV2::Route"))
    [stage] = [each for each in declared(TEMPLATE).values() if each["Type"].endswith("V2::Stage")]
    assert stage["Properties"]["AutoDeploy"] is True
    assert set(stage["DependsOn"]) == routes


def test_lambda_logs_what_failed_as_json_and_the_alarm_reads_it() -> None:
    """At WARN, Lambda reports only what failed: `platform.report`, `platform.initReport`."""
    logging = load(TEMPLATE)["Globals"]["Function"]["LoggingConfig"]
    assert (logging["LogFormat"], logging["SystemLogLevel"]) == ("JSON", "WARN")
    crashes = resources(OBSERVABILITY, "AWS::Logs::MetricFilter")["Crashes"]
    wanted = '{ $.type = "platform.*eport" && $.record.status != "success" }'
    assert crashes["FilterPattern"] == wanted


def test_both_stages_write_an_access_log_without_people_in_it() -> None:
    groups = resources(OBSERVABILITY, "AWS::Logs::LogGroup").values()
    names = [group["LogGroupName"]["Fn::Sub"] for group in groups]
    [api] = resources(TEMPLATE, "AWS::Serverless::Api").values()
    [stage] = resources(TEMPLATE, "AWS::ApiGatewayV2::Stage").values()
    for said in (api["AccessLogSetting"], stage["AccessLogSettings"]):
        on_a_laptop, log = said["Fn::If"][1:]
        assert on_a_laptop == {"Ref": "AWS::NoValue"}
        assert log["DestinationArn"]["Fn::Sub"].rpartition(":")[2] in names
        shown = set(re.findall(r"\$context\.([\w.]+)", log["Format"]))
        assert "requestId" in shown
        assert shown <= {
            *("requestId", "httpMethod", "resourcePath", "routeKey", "status"),
            *("responseLatency", "integrationLatency", "error.responseType"),
        }


@pytest.mark.parametrize(
    ("namespace", "metric"),
    [
        ("AWS/ApiGateway", "5XXError"),
        ("AWS/Lambda", "Throttles"),
        ("AWS/Lambda", "ConcurrentExecutions"),
    ],
)
def test_what_no_function_can_log_has_an_alarm(namespace: str, metric: str) -> None:
    alarms = resources(OBSERVABILITY, "AWS::CloudWatch::Alarm").values()
    assert [
        each for each in alarms if (each["Namespace"], each["MetricName"]) == (namespace, metric)
    ]


def test_the_gateway_compresses_what_is_worth_it() -> None:
    assert load(TEMPLATE)["Resources"]["Api"]["Properties"]["MinimumCompressionSize"] == LEAST


def test_bodies_arrive_as_they_were_sent() -> None:
    """The gateway would replace what is not UTF-8 in a body that it passes on as text. On AWS these
    types are written with an escape."""
    types = load(TEMPLATE)["Resources"]["Api"]["Properties"]["BinaryMediaTypes"]
    laptop, cloud = zip(*(each["Fn::If"][1:] for each in types), strict=True)
    assert laptop == ("multipart/form-data", "application/json")
    assert cloud == ("multipart~1form-data", "application~1json")
