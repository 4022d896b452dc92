"""Registration: what signing up writes, and the mail that it sends."""

from datetime import date

from botocore.exceptions import BotoCoreError, ClientError

from auth.bodies import NewAccount
from auth.challenges import new_challenge
from auth.known_devices import Devices
from auth.mails import mail_code
from auth.models import Challenge, Credentials
from auth.passwords import hash_password
from shared import observability
from shared.clock import now, timestamp
from shared.config import config
from shared.dynamodb.tables import Transaction
from shared.ids import new_id
from shared.messaging.queues import SendFailed
from shared.translations import preferred
from users.public import User, add_account

_UNVERIFIED_LIFE = 24 * 3600  # seconds


def new_user(
    account: NewAccount,
    *,
    date_of_birth: date | None = None,
    gender: str = "undisclosed",
    newsletter: bool = False,
    accept_language: str = "",
) -> User:
    """An unverified user, not stored yet."""
    moment = timestamp()
    return User(
        new_id(),
        username=account.username,
        name=account.name,
        email=account.email,
        gender=gender,
        date_of_birth=date_of_birth and date_of_birth.isoformat(),
        newsletter=newsletter,
        language=preferred(accept_language),
        created_at=moment,
        updated_at=moment,
        expires_at=int(now()) + _UNVERIFIED_LIFE if config.verification_required else None,
    )


def add_registration(
    write: Transaction,
    user: User,
    password: str,
    *,
    two_factor: bool = False,
    devices: Devices | None = None,
) -> str:
    """Add everything that makes up a new account to `write`; return the code to mail. `devices` is
    the one that is logged in at once."""
    add_account(write, user)
    credentials = Credentials(
        user.user_id,
        password_hash=hash_password(password),
        two_factor_enabled=two_factor,
        created_at=user.created_at,
        expires_at=user.expires_at,
        devices=devices,
    )
    write.put(credentials, Credentials.is_new())
    challenge, code = new_challenge("register", user.user_id, user.user_id)
    write.put(challenge, Challenge.is_new())
    return code


def mail_first_code(user: User, code: str) -> None:
    """Mail the code of a registration. A failure is only logged: the account exists already, and
    its owner can ask for another code."""
    try:
        mail_code("register", user, code)
    except (BotoCoreError, ClientError, SendFailed):
        observability.log_failure("code not mailed", user_id=user.user_id)
