"""AWS clients, created once, on first use. `AWS_ENDPOINT_URL` alone decides where AWS is."""

from functools import cache
from threading import RLock
from typing import TYPE_CHECKING, Any, Literal, overload

from shared.config import config

if TYPE_CHECKING:
    from botocore.session import Session
    from mypy_boto3_apigatewaymanagementapi import ApiGatewayManagementApiClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient


@overload
def client(service: Literal["bedrock-runtime"]) -> Any: ...
@overload
def client(service: Literal["dynamodb"]) -> "DynamoDBClient": ...
@overload
def client(service: Literal["kms"]) -> Any: ...
@overload
def client(service: Literal["lambda"]) -> "LambdaClient": ...
@overload
def client(service: Literal["s3"]) -> "S3Client": ...
@overload
def client(service: Literal["secretsmanager"]) -> "SecretsManagerClient": ...
@overload
def client(service: Literal["sesv2"]) -> "SESV2Client": ...
@overload
def client(service: Literal["sns"]) -> "SNSClient": ...
@overload
def client(service: Literal["sqs"]) -> "SQSClient": ...
def client(service: str) -> Any:
    """The process's client of `service`. Calls time out after seconds and are tried three times."""
    return _made(service, None)


def push_client() -> "ApiGatewayManagementApiClient":
    """The client that sends frames to connected sockets."""
    made: ApiGatewayManagementApiClient = _made(
        "apigatewaymanagementapi", config.websocket_push_url
    )
    return made


@cache
def session() -> "Session":
    """The one botocore session: credentials and service models. Importing boto3 instead would add
    50 ms to every cold start, and nothing that the clients need."""
    from botocore.session import Session

    return Session()


# Read timeouts in seconds. Two tries of a model that writes an answer end before the gateway's 29.
_READ_TIMEOUTS = {"bedrock-runtime": 12, "s3": 10, "sesv2": 5}

# Two threads may need the first client at the same time, and botocore's clients must not be created
# in parallel.
_making = RLock()


def _made(service: str, endpoint: str | None) -> Any:
    with _making:
        return _make(service, endpoint)


@cache
def _make(service: str, endpoint: str | None) -> Any:
    from botocore.config import Config

    settings = Config(
        # Our calls are typed and tested, and the user agent is always the same: validating the one
        # and building the other for every call takes 40 % of a call's processor time.
        parameter_validation=False,
        user_agent="hoshi",
        # Three tries of a dependency that hangs end before the function's timeout (10 s), which can
        # then still answer 503.
        connect_timeout=1,
        read_timeout=_READ_TIMEOUTS.get(service, 2.5),
        tcp_keepalive=True,
        max_pool_connections=20,
        retries={
            "mode": "standard",
            "total_max_attempts": 2 if service == "bedrock-runtime" else 3,
        },
        s3={"addressing_style": "path"},
    )
    if service == "s3":  # without this, presigned requests would have the old signature
        settings = settings.merge(Config(signature_version="s3v4"))
    made = session().create_client(
        service,
        region_name=config.region,
        endpoint_url=endpoint,
        config=settings,
    )
    from shared.aws.fast_dynamodb import speed_up

    speed_up(made, service)
    return made
