"""GET /feed/explore: public posts of people whom the caller does not follow, in random order."""

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
    """Explore posts of strangers: each once, as long as the cursor is followed."""
    caller, page = request.caller, read_feed_page(request)
    source = explore(hourly_seed(caller.user_id) if page.is_numbered else None)
    return feed_answer(request, fill(caller, page, source, _is_new, reasons.of_discovery))


def _is_new(seen: VisiblePost) -> bool:
    """Neither own nor of somebody whom the viewer follows."""
    if seen.relation is None or seen.relation.follows or seen.collaborates:
        return False
    return is_for_everybody(seen)
