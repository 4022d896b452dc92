"""GET /settings/notifications: get what the caller wants to be notified of."""

from notifications.preferences import PreferencesShape, preferences_shape
from shared.errors import UserNotFound
from shared.http.endpoint import endpoint
from shared.http.requests import Request
from users.public import find_user

app = endpoint("notifications")


@app.serve("GET /settings/notifications", answer=PreferencesShape)
def get_preferences(request: Request) -> PreferencesShape:
    """Get the notification preferences."""
    user = find_user(request.caller.user_id, consistent=True)
    if user is None:
        raise UserNotFound
    return preferences_shape(user)
