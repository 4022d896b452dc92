"""The shapes Post and S.Post of docs/api.md."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypedDict

from media.public import MediaShape, view
from posts.mentions import MentionShape, mentions_shown
from posts.models import Post
from posts.visible_posts import VisiblePost
from shared.access.caller import Caller
from shared.aws.media_urls import sign_url
from shared.hashtags import hashtags_in
from shared.http.enums import one_of
from users.public import User, UserShape, people_shown, user_shape


class CollaboratorShape(UserShape):
    """Shape User of a collaborator, with their answer to the invitation: pending or accepted."""

    status: Annotated[str, one_of("pending", "accepted")]


class PostShape(TypedDict):
    """The shape Post of docs/api.md."""

    id: str
    author_id: str
    author_username: str
    author_profile_url: str | None
    author_is_verified: bool
    caption: str
    visibility: Annotated[str, one_of("public", "followers", "close_friends", "private")]
    is_reel: bool
    media: list[MediaShape]
    media_urls: list[str]
    thumbnail_url: str | None
    location: str | None
    hashtags: list[str]
    mentions: list[MentionShape]
    collaborators: list[CollaboratorShape]
    comments_disabled: bool
    who_can_comment: Annotated[str, one_of("everyone", "followers", "following", "nobody")]
    like_count: int
    comment_count: int
    share_count: int
    is_liked: bool
    is_saved: bool
    status: Annotated[str, one_of("ready", "processing", "failed")]
    edited_at: str | None
    created_at: str
    updated_at: str


class SocialHubAuthor(TypedDict):
    """The author of S.Post."""

    id: str
    username: str
    avatar: str | None


class SocialHubCounts(TypedDict):
    """The counts of S.Post."""

    likes: int
    comments: int


class SocialHubPost(TypedDict):
    """The shape S.Post."""

    id: str
    userId: str
    content: str
    visibility: Annotated[str, one_of("public", "followers", "close_friends", "private")]
    mediaUrls: list[str]
    likeCount: int
    commentCount: int
    liked: bool
    createdAt: str
    updatedAt: str
    user: SocialHubAuthor
    _count: SocialHubCounts


def shape_of(viewer: Caller, visible: VisiblePost) -> PostShape:
    """The shape Post of a post that was read."""
    return shapes_of(viewer, [visible])[0]


def shapes_of(viewer: Caller, posts: Sequence[VisiblePost]) -> list[PostShape]:
    """The shapes Post of posts that were read; takes one more read if any of them names people."""
    named = dict.fromkeys(user_id for each in posts for user_id in _named(viewer, each))
    people = people_shown(viewer.user_id, list(named)) if named else {}
    authors = {each.author.user_id: each.author for each in posts}
    shapes = {user_id: user_shape(author) for user_id, author in authors.items()}
    return [
        post_shape(
            each.post,
            shapes[each.post.author_id],
            each.like is not None,
            is_own=each.relation is None,
            is_saved=each.saved is not None,
            mentions=_mentions(each, people),
            collaborators=_collaborators(viewer, each, people),
        )
        for each in posts
    ]


def post_shape(
    post: Post,
    author: Mapping[str, Any],
    is_liked: bool,
    *,
    is_own: bool = False,
    is_saved: bool = False,
    mentions: Sequence[MentionShape] = (),
    collaborators: Sequence[CollaboratorShape] = (),
) -> PostShape:
    """The shape Post of a post that the viewer may see. People are given as shapes User, without
    those who are hidden from the viewer."""
    # A file as uploaded reveals where and with what it was made: only its owner ever sees it.
    shown = [stored for stored in post.media if is_own or stored["status"] == "ready"]
    media = [view(stored) for stored in shown]
    return {
        "id": post.post_id,
        "author_id": post.author_id,
        "author_username": author["username"],
        "author_profile_url": author["profile_picture_url"],
        "author_is_verified": author["is_verified"],
        "caption": post.caption,
        "visibility": post.visibility,
        "is_reel": post.is_reel,
        "media": media,
        "media_urls": [item["url"] for item in media if item["url"]],
        "thumbnail_url": _thumbnail(post, media),
        "location": post.location,
        "hashtags": hashtags_in(post.caption),
        "mentions": list(mentions),
        "collaborators": list(collaborators),
        "comments_disabled": post.comments_disabled,
        "who_can_comment": "nobody" if post.comments_disabled else post.who_can_comment,
        "like_count": max(post.like_count, 0),
        "comment_count": max(post.comment_count, 0),
        "share_count": max(post.share_count, 0),
        "is_liked": is_liked,
        "is_saved": is_saved,
        "status": post.status,
        "edited_at": post.edited_at,
        "created_at": post.created_at,
        "updated_at": post.updated_at,
    }


def socialhub_post(shape: Mapping[str, Any]) -> SocialHubPost:
    """The shape S.Post from the shape Post."""
    return {
        "id": shape["id"],
        "userId": shape["author_id"],
        "content": shape["caption"],
        "visibility": shape["visibility"],
        "mediaUrls": shape["media_urls"],
        "likeCount": shape["like_count"],
        "commentCount": shape["comment_count"],
        "liked": shape["is_liked"],
        "createdAt": shape["created_at"],
        "updatedAt": shape["updated_at"],
        "user": {
            "id": shape["author_id"],
            "username": shape["author_username"],
            "avatar": shape["author_profile_url"],
        },
        "_count": {"likes": shape["like_count"], "comments": shape["comment_count"]},
    }


def _named(viewer: Caller, visible: VisiblePost) -> list[str]:
    """The ids of the people whom the post shows besides its author."""
    mentioned = [each["user_id"] for each in visible.post.mentions]
    return mentioned + [each["user_id"] for each in _collaborators_shown_to(viewer, visible)]


def _collaborators_shown_to(viewer: Caller, visible: VisiblePost) -> list[dict[str, Any]]:
    """The collaborators; pending ones are shown to the author and to themselves only."""
    is_own = viewer.user_id == visible.post.author_id
    return [
        each
        for each in visible.post.collaborators
        if each["status"] == "accepted" or is_own or each["user_id"] == viewer.user_id
    ]


def _mentions(visible: VisiblePost, people: Mapping[str, User]) -> list[MentionShape]:
    post = visible.post
    ids = [each["user_id"] for each in post.mentions]
    return mentions_shown(post.caption, ids, post.mention_names, people)


def _collaborators(
    viewer: Caller, visible: VisiblePost, people: Mapping[str, User]
) -> list[CollaboratorShape]:
    return [
        {**user_shape(people[each["user_id"]]), "status": each["status"]}
        for each in _collaborators_shown_to(viewer, visible)
        if each["user_id"] in people
    ]


def _thumbnail(post: Post, media: list[MediaShape]) -> str | None:
    """The thumbnail that the author chose; else the first picture, small, or a frame of the first
    video."""
    if post.thumbnail_key and not post.awaits_thumbnail:
        return sign_url(post.thumbnail_key)
    if not media or media[0]["type"] == "video":
        return media[0]["thumbnail_url"] if media else None
    return media[0]["variants"].get("320", media[0]["url"])
