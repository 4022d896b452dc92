"""POST /posts: publish a post or reel."""

from functools import partial
from typing import Any, TypedDict

from media.public import upload_files
from posts.attachments import (
    Attachments,
    UploadChanged,
    find_attachments,
    form_attachments,
)
from posts.bodies import NewPost
from posts.collaborations import add_invitations, invitation_keys, invitations_from
from posts.comment_permissions import comment_settings
from posts.mentions import mention_keys, mentions_since, people_named
from posts.models import AuthorStats, Post
from posts.shapes import PostShape, SocialHubPost, shape_of, socialhub_post
from posts.visible_posts import VisiblePost, get_visible_post, remember_author
from shared.clock import timestamp
from shared.dynamodb.tables import (
    Found,
    Key,
    in_parallel,
    read_items,
    retry_lost_races,
    transaction,
)
from shared.errors import Unauthorized
from shared.http.endpoint import endpoint
from shared.http.idempotency import AlreadyMade, claim
from shared.http.requests import Request
from shared.ids import new_id
from users.public import User

app = endpoint("posts")


class SocialHubCreated(TypedDict):
    """The post, as SocialHub gives it."""

    message: str
    post: SocialHubPost


@app.serve(
    "POST /posts",
    socialhub=("POST /api/v1/posts",),
    body=NewPost,
    status=201,
    idempotent=True,
    answer=PostShape,
    socialhub_answer=SocialHubCreated,
    takes_files=True,
)
def create_post(request: Request[NewPost]) -> PostShape | SocialHubCreated:
    """Publish a post. It stays `processing` until all its media are ready, and becomes `failed` if
    one of them cannot be shown or is not uploaded within a day."""
    request.body.check(request.is_socialhub, len(request.files))
    visible = _publish(request)
    remember_author(visible.post.post_id, visible.post.author_id)
    shape = shape_of(request.caller, visible)
    if request.is_socialhub:
        return {"message": "Post created", "post": socialhub_post(shape)}
    return shape


def _publish(request: Request[NewPost]) -> VisiblePost:
    body, user_id = request.body, request.caller.user_id
    keys: list[Key] = [
        (User, user_id),
        *mention_keys(body.caption_text),
        *invitation_keys(user_id, body.collaborator_ids),
    ]
    upload_ids = upload_files(user_id, request.files)

    def publish() -> VisiblePost:
        results: list[Any] = in_parallel(
            partial(_attachments, request, upload_ids), partial(read_items, keys)
        )
        attachments, found = results
        author = found.get(User, user_id)
        if author is None:
            raise Unauthorized
        post = _draft(request, attachments, found)
        try:
            _save(request, post, attachments)
        except AlreadyMade as earlier:
            return get_visible_post(request.caller, earlier.made_id)
        return VisiblePost(post, author, None, None)

    # A file may come, or become ready, just before its post is stored as waiting for it.
    return retry_lost_races(publish, lost=UploadChanged)


def _attachments(request: Request[NewPost], upload_ids: list[str]) -> Attachments:
    user_id = request.caller.user_id
    if upload_ids:
        return form_attachments(upload_ids, user_id)
    return find_attachments(request.body, user_id)


def _draft(request: Request[NewPost], attachments: Attachments, found: Found) -> Post:
    body, caller, moment = request.body, request.caller, timestamp()
    people = people_named(found, body.caption_text)
    return Post(
        new_id(),
        author_id=caller.user_id,
        author_username=caller.username,
        reel_author_id=caller.user_id if body.is_reel else None,
        caption=body.caption_text,
        visibility=body.visibility,
        is_reel=body.is_reel,
        media=attachments.media,
        thumbnail_key=attachments.thumbnail_key,
        location=body.location or None,
        **comment_settings(body.comments_disabled, body.who_can_comment),
        mentions=mentions_since(people.values(), (), moment),
        mention_names=people,
        collaborators=invitations_from(found, caller.user_id, body.collaborator_ids, moment),
        status=attachments.status,
        created_at=moment,
        updated_at=moment,
    )


def _save(request: Request[NewPost], post: Post, attachments: Attachments) -> None:
    count = AuthorStats.reel_count if post.is_reel else AuthorStats.post_count
    with transaction() as write:
        claim(write, request, post.post_id)
        write.put(post, Post.is_new())
        write.update(AuthorStats(post.author_id), count.add(1))
        attachments.add_to(write, post.post_id)
        add_invitations(write, post)
