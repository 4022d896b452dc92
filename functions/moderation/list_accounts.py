"""GET /admin/users: the accounts, whatever their status, newest first or by name."""

from typing import TypedDict

from auth.public import last_logins_of
from moderation.accounts import AdminUser, admin_user
from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.queries import Choice, ListQuery, Text
from shared.http.requests import Request
from users.public import listed_accounts

app = endpoint("moderation")


class AccountsQuery(ListQuery):
    """Which accounts are listed: those of a status that have words which begin like these."""

    q = Text(1, 50).optional()
    status = Choice("all", "active", "banned", "unverified").or_else("all")


class Accounts(TypedDict):
    """A page of accounts."""

    users: list[AdminUser]
    next_cursor: str | None


@app.serve("GET /admin/users", auth="admin", query=AccountsQuery, answer=Accounts)
def list_accounts(request: Request[None, AccountsQuery]) -> Accounts:
    """List accounts, newest first; with `q` by the word that matches."""
    asked, page = request.query, read_page(request)
    users, following = listed_accounts(asked.status, asked.q, page.limit, page.after)
    last_logins = last_logins_of(user.user_id for user in users)
    return {
        "users": [admin_user(user, last_logins.get(user.user_id)) for user in users],
        "next_cursor": next_cursor(request, following),
    }
