"""GET /search/users: find people by username or name; without a query, suggestions."""

from typing import TypedDict

from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.queries import ListQuery, Text
from shared.http.requests import Request
from users.relations import unblocked_with_relations
from users.search import find_people
from users.shapes import UserRow, user_row
from users.suggestions import suggested_people

app = endpoint("users")


class Search(ListQuery):
    """The text to search for."""

    q = Text(1, 50).optional()


class Found(TypedDict):
    """A page of people, best first."""

    users: list[UserRow]
    next_cursor: str | None


@app.serve("GET /search/users", auth="unverified-ok", query=Search, answer=Found)
def search_users(request: Request[None, Search]) -> Found:
    """Search for people, or get suggestions. A list ends after the best hundred."""
    viewer_id, typed, page = request.caller.user_id, request.query.q, read_page(request)
    people = find_people(viewer_id, typed) if typed else suggested_people(viewer_id)
    # The list is ranked again for each page, so a cursor holds the position in it.
    end = (page.after or 0) + page.limit
    related = unblocked_with_relations(viewer_id, people[end - page.limit : end])
    if not typed:
        related = [(user, relation) for user, relation in related if not relation.requested]
    return {
        "users": [user_row(user, relation) for user, relation in related],
        "next_cursor": next_cursor(request, end if end < len(people) else None),
    }
