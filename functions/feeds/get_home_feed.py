"""GET /feed/home: posts of the accounts that the caller follows, and the caller's own."""

from feeds import reasons
from feeds.home_sources import followed, is_not_muted
from feeds.paging import fill, read_feed_page
from feeds.shapes import Feed, SocialHubFeed, feed_answer, socialhub_feed_answer
from posts.public import VisiblePost
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("feeds")


@app.serve(
    "GET /feed/home",
    socialhub=("GET /api/feed",),
    auth="unverified-ok",
    answer=Feed,
    socialhub_answer=SocialHubFeed,
)
def get_home_feed(request: Request) -> Feed | SocialHubFeed:
    """List the posts of the home feed, newest first."""
    caller, page = request.caller, read_feed_page(request)
    filled = fill(
        caller,
        page,
        followed(caller.user_id, with_own=not request.is_socialhub),
        _is_for_socialhub if request.is_socialhub else is_not_muted,
        reasons.of_people,
        followed_only=True,
    )
    if request.is_socialhub:
        return socialhub_feed_answer(request, page, filled)
    return feed_answer(request, filled)


def _is_for_socialhub(visible: VisiblePost) -> bool:
    """SocialHub shows public posts of followed accounts only."""
    is_followed = visible.relation is not None and visible.relation.follows
    return is_followed and is_not_muted(visible) and visible.post.visibility == "public"
