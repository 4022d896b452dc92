"""The streams of accounts and edges: follower counts, and the events of users."""

from collections.abc import Iterable, Sequence

from shared import queues
from shared.counters import Counter
from shared.events import (
    Event,
    FollowRequested,
    UserBanned,
    UserFollowed,
    UserRegistered,
    UserUnfollowed,
    UserUpdated,
    UserVerified,
)
from shared.streams import Change, stream
from users import celebrities
from users.edges import other_id
from users.models import Relationship, User, kind_of

# What others see of an account. (Its counts are not told: everybody reads them with the account.)
_SEEN = ("username", "name", "bio", "picture_key", "is_verified", "is_private")
_COUNTS = {"follows": "following_count", "followed_by": "follower_count"}

app = stream("users")


def count_edge(change: Change[Relationship]) -> dict[str, int]:
    """What a change of an edge adds to the counts of the person in whose partition it is."""
    name = _COUNTS.get(kind_of(change.item))
    delta = _is_active(change.new) - _is_active(change.old)
    return {name: delta} if name and delta else {}


app.count(Relationship, Counter(User, "edges_seq", lambda change: change.item.user_id, count_edge))


@app.tell(Relationship)
def tell_of_edges(change: Change[Relationship]) -> Iterable[tuple[str | None, Event]]:
    """Who follows whom, asked to, or ended it; told once, by the follower's own edge."""
    item, delta = change.item, _is_active(change.new) - _is_active(change.old)
    follower, followed, username = item.user_id, other_id(item), item.username or ""
    match kind_of(item), delta:
        case "follows", 1:
            yield follower, UserFollowed(follower, username, followed, item.since)
        case "follows", -1:
            yield follower, UserUnfollowed(follower, followed, item.since)
        case "requested", 1:
            yield follower, FollowRequested(follower, username, followed, item.since)


@app.tell(User)
def tell_of_accounts(change: Change[User]) -> Iterable[tuple[str | None, Event]]:
    """Sign-ups, verifications, bans, and what others see changed. Counts alone tell nothing."""
    old, new = change.old, change.new
    if new is None:
        return
    actor, was = new.user_id, old.status if old else None
    if old is None:
        yield actor, UserRegistered(new.user_id, new.username)
    if new.status == "active" and was in (None, "unverified"):
        yield actor, UserVerified(new.user_id, new.username)
    changed = [name for name in _SEEN if old and getattr(old, name) != getattr(new, name)]
    if changed:
        yield actor, UserUpdated(new.user_id, new.username, changed)
    if new.status == "banned" and change.changed("status", "banned_until", "ban_reason"):
        yield None, UserBanned(new.user_id, new.ban_reason, new.banned_until)


@app.react(User)
def raise_celebrities(changes: Sequence[Change[User]]) -> None:
    """Begin to mark the followers of accounts that have become celebrities."""
    latest = {change.item.user_id: change.new for change in changes}
    risen = [user.user_id for user in latest.values() if user and celebrities.has_risen(user)]
    queues.send_jobs(
        celebrities.QUEUE, ({"user_id": user_id, "step": "announce"} for user_id in risen)
    )


def _is_active(item: Relationship | None) -> int:
    return int(item is not None and item.is_active)
