"""Which event creates which entries for whom, and which event withdraws them.

`media.failed` has no time of its own, and an upload fails once. So the time in the upload's id
gives the notification's id, the same for every delivery, and the notification is listed at the time
when the upload began. Rejected: another field in the event.
"""

from notifications.entries import new_entry, withdrawn
from notifications.message_entries import message_entry
from notifications.models import Notification
from notifications.moderation_entries import OF_MODERATION, moderation_entries_of
from shared.clock import timestamp
from shared.events.chat import ConversationRead
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
from shared.events.stories import StoryLiked, StoryMentioned, StoryUnliked
from shared.events.users import (
    ExportReady,
    FollowApproved,
    FollowRequested,
    FollowRequestEnded,
    UserFollowed,
    UserUnfollowed,
)
from shared.ids import time_of

HANDLED: tuple[type[Event], ...] = (
    CollaborationEnded,
    CollaborationInvited,
    CommentDeleted,
    CommentLiked,
    CommentMentioned,
    CommentUnliked,
    CommentUnmentioned,
    ConversationRead,
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
    StoryLiked,
    StoryMentioned,
    StoryUnliked,
    UserFollowed,
    UserUnfollowed,
    *OF_MODERATION,
)


def entries_of(event: Event) -> list[Notification]:
    """The entries that `event` creates and, withdrawn, those of the facts that it undoes; none
    about the reader's own acts, except a post of theirs."""
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
            return [withdrawn(_liked(event))]
        case PostCommented():
            return _commented(event, event.commenter_username)
        case CommentDeleted():
            return [withdrawn(entry) for entry in _commented(event)]
        case CommentLiked():
            return [_comment_liked(event, event.liker_username)]
        case CommentUnliked():
            return [withdrawn(_comment_liked(event))]
        case CommentMentioned():
            return [_mentioned_in_comment(event, event.commenter_username)]
        case CommentUnmentioned():
            return [withdrawn(_mentioned_in_comment(event))]
        case PostCreated():
            author = (event.author_id, event.author_username)
            at = event.created_at
            return [new_entry(event.author_id, "post.created", at, author, event.post_id)]
        case PostShared():
            return [_shared(event, event.sharer_username)]
        case PostUnshared():
            return [withdrawn(_shared(event))]
        case PostMentioned() | CollaborationInvited():
            return [_named_in_post(event, event.author_username)]
        case PostUnmentioned() | CollaborationEnded():
            return [withdrawn(_named_in_post(event))]
        case StoryLiked() | StoryUnliked() | StoryMentioned():
            return [_about_story(event)]
        case ConversationRead():
            return [withdrawn(message_entry(event))]
        case _:
            return _account_entries_of(event)


def _account_entries_of(event: Event) -> list[Notification]:
    match event:
        case UserFollowed():
            return [_follow("user.followed", event, event.follower_username)]
        case UserUnfollowed():
            # If the follow was approved, the entry of the approval is withdrawn with it.
            approved = _approved(event.followed_id, event.follower_id, event.since)
            return [withdrawn(_follow("user.followed", event)), withdrawn(approved)]
        case FollowRequested():
            return [_follow("follow.request", event, event.follower_username)]
        case FollowRequestEnded():
            return [withdrawn(_follow("follow.request", event))]
        case FollowApproved():
            requester, at = (event.follower_id, None), event.requested_since
            request = new_entry(
                event.followed_id, "follow.request", at, requester, event.follower_id
            )
            name = event.followed_username
            approval = _approved(event.followed_id, event.follower_id, event.since, name)
            return [withdrawn(request), approval]
        case ExportReady():
            at = event.requested_at
            return [new_entry(event.user_id, "export.ready", at, None, event.user_id)]
        case MediaFailed():
            at, upload_id = timestamp(time_of(event.upload_id)), event.upload_id
            return [new_entry(event.owner_id, "media.failed", at, None, upload_id, event.post_id)]
        case _:
            return moderation_entries_of(event)


