"""Items of an earlier version are read as if they were new, and reading writes nothing."""

import json
from typing import Any

import pytest
from pynamodb.attributes import UnicodeAttribute

from infra.generated import ROOT
from shared.dynamodb import versions
from shared.dynamodb.tables import Table, TableName
from shared.dynamodb.versions import RawItem, upgraded
from tests.support.memory_aws import MemoryAws
from tests.support.streams import batch, stream_record
from users import on_users_changed
from users.models import Relationship, User

# What a version from before the lists of edges and the newsletter stored.
EARLIER: dict[str, list[dict[str, Any]]] = json.loads(
    (ROOT / "tests" / "support" / "earlier_items.json").read_text()
)


def _name_it(item: RawItem) -> None:
    item.setdefault("title", {"S": f"The {item['tag']['S']}"})


def _shout(item: RawItem) -> None:
    item.setdefault("loud", {"S": item["title"]["S"].upper()})


class Tag(Table):
    """An item whose form changed twice."""

    class Meta:
        table_name = TableName("hashtags")

    upgrades = (_name_it, _shout)

    tag = UnicodeAttribute(hash_key=True)
    title = UnicodeAttribute(null=True)
    loud = UnicodeAttribute(null=True)


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws, noon: float) -> None:
    """AWS in memory, at noon."""


def stored(aws: MemoryAws, item: RawItem) -> RawItem:
    aws.dynamo.answer("PutItem", {"TableName": "hoshi-hashtags", "Item": item})
    return item


def test_an_item_of_any_version_is_read_in_the_current_form(aws: MemoryAws) -> None:
    for item in (
        {"tag": {"S": "a"}},
        {"tag": {"S": "a"}, "title": {"S": "The a"}, "v": {"N": "2"}},
        {"tag": {"S": "a"}, "title": {"S": "The a"}, "loud": {"S": "THE A"}, "v": {"N": "3"}},
    ):
        stored(aws, item)
        found = Tag.get("a")
        assert (found.title, found.loud) == ("The a", "THE A")


def test_a_step_runs_only_on_items_from_before_it(aws: MemoryAws) -> None:
    stored(aws, {"tag": {"S": "a"}, "title": {"S": "Mine"}, "v": {"N": "3"}})
    assert Tag.get("a").loud is None
    stored(aws, {"tag": {"S": "a"}, "title": {"S": "Mine"}, "v": {"N": "7"}})
    assert Tag.get("a").title == "Mine", "a later version, as after a rollback"


@pytest.mark.parametrize(("version", "due"), [(1, [1, 2]), (2, [2]), (3, []), (9, [])])
def test_the_steps_from_its_version_on_are_due(version: int, due: list[int]) -> None:
    done: list[int] = []
    steps = [lambda item: done.append(1), lambda item: done.append(2)]
    item: RawItem = {"tag": {"S": "a"}, "v": {"N": str(version)}}
    current = upgraded(steps, item)
    assert done == due
    assert current["v"] == {"N": str(max(version, 3))}


def test_reading_writes_nothing_and_the_next_put_stores_the_version(aws: MemoryAws) -> None:
    before = stored(aws, {"tag": {"S": "a"}})
    aws.calls.clear()
    found = Tag.get("a")
    assert not [call for call in aws.calls if "Update" in call or "Put" in call]
    assert aws.dynamo.items("hoshi-hashtags") == [before]
    found.save()
    [after] = aws.dynamo.items("hoshi-hashtags")
    assert after["v"] == {"N": "3"}
    assert after["loud"] == {"S": "THE A"}


def test_an_item_of_the_first_version_has_no_number(aws: MemoryAws) -> None:
    assert versions.VERSION not in _plain().serialize()


def _plain() -> Table:
    from posts.models import Like

    return Like("post", "user", username="u", author_id="a", liked_at="now")


@pytest.mark.parametrize("item", EARLIER["relationships"], ids=lambda item: item["edge"]["S"])
def test_edges_of_the_first_version(item: RawItem) -> None:
    found = Relationship.from_raw_data(item)
    is_listed = found.is_active and not found.edge.startswith("size#")
    place = f"{found.edge.partition('#')[0]}#{found.since}"
    assert found.listed == (place if is_listed else None)


@pytest.mark.parametrize("item", EARLIER["users"], ids=lambda item: item["username"]["S"])
def test_accounts_of_the_first_version(item: RawItem) -> None:
    found = User.from_raw_data(item)
    assert found.subscription == ("newsletter" if found.newsletter else None)


def test_a_part_of_an_item_is_left_as_it_is() -> None:
    [whole, *_] = EARLIER["relationships"]
    part = {name: whole[name] for name in ("user_id", "edge")}
    assert Relationship.from_raw_data(part).listed is None
    assert (
        upgraded(Relationship.upgrades, {"user_id": whole["user_id"]})["user_id"]
        == whole["user_id"]
    )


def test_storing_an_edge_in_the_current_version_is_no_change(aws: MemoryAws) -> None:
    """What `infra.upgrade` writes publishes nothing and counts nothing."""
    old = EARLIER["relationships"][0]
    new = upgraded(Relationship.upgrades, old)
    assert new != old
    edge = Relationship.from_raw_data(old)
    record = stream_record(1, old=edge, new=edge)
    record["dynamodb"] |= {"OldImage": old, "NewImage": new}
    on_users_changed.app(batch(record), None)
    assert not aws.published
    assert not aws.dynamo.items("hoshi-users")
