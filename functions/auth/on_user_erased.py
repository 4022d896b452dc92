"""user.erased: what the account proved itself with goes, and its sessions."""

from typing import get_args

from auth.challenges import Purpose, challenge_key
from auth.models import Challenge, Credentials, Session
from shared.dynamodb.tables import write_items
from shared.lifecycle.erasure import delete_page, erasure

app = erasure("auth")


@app.step
def erase_sessions(user_id: str) -> bool:
    """The devices that it was logged in on."""
    return delete_page(Session, user_id)


@app.step
def erase_credentials(user_id: str) -> bool:
    """Its password, and the codes that it was sent (those of log-ins run out within the day)."""
    codes = [Challenge(challenge_key(each, user_id)) for each in get_args(Purpose.__value__)]
    write_items(deletes=[Credentials(user_id), *codes])
    return False
