"""GET /feed/trending: the public posts of the last seven days with the most engagement."""

from feeds import reasons
from feeds.discovery_index import is_for_everybody
from feeds.paging import fill, read_feed_page
from feeds.shapes import Feed, SocialHubFeed, feed_answer, socialhub_feed_answer
from feeds.trending import trending
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("feeds")


@app.serve(
    "GET /feed/trending",
    socialhub=("GET /api/feed/trending",),
    auth="unverified-ok",
    answer=Feed,
    socialhub_answer=SocialHubFeed,
)
def get_trending_feed(request: Request) -> Feed | SocialHubFeed:
    """List the posts that trend, best first."""
    caller, page = request.caller, read_feed_page(request)
    filled = fill(caller, page, trending, is_for_everybody, reasons.of_trend)
    if request.is_socialhub:
        return socialhub_feed_answer(request, page, filled)
    return feed_answer(request, filled)
