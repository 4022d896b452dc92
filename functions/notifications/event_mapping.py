"""Which event tells whom what, and which one takes it back.

The id of an entry is derived from the fact: what happened, by whom, to what, and when. So a fact
that is told twice makes one entry; and an undoing event, which names the same fact, finds it.
"""

from notifications.models import Notification
from shared.clock import now, seconds, timestamp
from shared.events.comments import (
    CommentDeleted,
    CommentLiked,
    CommentMentioned,
    CommentUnliked,
    CommentUnmentioned,
    PostCommented,
)
from shared.events.envelopes import Event
from shared.events.media import MediaFailed
from shared.events.posts import (
    CollaborationEnded,
    CollaborationInvited,
    PostCreated,
    PostLiked,
    PostMentioned,
    PostShared,
    PostUnliked,
    PostUnmentioned,
    PostUnshared,
)
from shared.events.users import (
    ExportReady,
    FollowApproved,
    FollowRequested,
    FollowRequestEnded,
    UserFollowed,
    UserUnfollowed,
)
from shared.ids import derived_id, time_of

TOLD: tuple[type[Event], ...] = (
    CollaborationEnded,
    CollaborationInvited,
    CommentDeleted,
    CommentLiked,
    CommentMentioned,
    CommentUnliked,
    CommentUnmentioned,
    ExportReady,
    FollowApproved,
    FollowRequested,
    FollowRequestEnded,
    MediaFailed,
    PostCommented,
    PostCreated,
    PostLiked,
    PostMentioned,
    PostShared,
    PostUnliked,
    PostUnmentioned,
    PostUnshared,
    UserFollowed,
    UserUnfollowed,
)
_DAY = 24 * 3600
_LIFE = 90 * _DAY  # seconds
# Longer than any queue, its dead letters included, can hold back news of the fact.
_LIFE_OF_WITHDRAWN = 20 * _DAY

type _Actor = tuple[str, str | None]  # id and username


def entries_of(event: Event) -> list[Notification]:
    """The entries that `event` makes and, withdrawn, those of the facts that it undoes; none where
    there is nobody to tell."""
    return [
        entry
        for entry in _entries_of(event)
        if entry.actor_id != entry.user_id or isinstance(event, PostCreated)
    ]


def _entries_of(event: Event) -> list[Notification]:
    match event:
        case PostLiked():
            return [_liked(event, event.liker_username)]
        case PostUnliked():
            return [_withdrawn(_liked(event))]
        case PostCommented():
            return _commented(event, event.commenter_username)
        case CommentDeleted():
            return [_withdrawn(entry) for entry in _commented(event)]
        case CommentLiked():
            return [_comment_liked(event, event.liker_username)]
        case CommentUnliked():
            return [_withdrawn(_comment_liked(event))]
        case CommentMentioned():
            return [_named_below(event, event.commenter_username)]
        case CommentUnmentioned():
            return [_withdrawn(_named_below(event))]
        case PostCreated():
            author = (event.author_id, event.author_username)
            at = event.created_at
            return [_entry(event.author_id, "post.created", at, author, event.post_id)]
        case PostShared():
            return [_shared(event, event.sharer_username)]
        case PostUnshared():
            return [_withdrawn(_shared(event))]
        case PostMentioned() | CollaborationInvited():
            return [_named(event, event.author_username)]
        case PostUnmentioned() | CollaborationEnded():
            return [_withdrawn(_named(event))]
        case _:
            return _of_accounts(event)