def _liked(event: PostLiked | PostUnliked, username: str | None = None) -> Notification:
    actor = (event.liker_id, username)
    return new_entry(event.author_id, "post.liked", event.liked_at, actor, event.post_id)


def _shared(event: PostShared | PostUnshared, username: str | None = None) -> Notification:
    actor = (event.sharer_id, username)
    return new_entry(event.author_id, "post.shared", event.shared_at, actor, event.post_id)


def _named_in_post(
    event: PostMentioned | PostUnmentioned | CollaborationInvited | CollaborationEnded,
    username: str | None = None,
) -> Notification:
    """For the person whom an author mentions in a post or invites to collaborate. Several people's
    entries have the same id, each in its own reader's list."""
    is_mention = isinstance(event, PostMentioned | PostUnmentioned)
    type_name = "post.mentioned" if is_mention else "post.collaboration"
    actor, post_id = (event.author_id, username), event.post_id
    return new_entry(event.user_id, type_name, event.since, actor, post_id, post_id)


def _commented(
    event: PostCommented | CommentDeleted, username: str | None = None
) -> list[Notification]:
    """For the author of the post, and the author of the comment that was replied to; for somebody
    who is both, the entry of the reply comes first."""
    readers = {"post.commented": event.author_id, "comment.replied": event.parent_author_id}
    actor = (event.commenter_id, username)
    at, about = event.commented_at, event.comment_id
    entries = []
    for type_name, user_id in readers.items():
        if user_id:
            entry = new_entry(user_id, type_name, at, actor, about, event.post_id)
            if type_name == "post.commented":
                entry.yields_to = _reasons(user_id, None, event.parent_author_id)
            entries.append(entry)
    return entries


def _reasons(user_id: str, author_id: str | None, parent_author_id: str | None) -> tuple[str, ...]:
    """The types by which a person is notified of a comment as the author of the post, and of the
    comment that it replies to."""
    reasons = {"comment.replied": parent_author_id, "post.commented": author_id}
    return tuple(type_name for type_name, person in reasons.items() if person == user_id)


def _comment_liked(
    event: CommentLiked | CommentUnliked, username: str | None = None
) -> Notification:
    actor = (event.liker_id, username)
    at, about = event.liked_at, event.comment_id
    return new_entry(event.commenter_id, "comment.liked", at, actor, about, event.post_id)


def _mentioned_in_comment(
    event: CommentMentioned | CommentUnmentioned, username: str | None = None
) -> Notification:
    """For the person whom a comment mentions. The entry is the same however often an edit removes
    the name and adds it again, so a withdrawn entry does not come back and disturb them. Who is
    notified of the comment for another reason has no need of it."""
    actor = (event.commenter_id, username)
    at, about = event.commented_at, event.comment_id
    entry = new_entry(event.user_id, "comment.mentioned", at, actor, about, event.post_id)
    if isinstance(event, CommentMentioned):
        entry.yields_to = _reasons(event.user_id, event.author_id, event.parent_author_id)
    return entry


def _about_story(event: StoryLiked | StoryUnliked | StoryMentioned) -> Notification:
    """For the author of a story that is liked, or the person whom it mentions."""
    if isinstance(event, StoryMentioned):
        author = (event.author_id, event.author_username)
        return new_entry(event.user_id, "story.mentioned", event.since, author, event.story_id)
    username = event.liker_username if isinstance(event, StoryLiked) else None
    liker = (event.liker_id, username)
    entry = new_entry(event.author_id, "story.liked", event.liked_at, liker, event.story_id)
    return withdrawn(entry) if isinstance(event, StoryUnliked) else entry


def _follow(
    type_name: str,
    event: UserFollowed | UserUnfollowed | FollowRequested | FollowRequestEnded,
    username: str | None = None,
) -> Notification:
    actor = (event.follower_id, username)
    return new_entry(event.followed_id, type_name, event.since, actor, event.follower_id)


def _approved(
    followed_id: str, follower_id: str, since: str, username: str | None = None
) -> Notification:
    actor = (followed_id, username)
    return new_entry(follower_id, "follow.approved", since, actor, followed_id)
