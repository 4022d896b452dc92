"""The types of notifications and their sentences (docs/api.md section 4)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Type:
    """One type of notification."""

    kind: str  # SocialHub's `type`
    entity: str  # what it is about: post | user | comment …
    sentence: str
    is_pushed: bool = True  # to open sockets; it is listed in any case
    names_actor: bool = True  # whether the sentence begins with the actor's name
    # The post or story may be another person's, so lists check whether the reader can still see it.
    may_be_hidden: bool = False
    # The post or story is the reader's own: the entry is not listed while it is deleted.
    is_of_own: bool = False


TYPES = {
    "post.liked": Type("LIKE", "post", "liked your post", is_of_own=True),
    "comment.liked": Type("LIKE", "comment", "liked your comment", may_be_hidden=True),
    "story.liked": Type("LIKE", "story", "liked your story", is_of_own=True),
    "post.commented": Type("COMMENT", "comment", "commented on your post", is_of_own=True),
    "comment.replied": Type("COMMENT", "comment", "replied to your comment", may_be_hidden=True),
    "user.followed": Type("FOLLOW", "user", "started following you"),
    "follow.request": Type("FOLLOW", "user", "asked to follow you"),
    "follow.approved": Type("FOLLOW", "user", "accepted your follow request"),
    "post.created": Type(
        "POST",
        "post",
        "You created a new post!",
        is_pushed=False,
        names_actor=False,
        is_of_own=True,
    ),
    "post.shared": Type("POST", "post", "shared your post", is_of_own=True),
    "post.collaboration": Type("POST", "post", "invited you to collaborate"),
    "post.mentioned": Type("MENTION", "post", "mentioned you in a post", may_be_hidden=True),
    "comment.mentioned": Type(
        "MENTION", "comment", "mentioned you in a comment", may_be_hidden=True
    ),
    "story.mentioned": Type("MENTION", "story", "mentioned you in a story", may_be_hidden=True),
    "story.created": Type("STORY", "story", "added a story", may_be_hidden=True),
    "message.received": Type("MESSAGE", "conversation", "sent you a message"),
    "media.failed": Type(
        "SYSTEM", "upload", "A file of yours could not be processed.", names_actor=False
    ),
    "export.ready": Type("SYSTEM", "user", "Your data is ready to download.", names_actor=False),
}
# Every type of the contract can be switched off, including those that no event creates yet.
SWITCHES = (
    *("post.liked", "comment.liked", "story.liked"),
    *("post.commented", "comment.replied"),
    *("user.followed", "follow.request", "follow.approved"),
    *("post.created", "post.shared", "post.collaboration"),
    *("post.mentioned", "comment.mentioned", "story.mentioned"),
    "story.created",
    "message.received",
    *("verification.approved", "verification.rejected", "content.removed", "media.failed"),
    *("export.ready", "report.created", "verification.requested"),
)


def message(type_name: str, actor_username: str | None) -> str:
    """The sentence that a person reads."""
    about = TYPES[type_name]
    if not about.names_actor:
        return about.sentence
    return f"{actor_username or 'Somebody'} {about.sentence}"
