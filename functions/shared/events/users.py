"""Events of accounts, follows, requests and blocks."""

from dataclasses import dataclass

from shared.events.envelopes import Event


@dataclass(frozen=True, slots=True)
class UserRegistered(Event):
    """Somebody signed up; the account is not verified yet."""

    type = "user.registered"
    topic = "users"

    user_id: str
    username: str


@dataclass(frozen=True, slots=True)
class UserVerified(Event):
    """An account's e-mail address was verified."""

    type = "user.verified"
    topic = "users"

    user_id: str
    username: str


@dataclass(frozen=True, slots=True)
class UserUpdated(Event):
    """What others see of a profile changed."""

    type = "user.updated"
    topic = "users"

    user_id: str
    username: str
    changed: list[str]


@dataclass(frozen=True, slots=True)
class UserFollowed(Event):
    """`follower_id` follows `followed_id` now."""

    type = "user.followed"
    topic = "users"

    follower_id: str
    follower_username: str
    followed_id: str
    since: str  # which following this is: an undone one is told by the same time


@dataclass(frozen=True, slots=True)
class FollowRequested(Event):
    """`follower_id` asked to follow a private account."""

    type = "user.follow_requested"
    topic = "users"

    follower_id: str
    follower_username: str
    followed_id: str
    since: str


@dataclass(frozen=True, slots=True)
class UserUnfollowed(Event):
    """`follower_id` does not follow `followed_id` any more, whoever ended it."""

    type = "user.unfollowed"
    topic = "users"

    follower_id: str
    followed_id: str
    since: str  # as in UserFollowed


@dataclass(frozen=True, slots=True)
class FollowRequestEnded(Event):
    """The request is over without a follow: `follower_id` withdrew it, it was rejected, or one of
    the two blocked the other."""

    type = "user.follow_request_ended"
    topic = "users"

    follower_id: str
    followed_id: str
    since: str  # as in FollowRequested


@dataclass(frozen=True, slots=True)
class FollowApproved(Event):
    """`followed_id` let `follower_id`, who had asked, follow; a UserFollowed tells it as well."""

    type = "user.follow_approved"
    topic = "users"

    follower_id: str
    followed_id: str
    followed_username: str
    requested_since: str  # as in FollowRequested
    since: str  # as in UserFollowed


@dataclass(frozen=True, slots=True)
class UserBlocked(Event):
    """`blocker_id` blocks `blocked_id`: nothing of one reaches the other any more."""

    type = "user.blocked"
    topic = "users"

    blocker_id: str
    blocked_id: str


@dataclass(frozen=True, slots=True)
class UserDeleted(Event):
    """An account is being deleted: hidden at once, erased after 30 days unless it is restored."""

    type = "user.deleted"
    topic = "users"

    user_id: str
    purge_at: str


@dataclass(frozen=True, slots=True)
class UserRestored(Event):
    """A deletion was undone in time."""

    type = "user.restored"
    topic = "users"

    user_id: str


@dataclass(frozen=True, slots=True)
class UserErased(Event):
    """An account is gone for good: every service erases what it holds of it."""

    type = "user.erased"
    topic = "users"

    user_id: str


@dataclass(frozen=True, slots=True)
class ExportReady(Event):
    """The data that a user asked for can be fetched."""

    type = "user.export_ready"
    topic = "users"

    user_id: str
    requested_at: str


@dataclass(frozen=True, slots=True)
class UserBanned(Event):
    """An administrator banned an account."""

    type = "user.banned"
    topic = "users"

    user_id: str
    reason: str | None
    banned_until: str | None
