"""Erasing the edges of a purged account."""

from shared.dynamodb.changes import Change
from tests.support.memory_aws import MemoryAws
from tests.support.people import Join, block, draw, edges_of
from users.models import Relationship, edge
from users.on_user_erased import erase_edges
from users.on_users_changed import count_edge


def test_both_sides_of_edges_are_deleted(aws: MemoryAws, join: Join) -> None:
    gone, fan, idol, foe, other = (join(name) for name in ("gone", "fan", "idol", "foe", "other"))
    draw("followed_by", gone, fan)
    draw("follows", fan, gone)
    draw("follows", gone, idol)
    draw("followed_by", idol, gone)
    draw("requested", gone, other)
    draw("requested_by", other, gone)
    draw("mutes", gone, other)
    block(gone, foe)
    block(foe, gone)
    draw("follows", fan, idol)
    erase_edges(gone.user_id)
    assert edges_of(gone) == {}
    assert edges_of(fan) == {edge("follows", idol.user_id): True}
    assert [edges_of(each) for each in (idol, foe, other)] == [{}, {}, {}]


def test_an_interrupted_erasure_continues(aws: MemoryAws, join: Join) -> None:
    gone, fan = join("gone"), join("fan")
    draw("followed_by", gone, fan)  # the other side is deleted already
    assert erase_edges(gone.user_id) is None
    assert aws.dynamo.items("hoshi-relationships") == []


def test_many_edges_are_deleted_page_by_page(aws: MemoryAws, join: Join) -> None:
    gone = join("gone")
    for number in range(260):
        user_id = f"{number:026d}"
        for of, kind, other in (
            (gone.user_id, "followed_by", user_id),
            (user_id, "follows", gone.user_id),
        ):
            Relationship(of, edge(kind, other), since="s", updated_at="u").save()  # type: ignore[arg-type]
    assert erase_edges(gone.user_id)
    assert erase_edges(gone.user_id) is None
    assert aws.dynamo.items("hoshi-relationships") == []


def test_a_deleted_edge_corrects_the_others_counts(join: Join) -> None:
    active = Relationship("fan", edge("follows", "gone"), is_active=True, since="s")
    ended = Relationship("fan", edge("follows", "gone"), is_active=False, since="s")
    assert count_edge(removal(active)) == {"following_count": -1}
    assert count_edge(removal(ended)) == {}


def removal(item: Relationship) -> Change[Relationship]:
    return Change(old=item, new=None, sequence="1", record_id="r", occurred_at="t")
