"""AWS clients, made once and on first use. `AWS_ENDPOINT_URL` alone decides where AWS is."""

from functools import cache
from typing import TYPE_CHECKING, Any, Literal, overload

from shared.config import config

if TYPE_CHECKING:
    from mypy_boto3_apigatewaymanagementapi import ApiGatewayManagementApiClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_ses import SESClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient


@overload
def client(service: Literal["dynamodb"]) -> "DynamoDBClient": ...
@overload
def client(service: Literal["s3"]) -> "S3Client": ...
@overload
def client(service: Literal["secretsmanager"]) -> "SecretsManagerClient": ...
@overload
def client(service: Literal["ses"]) -> "SESClient": ...
@overload
def client(service: Literal["sns"]) -> "SNSClient": ...
@overload
def client(service: Literal["sqs"]) -> "SQSClient": ...
def client(service: str) -> Any:
    """The process's client of `service`. Calls time out after seconds, and are tried three
    times."""
    return _made(service, None)


def push_client() -> "ApiGatewayManagementApiClient":
    """The client that sends frames to connected sockets."""
    made: ApiGatewayManagementApiClient = _made(
        "apigatewaymanagementapi", config.websocket_push_url
    )
    return made


@cache
def _made(service: str, endpoint: str | None) -> Any:
    import boto3
    from botocore.config import Config

    return boto3.client(
        service,  # type: ignore[call-overload]  # one factory for all services
        region_name=config.region,
        endpoint_url=endpoint,
        config=Config(
            # Our calls are typed and tested, and the agent text is the same each time: checking the
            # one and building the other for every call is 40 % of what a call costs the processor.
            parameter_validation=False,
            user_agent="hoshi",
            connect_timeout=2,
            read_timeout=8,
            tcp_keepalive=True,
            max_pool_connections=16,
            retries={"mode": "standard", "total_max_attempts": 3},
            s3={"addressing_style": "path"},
        ),
    )
