"""GET /feed/explore: public posts of accounts that the caller does not follow, in random order."""

from feeds import reasons
from feeds.discovery_index import is_for_everybody
from feeds.explore_walk import explore, hourly_seed
from feeds.paging import fill, read_feed_page
from feeds.shapes import Feed, feed_answer
from posts.public import VisiblePost
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("feeds")


@app.serve("GET /feed/explore", auth="unverified-ok", answer=Feed)
def get_explore_feed(request: Request) -> Feed:
    """Discover public posts of accounts that the caller does not follow. No post comes twice while
    the cursor is followed."""
    caller, page = request.caller, read_feed_page(request)
    source = explore(hourly_seed(caller.user_id) if page.is_numbered else None)
    return feed_answer(request, fill(caller, page, source, _is_new, reasons.of_discovery))


def _is_new(visible: VisiblePost) -> bool:
    """Whether this is neither the viewer's own post nor one of an account that they follow."""
    if visible.relation is None or visible.relation.follows or visible.collaborates:
        return False
    return is_for_everybody(visible)
