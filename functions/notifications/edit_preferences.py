"""PUT /settings/notifications: change what the caller wants to be notified of.

A type that is switched off creates no entries. With `push_enabled` off, entries are created and
counted, but no frame `notification` is pushed. `email_enabled` is for mails about activity; codes
and warnings about the account are always sent. `language` is that of mails; log-ins no longer
change it once it was chosen.
"""

from typing import Annotated

from pydantic import AfterValidator

from notifications.preferences import PreferencesShape, preferences_shape
from notifications.types import SWITCHES
from shared.http.endpoint import endpoint
from shared.http.fields import Body
from shared.http.requests import Request
from shared.translations import Language
from users.public import change_preferences

app = endpoint("notifications")


def _known(types: dict[str, bool | None]) -> dict[str, bool | None]:
    if not types.keys() <= set(SWITCHES):
        raise ValueError("There is no such type of notification.")
    return types


class PreferencesBody(Body):
    """Any of the preferences; those that are absent stay as they are."""

    push_enabled: bool | None = None
    email_enabled: bool | None = None
    newsletter: bool | None = None
    language: Language | None = None
    types: Annotated[dict[str, bool | None], AfterValidator(_known)] | None = None


@app.serve("PUT /settings/notifications", body=PreferencesBody, answer=PreferencesShape)
def edit_preferences(request: Request[PreferencesBody]) -> PreferencesShape:
    """Change the notification preferences."""
    switches = request.body.model_dump(exclude_none=True, exclude={"types", "language"})
    types = {name: is_on for name, is_on in (request.body.types or {}).items() if is_on is not None}
    language = request.body.language
    return preferences_shape(change_preferences(request.caller.user_id, switches, types, language))
