"""The tables of users: accounts, claims that make names unique, edges between people, search, and
the lists of administrators."""

from typing import Literal, cast

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from shared.dynamodb.prefixes import is_ranked
from shared.dynamodb.tables import IntegerAttribute, JSONAttribute, Table, TableName
from users.upgrades import list_edge, list_subscriber

type EdgeKind = Literal[
    "follows",
    "followed_by",
    "requested",
    "requested_by",
    "blocks",
    "blocked_by",
    "mutes",
    "close_friend",
    "hides_story_from",
]

NEWSLETTER = "newsletter"  # the one value of `User.subscription`


class ByPurge(GlobalSecondaryIndex["User"]):
    """The accounts that are being deleted, by purge time (sparse)."""

    class Meta:
        index_name = "by_purge"
        projection = KeysOnlyProjection()

    deletion = UnicodeAttribute(hash_key=True)
    purge_at = UnicodeAttribute(range_key=True)


class Subscribers(GlobalSecondaryIndex["User"]):
    """The accounts that get the newsletter (sparse: others have no `subscription`)."""

    class Meta:
        index_name = "subscribers"
        projection = KeysOnlyProjection()

    subscription = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(range_key=True)


class User(Table):
    """An account as others see it, and its settings. Passwords and codes belong to auth."""

    class Meta:
        table_name = TableName("users")

    upgrades = (list_subscriber,)

    user_id = UnicodeAttribute(hash_key=True)
    username = UnicodeAttribute()  # in the case that its owner chose
    name = UnicodeAttribute()
    email = UnicodeAttribute()  # lower case
    google_subject = UnicodeAttribute(null=True)  # the linked Google identity
    status = UnicodeAttribute(default="unverified")  # unverified | active | banned | deleted
    # While a deletion can be undone, and until the account is purged; see deletion.py.
    deletion = UnicodeAttribute(null=True)  # pending
    deleted_at = UnicodeAttribute(null=True)
    purge_at = UnicodeAttribute(null=True)  # RFC 3339; from then on the account does not exist
    status_before_deletion = UnicodeAttribute(null=True)  # which a restore sets again
    role = UnicodeAttribute(default="user")  # user | admin
    bio = UnicodeAttribute(default="")
    gender = UnicodeAttribute(default="undisclosed")
    date_of_birth = UnicodeAttribute(null=True)  # YYYY-MM-DD
    picture_key = UnicodeAttribute(null=True)  # of the profile picture, in the media bucket
    is_verified = BooleanAttribute(default=False)  # the badge
    is_private = BooleanAttribute(default=False)
    allow_message_requests = BooleanAttribute(default=True)
    show_presence = BooleanAttribute(default=True)
    show_read_receipts = BooleanAttribute(default=True)
    suggest_alt_text = BooleanAttribute(
        default=False
    )  # whether a model may describe the user's pictures
    # Of mails, see users/recipients.py; absent: English, until a log-in prefers another.
    language = UnicodeAttribute(null=True)
    is_language_chosen = BooleanAttribute(default=False)  # in the settings: log-ins keep it
    newsletter = BooleanAttribute(default=False)
    subscription = UnicodeAttribute(null=True)  # newsletter, if it is on; the key of its index
    push_enabled = BooleanAttribute(default=True)
    email_enabled = BooleanAttribute(default=True)
    muted_types = JSONAttribute(default=list)  # notification types that are switched off
    follower_count = IntegerAttribute(default=0)
    following_count = IntegerAttribute(default=0)
    edges_seq = UnicodeAttribute(null=True)  # the last change of edges in the counts
    celebrity_since = UnicodeAttribute(null=True)  # see users/celebrities.py
    is_pulled = BooleanAttribute(default=False)  # followers' feeds pull the posts, without fan-out
    status_before_ban = UnicodeAttribute(null=True)  # which the end of a ban sets again
    banned_until = UnicodeAttribute(null=True)  # RFC 3339; absent while banned: forever
    ban_reason = UnicodeAttribute(null=True)
    ban_id = UnicodeAttribute(null=True)  # the strike of the current ban (`moderation/strikes.py`)
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    expires_at = IntegerAttribute(null=True)  # epoch seconds; only while unverified
    by_purge = ByPurge()
    subscribers = Subscribers()


class Claim(Table):
    """The holder of a name: `username#<folded>`, `email#<folded>` or `google#<subject>`."""

    class Meta:
        table_name = TableName("claims")

    claim = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute()
    expires_at = IntegerAttribute(
        null=True
    )  # epoch seconds; if the account is unverified or being deleted


class FollowedCelebrities(GlobalSecondaryIndex["Relationship"]):
    """The celebrities that a user follows (sparse: only marked edges have `celebrity_id`)."""

    class Meta:
        index_name = "followed_celebrities"
        projection = KeysOnlyProjection()

    user_id = UnicodeAttribute(hash_key=True)
    celebrity_id = UnicodeAttribute(range_key=True)


