"""Which account a Google identity logs in to: the one linked to it, the verified one with its
e-mail address, or a new one."""

import unicodedata
from typing import Any

from auth.google_identities import Identity
from auth.known_devices import first_device
from auth.login_accounts import check_may_log_in
from auth.models import Credentials, Session
from auth.sessions import add_session, log_in, record_log_in
from auth.username_suggestions import usernames_for
from shared.characters import is_visible
from shared.clock import timestamp
from shared.dynamodb.tables import transaction
from shared.errors import EmailTaken, InvalidOauthCode, UsernameTaken
from shared.http.requests import Request
from shared.ids import new_id
from shared.translations import preferred
from users.public import (
    User,
    account_status,
    add_account,
    find_by_login,
    find_user,
    google_holder,
    link_google,
)

_SHORTEST_NAME, _LONGEST_NAME = 5, 64  # characters (docs/api.md section 7)


def log_in_or_sign_up(
    identity: Identity, request: Request[Any, Any], restore: bool = False
) -> tuple[User, Session]:
    """Log in to the account of `identity`, or create it if there is none. `restore` undoes a
    pending deletion.

    Raises `EmailTaken`, `AccountBanned`, `AccountDeleted`, or `InvalidOauthCode` for an account
    whose second factor this log-in does not prove.
    """
    try:
        return _attempt(identity, request, restore)
    except EmailTaken:
        # Another request may have been quicker, perhaps a second click of the same person.
        return _attempt(identity, request, restore)


def _attempt(identity: Identity, request: Request[Any, Any], restore: bool) -> tuple[User, Session]:
    user = _account_of(identity)
    if user is None:
        return _sign_up(identity, request)
    return user, _log_in(user, identity, request, restore)


def _account_of(identity: Identity) -> User | None:
    user_id = google_holder(identity.subject)
    linked = find_user(user_id, consistent=True) if user_id else None
    return linked or find_by_login(identity.email)


def _log_in(user: User, identity: Identity, request: Request[Any, Any], restore: bool) -> Session:
    credentials = Credentials.find(user.user_id, consistent=True)
    if credentials is None:
        raise InvalidOauthCode
    is_linked = user.google_subject == identity.subject
    # The second factor is the account's mailbox. Google proves it only if the addresses are equal.
    lacks_factor = credentials.two_factor_enabled and user.email != identity.email
    restores = check_may_log_in(user, restore, may_appeal=is_linked and not lacks_factor)
    status = user.status_before_deletion if restores else account_status(user)
    # Anybody may have typed an address that is not verified, and an account that is linked to
    # another identity must not be lost to a later owner of its address.
    if not is_linked and (status == "unverified" or user.google_subject):
        raise EmailTaken
    if lacks_factor:
        raise InvalidOauthCode("This account requires a mailed code: log in with your password.")
    with transaction() as write:
        session = add_session(write, user, request)
        if is_linked or restores:  # restoring and linking both write it: the next log-in links
            log_in(
                write,
                user,
                credentials,
                session,
                InvalidOauthCode(),
                restores=restores,
                accept_language=request.accept_language,
            )
        else:
            record_log_in(write, user, credentials, session, InvalidOauthCode())
            link_google(write, user, identity.subject)
    return session


def _sign_up(identity: Identity, request: Request[Any, Any]) -> tuple[User, Session]:
    refusal = UsernameTaken()
    for username in usernames_for(identity.name, identity.email):
        user = _new_user(identity, username, request.accept_language)
        credentials = Credentials(
            user.user_id, created_at=user.created_at, last_login_at=user.created_at
        )
        try:
            with transaction() as write:
                add_account(write, user)
                session = add_session(write, user, request)
                credentials.devices = first_device(session)
                write.put(credentials, Credentials.is_new())
        except UsernameTaken as taken:
            refusal = taken
        else:
            return user, session
    raise refusal


def _new_user(identity: Identity, username: str, accept_language: str) -> User:
    moment = timestamp()
    return User(
        new_id(),
        username=username,
        name=_name(identity.name) or username,
        email=identity.email,
        status="active",
        google_subject=identity.subject,
        language=preferred(accept_language),
        created_at=moment,
        updated_at=moment,
    )


def _name(given: str) -> str:
    """The name, cleaned and cut to the allowed length; empty if it is too short or nothing is
    seen of it."""
    printable = "".join(letter for letter in given[:1000] if letter.isprintable())
    name = unicodedata.normalize("NFC", " ".join(printable.split()))[:_LONGEST_NAME].strip()
    return name if len(name) >= _SHORTEST_NAME and is_visible(name) else ""
