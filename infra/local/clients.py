"""Clients of an emulator at an endpoint, MiniStack or LocalStack, as its root user."""

from typing import Any
from urllib.parse import urlsplit

from botocore.config import Config
from localstack_client.session import Session

REGION = "us-east-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


def client(service: str, endpoint: str) -> Any:
    """A boto3 client of `service` at `endpoint`."""
    session = Session(
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        region_name=REGION,
        localstack_host=urlsplit(endpoint).netloc,
    )
    # AWS_ENDPOINT_URL would win over the endpoint that was asked for.
    session._service_endpoint_mapping[service] = endpoint
    return session.client(service, config=Config(retries={"mode": "standard", "max_attempts": 5}))
