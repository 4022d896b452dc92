"""Each service's role can do its work, and the stack refuses the rest."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.e2e.conftest import STACK, Deployed


def as_service(stack: Deployed, service: str, aws: str) -> Any:
    """A client with the rights of a service's Lambdas."""
    role = f"arn:aws:iam::000000000000:role/{STACK}-{service}"
    given = stack.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    return boto3.client(
        aws,  # type: ignore[call-overload]
        endpoint_url=stack.endpoint,
        region_name="us-east-1",
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )


def refusal(call: Any, **arguments: object) -> str:
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    return str(refused.value.response["Error"]["Code"])


def test_a_foreign_service_cannot_write_a_table(stack: Deployed) -> None:
    item = {"post_id": {"S": "p"}, "user_id": {"S": "u"}}
    feeds = as_service(stack, "feeds", "dynamodb")
    feeds.get_item(TableName=f"{STACK}-likes", Key=item)  # it may read
    code = refusal(feeds.put_item, TableName=f"{STACK}-likes", Item=item)
    assert code == "AccessDeniedException"
    code = refusal(
        feeds.transact_write_items,
        TransactItems=[{"Put": {"TableName": f"{STACK}-likes", "Item": item}}],
    )
    assert code == "AccessDeniedException"


def test_only_auth_reads_the_key_of_tokens(stack: Deployed) -> None:
    as_service(stack, "auth", "secretsmanager").get_secret_value(SecretId=f"{STACK}/tokens")
    posts = as_service(stack, "posts", "secretsmanager")
    posts.get_secret_value(SecretId=f"{STACK}/cursors")
    code = refusal(posts.get_secret_value, SecretId=f"{STACK}/tokens")
    assert code == "AccessDeniedException"


def test_chat_may_ask_the_authorizer_and_invoke_nothing_else(stack: Deployed) -> None:
    asks = {"FunctionName": f"{STACK}-ws-authorizer", "Payload": json.dumps({"token": "x.y.z"})}
    answer = as_service(stack, "chat", "lambda").invoke(**asks)
    assert json.loads(answer["Payload"].read())["errorMessage"] == "Unauthorized"
    other = {"FunctionName": stack.function("GetHealth"), "Payload": "{}"}
    code = refusal(as_service(stack, "chat", "lambda").invoke, **other)
    assert code in ("AccessDenied", "AccessDeniedException")
    code = refusal(as_service(stack, "posts", "lambda").invoke, **asks)
    assert code in ("AccessDenied", "AccessDeniedException")


def test_a_service_publishes_to_its_own_topic_alone(stack: Deployed) -> None:
    posts = as_service(stack, "posts", "sns")
    arn = f"arn:aws:sns:us-east-1:000000000000:{STACK}-users"
    code = refusal(posts.publish, TopicArn=arn, Message=json.dumps({}))
    assert code in ("AuthorizationError", "AccessDenied", "AccessDeniedException")


def test_only_media_writes_objects(stack: Deployed) -> None:
    bucket = f"{STACK}-media-000000000000-us-east-1"
    chat = as_service(stack, "chat", "s3")
    code = refusal(chat.put_object, Bucket=bucket, Key="media/x", Body=b"x")
    assert code in ("AccessDenied", "AccessDeniedException")


def test_exports_are_read_only_by_the_services_that_need_them(stack: Deployed) -> None:
    archive = {"Bucket": f"{STACK}-media-000000000000-us-east-1", "Key": "exports/somebody/all.zip"}
    stack.client("s3").put_object(**archive, Body=b"all of it")
    assert as_service(stack, "exports", "s3").get_object(**archive)["Body"].read() == b"all of it"
    for service in ("posts", "media", "chat", "users", "profiles"):
        code = refusal(as_service(stack, service, "s3").get_object, **archive)
        assert code in ("AccessDenied", "AccessDeniedException"), service
