"""PUT /settings/privacy: change the caller's privacy settings.

When an account goes public, all follow requests to it are approved: the stream of accounts queues
this (see `users.follow_requests`).
"""

from profiles.profiles import Privacy, privacy_of
from shared.clock import timestamp
from shared.dynamodb.tables import ConditionFailed, retry_conflicts
from shared.errors import UserNotFound
from shared.http.endpoint import endpoint
from shared.http.fields import Body
from shared.http.requests import Request
from users.public import User, find_user

app = endpoint("profiles")


class PrivacyChange(Body):
    """The settings to change; missing and null ones stay."""

    is_private: bool | None = None
    allow_message_requests: bool | None = None
    show_presence: bool | None = None
    show_read_receipts: bool | None = None
    suggest_alt_text: bool | None = None


@app.serve("PUT /settings/privacy", body=PrivacyChange, answer=Privacy)
def edit_privacy(request: Request[PrivacyChange]) -> Privacy:
    """Change the caller's privacy settings. Settings that are as sent already change nothing."""
    user = find_user(request.caller.user_id, consistent=True)
    if user is None:
        raise UserNotFound
    changes = [
        getattr(User, name).set(value)
        for name, value in request.body.model_dump(exclude_none=True).items()
        if value != getattr(user, name)
    ]
    if not changes:
        return privacy_of(user)
    changes.append(User.updated_at.set(timestamp()))
    try:
        retry_conflicts(lambda: user.change(*changes, condition=User.is_there()))
    except ConditionFailed as error:  # the account is deleted
        raise UserNotFound from error
    return privacy_of(user)