class NewestFirst(GlobalSecondaryIndex["Relationship"]):
    """A user's active edges by kind and time (sparse: ended edges have no `listed`)."""

    class Meta:
        index_name = "newest_first"
        projection = KeysOnlyProjection()

    user_id = UnicodeAttribute(hash_key=True)
    listed = UnicodeAttribute(range_key=True)


class Notified(GlobalSecondaryIndex["Relationship"]):
    """The followers who asked to be notified of an author's stories (sparse: only their active
    `follows` edges have `notified_by`)."""

    class Meta:
        index_name = "notified"
        projection = KeysOnlyProjection()

    notified_by = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(range_key=True)


class Relationship(Table):
    """One side of an edge, in the partition of `user_id`.

    What both people may see is stored twice: A `follows#B` and B `followed_by#A`. What only its
    owner may see (mutes, close_friend, hides_story_from) is stored once. An ended edge stays,
    inactive: following again reactivates it, and its history is kept.
    """

    class Meta:
        table_name = TableName("relationships")

    upgrades = (list_edge,)

    user_id = UnicodeAttribute(hash_key=True)
    edge = UnicodeAttribute(range_key=True)  # <kind>#<other user's id>
    is_active = BooleanAttribute(default=True)
    username = UnicodeAttribute(null=True)  # of the person who made the edge, for the events
    celebrity_id = UnicodeAttribute(
        null=True
    )  # the followed person, on `follows` edges to a celebrity
    since = UnicodeAttribute()  # when it became active, RFC 3339
    listed = UnicodeAttribute(null=True)  # <kind>#<since>, while it is active; see `listed`
    # On an ended `requested` edge: the approver's username; absent: it was not approved.
    approved_by = UnicodeAttribute(null=True)
    # On `follows` and `requested` edges; see users/story_notifications.py.
    notify_stories = BooleanAttribute(null=True)  # absent: the default
    notified_by = UnicodeAttribute(null=True)  # the followed person, where it is switched on
    entries = IntegerAttribute(null=True)  # size of a private list, see users/private_lists.py
    updated_at = UnicodeAttribute()
    followed_celebrities = FollowedCelebrities()
    newest_first = NewestFirst()
    notified = Notified()


class UserSearch(Table):
    """One search entry of an account; or (`#<user_id>`, `record`) the record of all its entries; or
    (`@<user_id>`, `circle`) whom a user knows.

    See `users/search_index.py`, `users/circles.py`, and `users/earlier_search.py` for the places of
    the version before.
    """

    class Meta:
        table_name = TableName("user-search")

    prefix = UnicodeAttribute(hash_key=True)
    place = UnicodeAttribute(range_key=True)  # <rank>#<user_id, backwards>
    terms = UnicodeAttribute()  # all terms of the account, each after a space; of a circle, people
    joined = UnicodeAttribute(null=True)  # of a record only: the name as one term
    rank = IntegerAttribute(null=True)  # of a record only
    tier = UnicodeAttribute(null=True)  # of a record of the version before
    last_follow = UnicodeAttribute(null=True)  # of a circle: the follow that it knows of
    expires_at = IntegerAttribute(null=True)  # of a circle: epoch seconds

    @property
    def user_id(self) -> str:
        """The id of the account that the entry finds."""
        last = self.place.rpartition("#")[2]
        return last[::-1] if is_ranked(self.place) else last


class AccountEntry(Table):
    """One entry of an account in the lists of administrators; or (`record#<user_id>`, `record`) the
    record of all its entries.

    See `users/account_list.py`.
    """

    class Meta:
        table_name = TableName("account-list")

    # status#<status>, term#<a term's beginning>, or timed_bans
    list_name = UnicodeAttribute(hash_key=True)
    # <term>#<user_id>; in a status's list #<user_id>, in that of timed bans <until>#<user_id>
    place = UnicodeAttribute(range_key=True)
    terms = UnicodeAttribute()  # all terms of the account, each after a space
    lists = UnicodeAttribute(null=True)  # of a record only: the statuses in whose lists it is
    banned_until = UnicodeAttribute(null=True)  # of a record only: as of the account

    @property
    def user_id(self) -> str:
        """The id of the account that the entry finds."""
        return self.place.rpartition("#")[2]


def edge(kind: EdgeKind, other_id: str) -> str:
    """The range key of an edge."""
    return f"{kind}#{other_id}"


def listed(kind: EdgeKind, since: str) -> str:
    """The sort key of an active edge in the lists of its kind."""
    return f"{kind}#{since}"


def kind_of(item: Relationship) -> EdgeKind:
    """The kind of an edge."""
    return cast(EdgeKind, item.edge.partition("#")[0])
