"""PUT /settings/notifications: change what the caller wants to be told of.

A type that is switched off makes no entry. With `push_enabled` off entries are made and counted,
but no frame `notification` is sent for them. `email_enabled` is about mails of news: codes and
warnings about the account are always sent.
"""

from typing import Annotated

from pydantic import AfterValidator

from notifications.preferences import PreferencesShape, preferences_shape
from notifications.types import SWITCHES
from shared.http.endpoint import endpoint
from shared.http.fields import Body
from shared.http.requests import Request
from users.public import change_preferences

app = endpoint("notifications")


def _known(types: dict[str, bool | None]) -> dict[str, bool | None]:
    if not types.keys() <= set(SWITCHES):
        raise ValueError("This names a type of notification that there is not.")
    return types


class PreferencesBody(Body):
    """Any of the preferences; what is not named stays."""

    push_enabled: bool | None = None
    email_enabled: bool | None = None
    newsletter: bool | None = None
    types: Annotated[dict[str, bool | None], AfterValidator(_known)] | None = None


@app.serve("PUT /settings/notifications", body=PreferencesBody, answer=PreferencesShape)
def edit_preferences(request: Request[PreferencesBody]) -> PreferencesShape:
    """Change the notification preferences."""
    switches = request.body.model_dump(exclude_none=True, exclude={"types"})
    types = {
        name: is_told for name, is_told in (request.body.types or {}).items() if is_told is not None
    }
    return preferences_shape(change_preferences(request.caller.user_id, switches, types))
