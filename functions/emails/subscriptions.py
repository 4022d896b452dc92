"""Subscriptions: the signed link in each newsletter that ends one."""

import base64
import binascii

from shared.access import signing_keys
from shared.config import config
from shared.errors import InvalidUnsubscribeToken
from shared.http.queries import Query, Text

LONGEST_TOKEN = 100  # characters
_PURPOSE = "unsubscribe"


class LinkQuery(Query):
    """The token of the link; what is no token is answered like one that nobody signed."""

    token = Text(0, None).or_else("")


def unsubscribe_url(user_id: str) -> str:
    """The link that unsubscribes this account. It needs no log-in and does not expire by itself:
    it ends when the keys of cursors were rotated twice."""
    kid, signature = signing_keys.sign("cursors", _PURPOSE, user_id.encode())
    raw = bytes.fromhex(kid) + signature[:16] + user_id.encode()
    token = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return f"{config.public_url}/emails/unsubscribe?token={token}"


def subscriber(token: str) -> str:
    """The id of the account whose link has this token; raises `InvalidUnsubscribeToken`."""
    if len(token) > LONGEST_TOKEN:
        raise InvalidUnsubscribeToken
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidUnsubscribeToken from error
    kid, signature, user_id = raw[:4].hex(), raw[4:20], raw[20:]
    if not signing_keys.is_signed("cursors", _PURPOSE, user_id, kid, signature):
        raise InvalidUnsubscribeToken
    return user_id.decode()
