"""Who of many people has a block with a viewer: the same answer by the list and by the pairs."""

import pytest

from shared.ids import new_id
from tests.support.memory_aws import MemoryAws
from tests.support.people import Join, block, draw
from users import relations
from users.public import blocked_among


@pytest.mark.parametrize(("short", "long"), [(100, 5000), (2, 5000), (2, 3)])
@pytest.mark.parametrize("number", [1, 2, 5, 250])
def test_both_directions_of_a_block_count(
    number: int, short: int, long: int, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relations, "_SHORT", short)
    monkeypatch.setattr(relations, "_LONG", long)
    viewer = join("viewer")
    people = [join(f"person{each}") for each in range(5)]
    block(viewer, people[0])
    block(people[1], viewer)
    draw("blocks", viewer, people[2], is_active=False)
    block(people[3], people[4])
    block(viewer, join("elsewhere"))
    ids = [each.user_id for each in people][:number] + [new_id() for _ in range(number - 5)]
    expected = {people[0].user_id, people[1].user_id} & {*ids}
    assert blocked_among(viewer.user_id, [*ids, viewer.user_id]) == expected


def test_the_members_of_a_full_group_cost_one_query(join: Join, aws: MemoryAws) -> None:
    viewer = join("viewer")
    for number in range(150):
        block(viewer, join(f"blocked{number}"))
    aws.calls.clear()
    assert blocked_among(viewer.user_id, [new_id() for _ in range(249)]) == frozenset()
    assert aws.calls == ["dynamodb.Query"]
    aws.calls.clear()
    assert blocked_among(viewer.user_id, [viewer.user_id]) == frozenset()
    assert aws.calls == []
