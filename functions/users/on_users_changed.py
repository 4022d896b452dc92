"""The streams of accounts and edges: follower counts, events and jobs of users."""

from collections.abc import Iterable, Sequence

from shared.dynamodb.changes import Change
from shared.dynamodb.counters import Counter
from shared.dynamodb.tallies import Fact, tally_counter
from shared.events.envelopes import Event
from shared.events.users import (
    FollowApproved,
    FollowRequested,
    FollowRequestEnded,
    UserBanned,
    UserBlocked,
    UserDeleted,
    UserErased,
    UserFollowed,
    UserRegistered,
    UserRestored,
    UserUnbanned,
    UserUnfollowed,
    UserUpdated,
    UserVerified,
)
from shared.messaging import queues
from shared.messaging.streams import stream
from users import celebrities, follow_requests, search_index
from users.edges import other_id
from users.models import Relationship, User, kind_of

# What others see of an account. (Changed counts publish nothing: they are read with the account.)
_PUBLIC = ("username", "name", "bio", "picture_key", "is_verified", "is_private")
_COUNTS = {"follows": "following_count", "followed_by": "follower_count"}

app = stream("users")


def count_edge(change: Change[Relationship]) -> dict[str, int]:
    """What a change of an edge adds to the counts of the person whose partition it is in."""
    name = _COUNTS.get(kind_of(change.item))
    delta = _is_active(change.new) - _is_active(change.old)
    return {name: delta} if name and delta else {}


def _owner(change: Change[Relationship]) -> str:
    return str(change.item.user_id)


app.count(Relationship, Counter(User, "edges_seq", _owner, count_edge, is_recounted=True))


def _followed(item: Relationship) -> Fact | None:
    is_follow = kind_of(item) == "followed_by" and item.is_active
    return (item.user_id, item.since) if is_follow else None


app.count(Relationship, tally_counter("user.followed", _followed))


@app.publishes(Relationship)
def edge_events(change: Change[Relationship]) -> Iterable[tuple[str | None, Event]]:
    """Publish follows, requests, their ends, and blocks: once, for the initiator's side of the
    edge."""
    item, delta = change.item, _is_active(change.new) - _is_active(change.old)
    follower, followed, username = item.user_id, other_id(item), item.username or ""
    match kind_of(item), delta:
        case "follows", 1:
            yield follower, UserFollowed(follower, username, followed, item.since)
        case "follows", -1:
            yield follower, UserUnfollowed(follower, followed, item.since)
        case "requested", 1:
            yield follower, FollowRequested(follower, username, followed, item.since)
        case "requested", -1 if item.approved_by:
            approved = FollowApproved(
                follower, followed, item.approved_by, item.since, since=item.updated_at
            )
            yield followed, approved
        case "requested", -1:
            yield follower, FollowRequestEnded(follower, followed, item.since)
        case "blocks", 1:
            yield item.user_id, UserBlocked(item.user_id, other_id(item))


@app.publishes(User)
def account_events(change: Change[User]) -> Iterable[tuple[str | None, Event]]:
    """Publish sign-ups, verifications, visible changes, bans and deletions."""
    old, new = change.old, change.new
    if new is None:  # purged, or never verified
        yield None, UserErased(change.item.user_id)
        return
    actor, old_status = new.user_id, old.status if old else None
    if old is None:
        yield actor, UserRegistered(new.user_id, new.username)
    if new.status == "active" and old_status in (None, "unverified"):
        yield actor, UserVerified(new.user_id, new.username)
    changed = [name for name in _PUBLIC if old and getattr(old, name) != getattr(new, name)]
    if changed:
        yield actor, UserUpdated(new.user_id, new.username, changed)
    if new.status == "banned" and change.changed("status", "banned_until", "ban_reason"):
        yield None, UserBanned(new.user_id, new.ban_reason, new.banned_until)
    if old_status == "banned" and new.status in ("active", "unverified"):
        yield None, UserUnbanned(new.user_id)
    if new.purge_at and not (old and old.purge_at):
        yield actor, UserDeleted(new.user_id, new.purge_at)
    if old and old.purge_at and not new.purge_at:
        yield actor, UserRestored(new.user_id)


@app.react(User)
def queue_jobs(changes: Sequence[Change[User]]) -> None:
    """Queue the work that follows from changes of accounts."""
    queue_celebrities(changes)
    search_index.queue_jobs(changes)
    queue_approvals(changes)


def queue_approvals(changes: Sequence[Change[User]]) -> None:
    """Queue the approval of follow requests to accounts that have become public."""
    opened = {
        change.item.user_id
        for change in changes
        if change.old and change.old.is_private and change.new and not change.new.is_private
    }
    follow_requests.queue_approvals(sorted(opened))


def queue_celebrities(changes: Sequence[Change[User]]) -> None:
    """Queue the announcement of accounts that have become celebrities."""
    latest = {change.item.user_id: change.new for change in changes}
    stars = [user for user in latest.values() if user and celebrities.needs_announcement(user)]
    queues.send_jobs(
        celebrities.QUEUE, ({"user_id": star.user_id, "step": "announce"} for star in stars)
    )


def _is_active(item: Relationship | None) -> int:
    return int(item is not None and item.is_active)
