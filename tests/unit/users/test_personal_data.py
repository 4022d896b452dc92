"""Every attribute of the models is exported, or left out on purpose."""

import pytest

from auth.models import Session
from chat import personal_data as of_chat
from chat.models import Message
from media import personal_data as of_media
from media.models import Upload
from moderation import personal_data as of_moderation
from moderation.strike_models import Strike
from moderation.verification_models import Verification
from posts import personal_data as of_posts
from posts.models import Comment, Post
from shared.dynamodb.tables import Table
from users import personal_data as of_users
from users.models import EdgeKind, User

EXPORTED: dict[type[Table], set[str]] = {
    User: {*of_users._ACCOUNT, *of_users._PRIVACY, *of_users._NOTIFICATIONS},
    Post: set(of_posts._POST),
    Comment: set(of_posts._COMMENT),
    Message: {*of_chat._MESSAGE, "media"},
    Upload: set(of_media._SHOWN),
    Strike: set(of_moderation._STRIKE),
    Verification: set(of_moderation._SHOWN),
    Session: {
        *("session_id", "device", "ip", "created_at", "last_seen_at", "expires_at"),
        "authenticated_at",
    },
}
# Attributes that an archive has under another name, or not at all: internal ones, copies, and data
# about other people.
LEFT_OUT: dict[type[Table], set[str]] = {
    User: {
        "subscription",  # exported as newsletter
        *("status", "picture_key"),  # exported as the account status, and as an upload
        *("edges_seq", "celebrity_since", "is_pulled", "expires_at"),
        *(
            "status_before_ban",
            "banned_until",
            "ban_reason",
            "ban_id",
        ),  # shown when a log-in is refused
        *("deletion", "deleted_at", "purge_at", "status_before_deletion"),
    },
    Post: {
        *("media", "thumbnail_key"),  # exported as uploads
        *("author_id", "author_username", "reel_author_id", "revision"),
        *("deleted_author_id", "deletion", "purge_at", "removed_by", "removed_at"),
        *("like_seq", "comment_seq", "share_seq"),
        "pinned_comments",  # of other people too; exported with each comment
    },
    Comment: {
        *("thread", "user_id", "username", "post_author_id", "parent_author_id"),
        *("like_seq", "reply_seq", "post_seq"),
        *("removed_by", "is_hidden", "expires_at"),
    },
    Message: {
        *("conversation_id", "client_message_id", "reaction_id", "story_author_id"),
        *("removed_by", "expires_at", "returned_at"),
    },
    Upload: {
        *("owner_id", "object_key", "progress", "attempts", "worker", "expires_at", "updated_at"),
        *("avatar_of", "group_of", "post_ids", "is_described", "hls", "awaited_until"),
        "media",  # exported as width, height, duration and file
    },
    # The number is encrypted, and its end exported; nobody but a reviewer is shown the picture.
    Verification: {"user_id", "sealed_card", "picture_key", "expires_at"},
    Strike: {
        *("owner_id", "container_id", "action", "expires_at"),
        "snapshot",  # its text is exported
        *("decision_id", "report_ids", "resolved_by"),  # who decided and who reported is not theirs
    },
    Session: {
        *("user_id", "generation"),
        *("agent", "repeatable_until"),  # of the last refresh: a digest, and some seconds
    },
}


@pytest.mark.parametrize("model", EXPORTED, ids=lambda model: model.__name__)
def test_every_attribute_is_exported_or_left_out(model: type[Table]) -> None:
    known = EXPORTED[model] | LEFT_OUT[model]
    undecided = set(model.get_attributes()) - known
    assert not undecided, (
        f"decide whether an export contains {undecided} of {model.__name__}: name it in the "
        "personal_data.py of its service, or here"
    )


@pytest.mark.parametrize("model", EXPORTED, ids=lambda model: model.__name__)
def test_no_attribute_is_both(model: type[Table]) -> None:
    assert not EXPORTED[model] & LEFT_OUT[model]
    assert EXPORTED[model] <= set(model.get_attributes())


def test_every_kind_of_edge_is_exported_except_blocked_by() -> None:
    kinds = set(EdgeKind.__value__.__args__)
    assert kinds - set(of_users._EDGES) == {"blocked_by"}
