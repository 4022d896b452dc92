"""GET /feed/reels: reels of the accounts that the caller follows, or all public reels."""

from feeds import reasons
from feeds.discovery_index import is_for_everybody
from feeds.home_sources import followed, is_not_muted
from feeds.paging import fill, read_feed_page
from feeds.public_reels import public_reels
from feeds.shapes import Feed, feed_answer
from posts.public import VisiblePost
from shared.http.endpoint import endpoint
from shared.http.queries import Choice, ListQuery
from shared.http.requests import Request

app = endpoint("feeds")


class ReelsQuery(ListQuery):
    """Whose reels to list."""

    scope = Choice("following", "all").or_else("following")


@app.serve("GET /feed/reels", auth="unverified-ok", query=ReelsQuery, answer=Feed)
def get_reels_feed(request: Request[None, ReelsQuery]) -> Feed:
    """List reels, newest first."""
    caller, page = request.caller, read_feed_page(request)
    if request.query.scope == "all":
        filled = fill(caller, page, public_reels, _is_public_reel, reasons.of_reel)
    else:
        source = followed(caller.user_id, with_own=False, reels_only=True)
        filled = fill(caller, page, source, _is_others_reel, reasons.of_people, followed_only=True)
    return feed_answer(request, filled)


def _is_public_reel(visible: VisiblePost) -> bool:
    return bool(visible.post.is_reel) and is_for_everybody(visible)


def _is_others_reel(visible: VisiblePost) -> bool:
    return bool(visible.post.is_reel) and visible.relation is not None and is_not_muted(visible)
