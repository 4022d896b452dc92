"""Events of accounts, follows, requests and blocks."""

from dataclasses import dataclass

from shared.events.envelopes import Event


@dataclass(frozen=True, slots=True)
class UserRegistered(Event):
    """A person signed up; the account is not verified yet."""

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
    """A profile changed in what others see of it."""

    type = "user.updated"
    topic = "users"

    user_id: str
    username: str
    changed: list[str]


@dataclass(frozen=True, slots=True)
class UserFollowed(Event):
    """A user followed another one."""

    type = "user.followed"
    topic = "users"

    follower_id: str
    follower_username: str
    followed_id: str
    since: str  # identifies the follow: UserUnfollowed has the same


@dataclass(frozen=True, slots=True)
class FollowRequested(Event):
    """A user asked to follow a private account."""

    type = "user.follow_requested"
    topic = "users"

    follower_id: str
    follower_username: str
    followed_id: str
    since: str


@dataclass(frozen=True, slots=True)
class UserUnfollowed(Event):
    """A user no longer follows another one, whichever of the two ended it."""

    type = "user.unfollowed"
    topic = "users"

    follower_id: str
    followed_id: str
    since: str  # as in UserFollowed


@dataclass(frozen=True, slots=True)
class FollowRequestEnded(Event):
    """A follow request ended without a follow: it was withdrawn or rejected, or one of the two
    blocked the other."""

    type = "user.follow_request_ended"
    topic = "users"

    follower_id: str
    followed_id: str
    since: str  # as in FollowRequested


@dataclass(frozen=True, slots=True)
class FollowApproved(Event):
    """A follow request was approved; `user.followed` is published as well."""

    type = "user.follow_approved"
    topic = "users"

    follower_id: str
    followed_id: str
    followed_username: str
    requested_since: str  # as in FollowRequested
    since: str  # as in UserFollowed


@dataclass(frozen=True, slots=True)
class UserBlocked(Event):
    """A user blocked another one, so nothing of one reaches the other any more."""

    type = "user.blocked"
    topic = "users"

    blocker_id: str
    blocked_id: str


@dataclass(frozen=True, slots=True)
class UserDeleted(Event):
    """A user deleted the account: hidden at once, erased after 30 days unless it is restored."""

    type = "user.deleted"
    topic = "users"

    user_id: str
    purge_at: str


@dataclass(frozen=True, slots=True)
class UserRestored(Event):
    """A user undid the deletion of the account in time."""

    type = "user.restored"
    topic = "users"

    user_id: str


@dataclass(frozen=True, slots=True)
class UserErased(Event):
    """An account was removed for good, so every service erases what it stores about it."""

    type = "user.erased"
    topic = "users"

    user_id: str


@dataclass(frozen=True, slots=True)
class ExportReady(Event):
    """The export of data that a user requested is ready to be downloaded."""

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


@dataclass(frozen=True, slots=True)
class UserUnbanned(Event):
    """The ban of an account ended: an administrator lifted it, or its time was over."""

    type = "user.unbanned"
    topic = "users"

    user_id: str
