"""The types of notifications and their sentences (docs/api.md section 4)."""

from dataclasses import dataclass

from shared.translations import translations


@dataclass(frozen=True, slots=True)
class Type:
    """One type of notification."""

    kind: str  # SocialHub's `type`
    entity: str  # what it is about: post | user | comment …
    sentence: str  # in English: the key of the catalogues in shared/locale
    is_pushed: bool = True  # to open sockets; it is listed in any case
    names_actor: bool = True  # whether the sentence names the actor
    # The post or story may be another person's, so lists check whether the reader can still see it.
    may_be_hidden: bool = False
    # The post, story or comment is the reader's own: the entry is not listed while it is deleted or
    # hidden.
    is_of_own: bool = False


TYPES = {
    "post.liked": Type("LIKE", "post", "{actor} liked your post", is_of_own=True),
    "comment.liked": Type(
        "LIKE", "comment", "{actor} liked your comment", may_be_hidden=True, is_of_own=True
    ),
    "story.liked": Type("LIKE", "story", "{actor} liked your story", is_of_own=True),
    "post.commented": Type("COMMENT", "comment", "{actor} commented on your post", is_of_own=True),
    "comment.replied": Type(
        "COMMENT", "comment", "{actor} replied to your comment", may_be_hidden=True
    ),
    "user.followed": Type("FOLLOW", "user", "{actor} started following you"),
    "follow.request": Type("FOLLOW", "user", "{actor} asked to follow you"),
    "follow.approved": Type("FOLLOW", "user", "{actor} accepted your follow request"),
    "post.created": Type(
        "POST",
        "post",
        "You created a new post!",
        is_pushed=False,
        names_actor=False,
        is_of_own=True,
    ),
    "post.shared": Type("POST", "post", "{actor} shared your post", is_of_own=True),
    "post.collaboration": Type("POST", "post", "{actor} invited you to collaborate"),
    "post.mentioned": Type(
        "MENTION", "post", "{actor} mentioned you in a post", may_be_hidden=True
    ),
    "comment.mentioned": Type(
        "MENTION", "comment", "{actor} mentioned you in a comment", may_be_hidden=True
    ),
    "story.mentioned": Type(
        "MENTION", "story", "{actor} mentioned you in a story", may_be_hidden=True
    ),
    "story.created": Type("STORY", "story", "{actor} added a story", may_be_hidden=True),
    "message.received": Type("MESSAGE", "conversation", "{actor} sent you a message"),
    "media.failed": Type(
        "SYSTEM", "upload", "A file of yours could not be processed.", names_actor=False
    ),
    "export.ready": Type("SYSTEM", "user", "Your data is ready to download.", names_actor=False),
    "content.removed": Type(
        "SYSTEM", "post", "A moderator removed something that you published.", names_actor=False
    ),
    "mail.failed": Type("SYSTEM", "queue", "Some mails could not be sent.", names_actor=False),
    "appeal.created": Type(
        "SYSTEM", "appeal", "An appeal waits for a decision.", names_actor=False
    ),
    "appeal.upheld": Type(
        "SYSTEM", "appeal", "Your appeal was reviewed: the decision stays.", names_actor=False
    ),
    "appeal.reversed": Type(
        "SYSTEM",
        "appeal",
        "Your appeal was reviewed: the decision was reversed.",
        names_actor=False,
    ),
    "report.created": Type("SYSTEM", "report", "A report waits for a decision.", names_actor=False),
    "report.resolved": Type("SYSTEM", "report", "Your report was reviewed.", names_actor=False),
    "verification.approved": Type(
        "SYSTEM", "request", "You are verified: your badge is there.", names_actor=False
    ),
    "verification.rejected": Type(
        "SYSTEM", "request", "Your verification request was rejected.", names_actor=False
    ),
    "verification.requested": Type(
        "SYSTEM", "request", "A verification request waits for a decision.", names_actor=False
    ),
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
    *("export.ready", "report.created", "report.resolved", "verification.requested"),
    "mail.failed",
    *("appeal.created", "appeal.upheld", "appeal.reversed"),
)


def message(
    type_name: str, actor_username: str | None, languages: str = "", *, others: int = 0
) -> str:
    """The sentence that a person reads, in the first of `languages` (as in Accept-Language) that
    there is; `others` is how many people did the same as the actor."""
    about, speak = TYPES[type_name], translations(languages)
    if not about.names_actor:
        return speak.gettext(about.sentence)
    if actor_username:
        actor = speak.gettext("{actor}").format(actor=actor_username)
    else:
        actor = speak.gettext("Somebody")
    if others:
        names = speak.ngettext("{actor} and {others} other", "{actor} and {others} others", others)
        actor = names.format(actor=actor_username or actor, others=others)
    return speak.gettext(about.sentence).format(actor=actor)
