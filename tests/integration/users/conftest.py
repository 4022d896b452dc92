"""Accounts on real tables, and the stream records of their items."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shared.access.caller import Caller
from shared.aws.clients import client, session
from shared.clock import timestamp
from shared.config import config
from shared.dynamodb.tables import transaction
from shared.ids import new_id
from users.models import User
from users.public import add_account, find_user

type Join = Callable[..., User]


@pytest.fixture(autouse=True)
def on_the_foundation(foundation: Any) -> None:
    """Require the tables for all of these tests."""


@pytest.fixture
def bucket(on_the_foundation: None) -> None:
    """The media bucket, which template.yaml makes."""
    names = [each["Name"] for each in client("s3").list_buckets()["Buckets"]]
    if config.media_bucket not in names:
        client("s3").create_bucket(Bucket=config.media_bucket)


@pytest.fixture
def join() -> Join:
    """Create an account; its name gets a unique suffix."""

    def make(name: str, **more: Any) -> User:
        username = f"{name}_{new_id()[-8:]}"
        user = User(new_id(), username=username, name=username, email=f"{username}@example.com")
        user.status, user.created_at = "active", timestamp()
        user.updated_at = user.created_at
        for attribute, value in more.items():
            setattr(user, attribute, value)
        with transaction() as write:
            add_account(write, user)
        return user

    return make


def as_caller(user: User) -> Caller:
    return Caller(user.user_id, user.username, new_id(), user.role, "full")


def stored(user: User) -> User:
    found = find_user(user.user_id, consistent=True)
    assert found is not None
    return found


def records_of(table: str, people: list[User]) -> list[dict[str, Any]]:
    """The stream records of these people's items, in order, as a Lambda gets them."""
    streams = session().create_client("dynamodbstreams", region_name=config.region)
    name = f"{config.stack}-{table}"
    arn = client("dynamodb").describe_table(TableName=name)["Table"]["LatestStreamArn"]
    ids = {user.user_id for user in people}
    found: list[dict[str, Any]] = []
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        found += _records(streams, arn, shard["ShardId"])
    return [record for record in found if record["dynamodb"]["Keys"]["user_id"]["S"] in ids]


def _records(streams: Any, arn: str, shard_id: str) -> list[dict[str, Any]]:
    iterator = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    found: list[dict[str, Any]] = []
    while iterator:
        try:
            page = streams.get_records(ShardIterator=iterator)
        except ClientError as error:
            raise AssertionError(f"the stream {arn} cannot be read") from error
        if not page["Records"]:  # an open shard has no end
            break
        for record in page["Records"]:
            change = record["dynamodb"]
            created = change["ApproximateCreationDateTime"].timestamp()
            change["ApproximateCreationDateTime"] = created
            found.append({**record, "eventSourceARN": arn})
        iterator = page.get("NextShardIterator")
    return found
