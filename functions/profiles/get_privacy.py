"""GET /settings/privacy: the caller's privacy settings."""

from profiles.profiles import Privacy, privacy_of
from shared.errors import UserNotFound
from shared.http.endpoint import endpoint
from shared.http.requests import Request
from users.public import find_user

app = endpoint("profiles")


@app.serve("GET /settings/privacy", answer=Privacy)
def get_privacy(request: Request) -> Privacy:
    """Show the caller's privacy settings."""
    user = find_user(request.caller.user_id, consistent=True)
    if user is None:
        raise UserNotFound
    return privacy_of(user)
