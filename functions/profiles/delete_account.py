"""DELETE /account: delete the caller's account; a log-in within 30 days restores it."""

from typing import Annotated, TypedDict

from auth.public import confirm_password
from shared.access.revocation import end_all_sessions
from shared.dynamodb.tables import transaction
from shared.errors import InvalidInput, Unauthorized
from shared.http.endpoint import endpoint
from shared.http.fields import Body, GivenPassword, text
from shared.http.requests import Request
from users.public import User, find_user
from users.public import delete_account as add_deletion

app = endpoint("profiles")


class Farewell(Body):
    """The password, or the username of an account without a password."""

    password: GivenPassword | None = None
    confirm_username: Annotated[str, text(1, 64)] | None = None


class Deleted(TypedDict):
    """The account is deleted."""

    message: str


@app.serve(
    "DELETE /account",
    also=("POST /account/delete",),
    auth="unverified-ok",
    tier="sensitive",
    body=Farewell,
    answer=Deleted,
    status=202,
)
def delete_account(request: Request[Farewell]) -> Deleted:
    """Delete the caller's account: hide it and log it out at once, erase it after 30 days."""
    user = find_user(request.caller.user_id, consistent=True)
    if user is None:
        raise Unauthorized
    with transaction() as write:
        if not confirm_password(write, user.user_id, request.body.password):
            check_name(user, request.body.confirm_username)
        add_deletion(write, user)
        end_all_sessions(write, user.user_id)
    return {"message": "Your account is deleted. Log in within 30 days to restore it."}


def check_name(user: User, given: str | None) -> None:
    """Raise `InvalidInput` unless the given text is the username, in any case."""
    if (given or "").casefold() != user.username.casefold():
        raise InvalidInput(("confirm_username", "Type your username to confirm."))
