"""user.erased: delete the account's sessions, credentials and codes."""

from typing import get_args

from auth.challenges import Purpose, challenge_key
from auth.models import Challenge, Credentials, Session
from shared.dynamodb.tables import write_items
from shared.lifecycle.erasure import erasure
from shared.lifecycle.item_pages import delete_page
from shared.messaging.chains import Place

app = erasure("auth")


@app.step
def erase_sessions(user_id: str) -> Place:
    """Delete a page of its sessions."""
    return delete_page(Session, user_id)


@app.step
def erase_credentials(user_id: str) -> Place:
    """Delete its password, and the codes mailed to it (those of log-ins expire within the day)."""
    codes = [Challenge(challenge_key(each, user_id)) for each in get_args(Purpose.__value__)]
    write_items(deletes=[Credentials(user_id), *codes])
    return None
