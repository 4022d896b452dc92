"""Backups of the emulator's tables, restored into a stack without streams, and what is rebuilt."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from infra.backup import back_up, tables
from infra.generated import ROOT
from infra.local.ministack import MiniStack
from infra.rebuild import rebuild
from infra.restore import Streaming, restore
from infra.templates import FOUNDATION
from infra.upgrade import upgrade
from shared import config
from shared.dynamodb.tables import Table
from users.models import Relationship, User
from users.public import subscriber_page

NEW = "restored"
EARLIER: dict[str, list[dict[str, Any]]] = json.loads(
    (ROOT / "tests" / "support" / "earlier_items.json").read_text()
)


@pytest.fixture(scope="module")
def without_streams(foundation: MiniStack) -> str:
    """The foundation of another stack, whose tables do not stream."""
    _deploy(foundation, "create_stack", "stack_create_complete", "false")
    return NEW


def _deploy(emulator: MiniStack, act: str, done: str, streams: str) -> None:
    cloudformation, name = emulator.client("cloudformation"), f"{NEW}-foundation"
    emulator.client("s3").upload_file(str(ROOT / FOUNDATION), "templates", name)
    getattr(cloudformation, act)(
        StackName=name,
        TemplateURL=f"{emulator.endpoint}/templates/{name}",
        Parameters=[
            {"ParameterKey": "Stack", "ParameterValue": NEW},
            {"ParameterKey": "Streams", "ParameterValue": streams},
        ],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    cloudformation.get_waiter(done).wait(
        StackName=name, WaiterConfig={"Delay": 0.2, "MaxAttempts": 300}
    )


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """A backup that an earlier version left."""
    for table in tables():
        folder = tmp_path / table / "AWSDynamoDB" / "01-export" / "data"
        folder.mkdir(parents=True)
        lines = "".join(json.dumps({"Item": item}) + "\n" for item in EARLIER.get(table, []))
        with gzip.open(folder / "part.json.gz", "wt") as file:
            file.write(lines)
    return tmp_path


def items(emulator: MiniStack, table: str) -> list[dict[str, Any]]:
    return list(emulator.client("dynamodb").scan(TableName=table)["Items"])


def test_tables_that_stream_are_refused(foundation: MiniStack, earlier: Path) -> None:
    with pytest.raises(Streaming):
        restore("hoshi", earlier)


def test_a_part_of_a_backup_is_refused(without_streams: str, earlier: Path) -> None:
    for file in (earlier / "likes").rglob("*.gz"):
        file.unlink()
    (earlier / "likes").rename(earlier / "like")
    with pytest.raises(SystemExit, match="likes"):
        restore(without_streams, earlier)


def test_an_older_backup_is_restored_in_the_current_version_and_streams_begin_empty(
    foundation: MiniStack, without_streams: str, earlier: Path, tmp_path_factory: Any
) -> None:
    count = sum(map(len, EARLIER.values()))
    assert restore(without_streams, earlier) == count
    assert restore(without_streams, earlier) == count, "again"
    for item in items(foundation, f"{NEW}-relationships"):
        assert item["v"] == {"N": "2"}
        assert ("listed" in item) == item["is_active"]["BOOL"]
    again = tmp_path_factory.mktemp("again")
    assert back_up(without_streams, again) == count
    assert restore(without_streams, again) == count
    dynamodb, streams = foundation.client("dynamodb"), foundation.client("dynamodbstreams")
    _deploy(foundation, "update_stack", "stack_update_complete", "true")
    table = dynamodb.describe_table(TableName=f"{NEW}-likes")["Table"]
    [shard] = streams.describe_stream(StreamArn=table["LatestStreamArn"])["StreamDescription"][
        "Shards"
    ]
    place = streams.get_shard_iterator(
        StreamArn=table["LatestStreamArn"],
        ShardId=shard["ShardId"],
        ShardIteratorType="TRIM_HORIZON",
    )["ShardIterator"]
    assert streams.get_records(ShardIterator=place)["Records"] == []
    assert len(items(foundation, f"{NEW}-likes")) == len(EARLIER["likes"])


def test_stored_items_are_upgraded_once(foundation: MiniStack) -> None:
    dynamodb = foundation.client("dynamodb")
    for table in ("users", "relationships"):
        for item in EARLIER[table]:
            dynamodb.put_item(TableName=f"{config.config.stack}-{table}", Item=item)
    [subscriber] = [each for each in EARLIER["users"] if each["newsletter"]["BOOL"]]
    assert subscriber["user_id"]["S"] not in subscriber_page(1000)[0]
    places: list[str] = []
    assert upgrade(["relationships", "users"], say=lambda line: places.append(str(line))) >= 8
    assert subscriber["user_id"]["S"] in subscriber_page(1000)[0]
    stored: list[type[Table]] = [User, Relationship]
    assert upgrade(["relationships", "users"]) == 0, stored


def test_every_kind_is_rebuilt_beside_what_is_there(foundation: MiniStack) -> None:
    for kind in ("timelines", "explore", "trays", "inboxes"):
        first = rebuild(kind)
        assert rebuild(kind) == first
