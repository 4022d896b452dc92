"""The devices that an account has logged in from: their names without versions, kept for 90 days
after each log-in. A log-in from another one is mailed to the account's owner.
"""

import re
from typing import Any

from auth.mails import mail_new_device
from auth.models import Credentials, Session
from shared.clock import now
from users.public import User, status_without_ban

_KEPT = 90 * 24 * 3600  # seconds
_MOST = 20  # devices of an account, the latest ones
_VERSION = re.compile(r" \d\S*")

type Devices = list[dict[str, Any]]  # {device, last_used (epoch seconds)}, the latest first


def first_device(session: Session) -> Devices:
    """The devices of an account whose first session this is."""
    return [{"device": _family(session), "last_used": int(now())}]


def devices_with(credentials: Credentials, session: Session) -> Devices:
    """The devices of an account, with the one of its new session."""
    family = _family(session)
    others = [each for each in _known(credentials) if each["device"] != family]
    return [*first_device(session), *others][:_MOST]


def notify_of_new_device(user: User, credentials: Credentials, session: Session) -> None:
    """Mail the owner of the account if its new session is on a device that it did not know.

    Call it before the session is stored, because a device that is stored is known: so a failure in
    between mails once too often, and never too little. An account without any device logs in for
    the first time; an address that is not verified may be anybody's.
    """
    is_known = _family(session) in {each["device"] for each in _known(credentials)}
    if credentials.devices is None or is_known or status_without_ban(user) == "unverified":
        return
    mail_new_device(user, session)


def _known(credentials: Credentials) -> Devices:
    known: Devices = credentials.devices or []
    return [each for each in known if each["last_used"] + _KEPT > now()]


def _family(session: Session) -> str:
    """The device without versions, which updates change."""
    return _VERSION.sub("", session.device)
