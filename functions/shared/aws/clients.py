"""AWS clients, made once and on first use. `AWS_ENDPOINT_URL` alone decides where AWS is."""

from functools import cache
from threading import RLock
from typing import TYPE_CHECKING, Any, Literal, overload

from shared.config import config

if TYPE_CHECKING:
    from botocore.session import Session
    from mypy_boto3_apigatewaymanagementapi import ApiGatewayManagementApiClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_ses import SESClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient


@overload
def client(service: Literal["bedrock-runtime"]) -> Any: ...
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
    """The process's client of `service`. Calls give up after seconds, and are tried three times."""
    return _made(service, None)


def push_client() -> "ApiGatewayManagementApiClient":
    """The client that sends frames to connected sockets."""
    made: ApiGatewayManagementApiClient = _made(
        "apigatewaymanagementapi", config.websocket_push_url
    )
    return made


@cache
def session() -> "Session":
    """The one botocore session: credentials, service models. (Importing boto3 instead would add
    50 ms to every cold start, and nothing that clients need.)"""
    from botocore.session import Session

    return Session()


# Seconds that an answer may take. Of a model that writes one two tries end before the gateway's 29.
_PATIENCE = {"bedrock-runtime": 12, "s3": 10, "ses": 10}

# Two threads may want the first client at once, and making one is not safe in parallel.
_making = RLock()


def _made(service: str, endpoint: str | None) -> Any:
    with _making:
        return _make(service, endpoint)


@cache
def _make(service: str, endpoint: str | None) -> Any:
    from botocore.config import Config

    settings = Config(
        # Our calls are typed and tested, and the agent text is the same each time: checking the one
        # and building the other for every call is 40 % of what a call costs the processor.
        parameter_validation=False,
        user_agent="hoshi",
        # Three tries of a dependency that hangs end before a function does (10 s), so that it can
        # still answer 503.
        connect_timeout=1,
        read_timeout=_PATIENCE.get(service, 2.5),
        tcp_keepalive=True,
        max_pool_connections=16,
        retries={
            "mode": "standard",
            "total_max_attempts": 2 if service == "bedrock-runtime" else 3,
        },
        s3={"addressing_style": "path"},
    )
    if service == "s3":  # whose presigned requests would otherwise have the signature of old
        settings = settings.merge(Config(signature_version="s3v4"))
    made = session().create_client(
        service,
        region_name=config.region,
        endpoint_url=endpoint,
        config=settings,
    )
    if service != "s3":  # whose address depends on the bucket
        # One address for all calls: evaluating the service's rules for it is 15 % of each.
        made._ruleset_resolver = None  # type: ignore[attr-defined]
    if service == "dynamodb":
        from shared.aws.dynamodb_wire import pass_values_through
        from shared.aws.sigv4 import DynamoSigner

        pass_values_through(made)
        made._request_signer.sign = DynamoSigner(made)  # type: ignore[attr-defined]
    return made
