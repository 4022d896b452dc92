"""Pages of verification requests, oldest first."""

from moderation.verification_models import Verification
from moderation.verifications import has_expired
from shared.dynamodb.tables import parallel_map, query

_STATUSES = ("pending", "approved", "rejected")


def page_of(status: str, limit: int, after: str | None) -> tuple[list[Verification], str | None]:
    """The requests with this status (`all`: with any) that come after the id `after`, and where to
    go on. A page is short where nobody decided requests in time."""
    since = Verification.request_id > after if after else None
    pages = parallel_map(
        lambda each: query(Verification.by_status, each, since, limit=limit, newest_first=False),
        _STATUSES if status == "all" else (status,),
    )
    found = sorted((each for items, _ in pages for each in items), key=lambda each: each.request_id)
    is_last = len(found) <= limit and not any(following for _, following in pages)
    page = found[:limit]
    shown = [each for each in page if not has_expired(each)]
    return shown, None if is_last else page[-1].request_id
