"""infra/access.yaml: it names what exists, and each role consumes what its Lambdas run on."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra import access, roles, templates

FUNCTIONS = templates.functions()
ROWS = access.rows()


@pytest.mark.parametrize("row", ROWS)
def test_every_name_in_a_row_is_declared(row: str) -> None:
    assert list(access.statements(row, ROWS[row]))


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        pytest.param({"reads": ["postz"]}, "there is no table postz", id="table"),
        pytest.param({"writes": ["posts", "postz"]}, "there is no table postz", id="second"),
        pytest.param({"writes": ["posts+index"]}, "there is no table posts+index", id="write"),
        pytest.param(
            {"reads": ["claims+index"]}, "there is no table with indexes claims", id="index"
        ),
        pytest.param(
            {"streams": ["claims"]}, "there is no table with a stream claims", id="stream"
        ),
        pytest.param({"publishes": ["likes"]}, "there is no topic likes", id="topic"),
        pytest.param({"sends": ["posts"]}, "there is no queue posts", id="queue"),
        pytest.param({"secrets": ["passwords"]}, "there is no secret passwords", id="secret"),
        pytest.param(
            {"gets_files": ["media"]}, "there is no prefix in the bucket media", id="prefix"
        ),
        pytest.param({"decrypts": ["posts"]}, "there is no key posts", id="key"),
        pytest.param({"reads": ["posts", "posts"]}, "a name is there twice", id="twice"),
    ],
)
def test_a_name_that_does_not_exist_is_refused(said: dict[str, Any], refusal: str) -> None:
    place = f"infra/access.yaml: likes, {next(iter(said))}: "
    with pytest.raises(SystemExit, match=re.escape(place + refusal)):
        roles.section({"likes": said})


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"resources": ["table/postz"]}, "likes, Count: there is no table postz"),
        ({"resources": ["posts"]}, "likes, Count: posts is neither"),
        ({"reason": "x"}, "likes, also: sid, why, actions, resources"),
    ],
)
def test_a_special_statement_that_cannot_be_is_refused(
    changes: dict[str, Any], refusal: str
) -> None:
    also = {"sid": "Count", "why": "x", "actions": ["dynamodb:Scan"], "resources": ["*"]} | changes
    with pytest.raises(SystemExit, match=re.escape(refusal)):
        roles.section({"likes": {"also": [also]}})


def test_an_unknown_verb_is_refused() -> None:
    with pytest.raises(SystemExit, match="likes: there is no verb eats"):
        roles.section({"likes": {"eats": ["posts"]}})


def test_a_row_that_is_there_twice_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "access.yaml"
    file.write_text("likes:\n  reads: [likes]\n  reads: [posts]\n")
    monkeypatch.setattr(access, "FILE", file)
    with pytest.raises(SystemExit, match="line 2: reads is there twice"):
        access.rows()


def stream_of(source: dict[str, Any]) -> str:
    export: str = source["Stream"]["Fn::ImportValue"]["Fn::Sub"]
    return export.removeprefix("${Stack}-").removesuffix("-stream")


@pytest.mark.parametrize("row", ROWS)
def test_a_role_consumes_just_what_its_lambdas_run_on(row: str) -> None:
    lambdas = [each for each in FUNCTIONS.values() if templates.name_of(each["Role"]) == row]
    queues = {
        templates.name_of(source["Queue"])
        for function in lambdas
        for source in templates.sources(function, "SQS")
    }
    streams = {
        stream_of(source)
        for function in lambdas
        for source in templates.sources(function, "DynamoDB")
    }
    said = set(ROWS[row].get("consumes", []))
    assert said == queues, f"infra/access.yaml: {row} must consume {queues}, not {said}"
    said = set(ROWS[row].get("streams", []))
    assert said == streams, f"infra/access.yaml: {row} must have the streams {streams}, not {said}"


def test_a_topic_names_the_roles_that_publish_to_it() -> None:
    """Without a policy of its own, every role of the account may publish to a topic."""
    named: dict[str, set[str]] = {}
    for policy in templates.resources(templates.FOUNDATION, "AWS::SNS::TopicPolicy").values():
        [topic] = policy["Topics"]
        [statement] = policy["PolicyDocument"]["Statement"]
        if "Service" in statement["Principal"]:
            continue  # tests/unit/wiring/test_mail.py
        principals = statement["Principal"]["AWS"]
        for each in principals if isinstance(principals, list) else [principals]:
            named.setdefault(topic["Ref"], set()).add(each["Fn::GetAtt"][0])
    topics = {
        templates.name_of(each["TopicName"]): name
        for name, each in templates.resources(templates.FOUNDATION, "AWS::SNS::Topic").items()
    }
    published: dict[str, set[str]] = {}
    for row in ROWS:
        for topic in ROWS[row].get("publishes", []):
            published.setdefault(topics[topic], set()).add(roles.role_id(row))
    assert named == published, "infra/foundation.yaml: the topic policies differ from access.yaml"


def test_the_audit_log_is_append_only() -> None:
    """No role may change or delete an entry: who writes it puts it, on condition that it is new."""
    allowed = {
        action.removeprefix("dynamodb:")
        for row in ROWS
        for statement in access.statements(row, ROWS[row])
        if any(arn == "*" or arn.endswith(("-audit-log", "table/*")) for arn in statement.arns)
        for action in statement.actions
        if action.startswith(("dynamodb:", "*"))
    }
    reads = {"GetItem", "BatchGetItem", "Query", "ConditionCheckItem"}
    assert allowed - reads == {"PutItem"}


def destinations(part: Any) -> Iterator[str]:
    """The queues and topics that a Lambda's failures go to, anywhere in its properties: a
    destination of `OnFailure`, the target of a `DeadLetterQueue`."""
    if isinstance(part, dict):
        yield from (
            templates.name_of(part[key]) for key in ("Destination", "TargetArn") if key in part
        )
        for each in part.values():
            yield from destinations(each)
    elif isinstance(part, list):
        for each in part:
            yield from destinations(each)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_lambda_may_send_to_its_failure_destinations(name: str) -> None:
    """Lambda checks it when the destination is configured: AWS refuses the stack otherwise."""
    function = templates.load(templates.TEMPLATE)["Globals"]["Function"] | FUNCTIONS[name]
    row = templates.name_of(function["Role"])
    may = {*ROWS[row].get("sends", []), *ROWS[row].get("publishes", [])}
    missing = set(destinations(function)) - may
    assert not missing, f"infra/access.yaml: {row} must send to {missing}, for {name}"


def test_sockets_are_managed_by_their_rows_and_on_our_api_alone() -> None:
    """Of another API of the account, no socket can be written to."""
    rows = {row for row, said in ROWS.items() if "sockets" in said}
    assert all(ROWS[row]["sockets"] == ["push", "close"] for row in rows)
    [policy] = templates.resources(templates.TEMPLATE, "AWS::IAM::Policy").values()
    assert {templates.name_of(role) for role in policy["Roles"]} == rows
    [statement] = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == "execute-api:ManageConnections"
    *ours, of_any_api = statement["Resource"]
    assert all(":${ChatSocket}/live/" in arn["Fn::Sub"] for arn in ours)
    condition, _, otherwise = of_any_api["Fn::If"]
    assert (condition, otherwise) == ("LocalStack", {"Ref": "AWS::NoValue"})


def test_a_right_to_everything_has_no_other_form() -> None:
    """On AWS; emulators cannot check each resource."""
    unlimited = {
        f"{row}: {statement.sid}"
        for row in ROWS
        for statement in access.statements(row, ROWS[row])
        if "*" in statement.arns
    }
    assert unlimited == {"every-function: Trace"}


@pytest.mark.parametrize(
    ("row", "sid", "parameter"),
    [("emails", "Mail", "MailDomain"), ("ai", "InvokeModel", "AiModel")],
)
def test_a_parameter_narrows_a_right(row: str, sid: str, parameter: str) -> None:
    [statement] = [each for each in access.statements(row, ROWS[row]) if each.sid == sid]
    assert f"/${{{parameter}}}" in statement.arns[0]
    assert parameter in templates.load(templates.FOUNDATION)["Parameters"]


def test_models_are_reached_through_the_configured_profile_alone() -> None:
    [statement] = [
        each for each in access.statements("ai", ROWS["ai"]) if each.sid.endswith("OfTheProfile")
    ]
    assert "bedrock:InferenceProfileArn" in statement.condition
    assert "inference-profile/${AiModel}" in statement.condition
