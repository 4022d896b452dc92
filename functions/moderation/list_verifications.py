"""GET /admin/verification: verification requests, with what proves who each person is.

Runs as a role of its own, the only one that may decrypt. Every request whose card number and
picture are shown is recorded in the audit log before it is answered.
"""

from collections.abc import Sequence
from typing import TypedDict

from moderation import audit
from moderation.identity_papers import open_card, picture_url
from moderation.verification_models import Verification
from moderation.verification_pages import page_of
from moderation.verification_shapes import VerificationShape, verification_shape
from shared.dynamodb.tables import parallel_map, transaction
from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.queries import Choice, ListQuery
from shared.http.requests import Request
from users.public import find_users

# All entries of a page in the audit log are one transaction, which takes at most 100 writes.
_MAX_PAGE = 20

app = endpoint("moderation")


class WhichRequests(ListQuery):
    """The query parameters."""

    status = Choice("pending", "approved", "rejected", "all").or_else("pending")


class Verifications(TypedDict):
    """A page of requests."""

    requests: list[VerificationShape]
    next_cursor: str | None


@app.serve(
    "GET /admin/verification",
    auth="admin",
    query=WhichRequests,
    answer=Verifications,
    gate_first=True,
)
def list_verifications(request: Request[None, WhichRequests]) -> Verifications:
    """List verification requests, the oldest first."""
    page = read_page(request, maximum=_MAX_PAGE)
    found, following = page_of(request.query.status, page.limit, page.after)
    shown = [each for each in found if each.sealed_card]
    _record_looks(request.caller.user_id, shown)
    numbers = dict(
        zip((each.user_id for each in shown), parallel_map(open_card, shown), strict=True)
    )
    users = find_users(each.user_id for each in found)
    shapes = [verification_shape(each, users.get(each.user_id)) for each in found]
    for each, shape in zip(found, shapes, strict=True):
        if each.user_id in numbers:
            shape["id_card_number"] = numbers[each.user_id]
            shape["face_picture_url"] = picture_url(each)
    return {"requests": shapes, "next_cursor": next_cursor(request, following)}


def _record_looks(admin_id: str, shown: Sequence[Verification]) -> None:
    if not shown:
        return
    with transaction() as write:
        for each in shown:
            target = ("verification", each.request_id)
            audit.record(write, admin_id, "view_verification", target, user_id=each.user_id)