def _of_accounts(event: Event) -> list[Notification]:
    match event:
        case UserFollowed():
            return [_follow("user.followed", event, event.follower_username)]
        case UserUnfollowed():
            # Where the follow had been approved, the approval is over with it.
            approved = _approved(event.followed_id, event.follower_id, event.since)
            return [_withdrawn(_follow("user.followed", event)), _withdrawn(approved)]
        case FollowRequested():
            return [_follow("follow.request", event, event.follower_username)]
        case FollowRequestEnded():
            return [_withdrawn(_follow("follow.request", event))]
        case FollowApproved():
            asked = FollowRequestEnded(event.follower_id, event.followed_id, event.requested_since)
            name = event.followed_username
            return [
                _withdrawn(_follow("follow.request", asked)),
                _approved(event.followed_id, event.follower_id, event.since, name),
            ]
        case ExportReady():
            at = event.requested_at
            return [_entry(event.user_id, "export.ready", at, None, event.user_id)]
        case MediaFailed():
            # An upload fails once, minutes after it was begun: its id tells when that was.
            at, upload_id = timestamp(time_of(event.upload_id)), event.upload_id
            return [_entry(event.owner_id, "media.failed", at, None, upload_id, event.post_id)]
        case _:
            return []


def _liked(event: PostLiked | PostUnliked, username: str | None = None) -> Notification:
    actor = (event.liker_id, username)
    return _entry(event.author_id, "post.liked", event.liked_at, actor, event.post_id)


def _shared(event: PostShared | PostUnshared, username: str | None = None) -> Notification:
    actor = (event.sharer_id, username)
    return _entry(event.author_id, "post.shared", event.shared_at, actor, event.post_id)


def _named(
    event: PostMentioned | PostUnmentioned | CollaborationInvited | CollaborationEnded,
    username: str | None = None,
) -> Notification:
    """For whom an author names in a post, or asks to stand beside them. What tells one person's
    entry from another's is whose list it is in."""
    is_mention = isinstance(event, PostMentioned | PostUnmentioned)
    type_name = "post.mentioned" if is_mention else "post.collaboration"
    actor, post_id = (event.author_id, username), event.post_id
    return _entry(event.user_id, type_name, event.since, actor, post_id, post_id)


def _commented(
    event: PostCommented | CommentDeleted, username: str | None = None
) -> list[Notification]:
    """For the author of the post and of the comment that was replied to; who is both hears of the
    reply alone."""
    told = {event.author_id: "post.commented"}
    if event.parent_author_id:
        told[event.parent_author_id] = "comment.replied"
    actor = (event.commenter_id, username)
    at, about = event.commented_at, event.comment_id
    return [
        _entry(user_id, type_name, at, actor, about, event.post_id)
        for user_id, type_name in told.items()
    ]


def _comment_liked(
    event: CommentLiked | CommentUnliked, username: str | None = None
) -> Notification:
    actor = (event.liker_id, username)
    at, about = event.liked_at, event.comment_id
    return _entry(event.commenter_id, "comment.liked", at, actor, about, event.post_id)


def _named_below(
    event: CommentMentioned | CommentUnmentioned, username: str | None = None
) -> Notification:
    """For whom a comment names. It is the same entry however often an edit takes the name out and
    puts it in again: so a withdrawn one does not come back to disturb."""
    actor = (event.commenter_id, username)
    at, about = event.commented_at, event.comment_id
    return _entry(event.user_id, "comment.mentioned", at, actor, about, event.post_id)


def _follow(
    type_name: str,
    event: UserFollowed | UserUnfollowed | FollowRequested | FollowRequestEnded,
    username: str | None = None,
) -> Notification:
    actor = (event.follower_id, username)
    return _entry(event.followed_id, type_name, event.since, actor, event.follower_id)


def _approved(
    followed_id: str, follower_id: str, since: str, username: str | None = None
) -> Notification:
    actor = (followed_id, username)
    return _entry(follower_id, "follow.approved", since, actor, followed_id)


def _entry(
    user_id: str,
    type_name: str,
    at: str,
    actor: _Actor | None,
    entity_id: str,
    post_id: str | None = None,
) -> Notification:
    actor_id, username = actor or (None, None)
    return Notification(
        user_id,
        derived_id(seconds(at), type_name, actor_id or "", entity_id),
        type=type_name,
        actor_id=actor_id,
        actor_username=username,
        entity_id=entity_id,
        post_id=post_id,
        created_at=at,
        expires_at=int(now()) + _LIFE,
    )


def _withdrawn(entry: Notification) -> Notification:
    entry.withdrawn_at = timestamp()
    entry.expires_at = int(now()) + _LIFE_OF_WITHDRAWN
    return entry
