"""The relation of two people, from the edges that were read."""

import pytest

from shared.clock import timestamp
from shared.dynamodb.tables import Found
from users.edges import EVERY_KIND, VISIBILITY, Relation, relation_from, relation_keys
from users.models import EdgeKind, Relationship, edge

ME, OTHER = "01KAEJ8V0M3Z5Q9W2X7Y4T6R1B", "01KAEJ9B7Q2X4C6V8N0M1Z3D5F"


def relation_with(*kinds: EdgeKind, is_active: bool = True) -> Relation:
    items = Found(
        {
            (Relationship, ME, edge(kind, OTHER)): Relationship(
                ME,
                edge(kind, OTHER),
                is_active=is_active,
                since=timestamp(),
                updated_at=timestamp(),
            )
            for kind in kinds
        }
    )
    return relation_from(items, ME, OTHER)


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("follows", "follows"),
        ("followed_by", "followed_by"),
        ("requested", "requested"),
        ("requested_by", "requested_by"),
        ("blocks", "blocked"),
        ("blocked_by", "blocked"),
        ("mutes", "mutes"),
        ("close_friend", "close_friend"),
        ("hides_story_from", "hides_story"),
    ],
)
def test_each_edge_sets_one_field(kind: EdgeKind, field: str) -> None:
    assert relation_with(kind) == Relation(**{field: True})


def test_ended_and_missing_edges_set_nothing() -> None:
    assert relation_with(*EVERY_KIND, is_active=False) == Relation()
    assert relation_with() == Relation()


@pytest.mark.parametrize(
    ("kinds", "status"),
    [(["follows"], "approved"), (["requested"], "pending"), (["followed_by"], "none")],
)
def test_the_follow_status(kinds: list[EdgeKind], status: str) -> None:
    assert relation_with(*kinds).follow_status == status


def test_all_edges_are_read_from_the_viewers_partition() -> None:
    keys = relation_keys(ME, OTHER)
    assert {key[1] for key in keys} == {ME}
    assert len(keys) == len(EVERY_KIND)
    assert len(relation_keys(ME, OTHER, kinds=VISIBILITY)) == 4


def test_no_edges_to_oneself_are_read() -> None:
    assert relation_keys(ME, ME) == []
    assert relation_from(Found(), ME, ME) == Relation()
