"""The mails of auth. Codes are stored only as HMACs, so they go straight to the mail queue.

Their language is that of the request, or else of the account.
"""

from auth.challenges import RESET_TOKEN_LIFE, Purpose, code_life
from auth.models import Session
from emails.public import TemplateName, send_mail
from shared.config import config
from users.public import User, recipient

_TEMPLATES: dict[Purpose, TemplateName] = {
    "register": "verification_code",
    "two_factor": "login_code",
    "change_email": "email_change_code",
    "reauthenticate": "login_code",
}


def mail_code(
    purpose: Purpose,
    user: User | None,
    code: str,
    accept_language: str = "",
    to: str | None = None,
) -> None:
    """Mail a code to `user`, at the address `to` if it is given. Without a user (None) this takes
    as long and sends nothing."""
    mailed = recipient(user, accept_language)
    if user and to:
        mailed["to"] = to
    minutes = str(code_life(purpose) // 60)
    send_mail(_TEMPLATES[purpose], **mailed, code=code, minutes=minutes)


def mail_reset(user: User | None, code: str, token: str, accept_language: str = "") -> None:
    """Mail the code and the link of a reset to `user`; where no frontend is configured, the link's
    token alone. Without a user (None) this takes as long and sends nothing."""
    frontend = config.frontend_url
    send_mail(
        "password_reset" if frontend else "password_reset_without_link",
        **recipient(user, accept_language),
        code=code,
        minutes=str(code_life("reset") // 60),
        token=token,
        link=f"{frontend}/reset-password?token={token}",
        link_minutes=str(RESET_TOKEN_LIFE // 60),
    )


def mail_notice(user: User, accept_language: str = "") -> None:
    """Notify `user` at the current address that another one was requested."""
    send_mail("email_change_notice", **recipient(user, accept_language))


def mail_new_device(user: User, session: Session) -> None:
    """Mail `user` that a session begins on a device that the account did not know: in the language
    of the account, because the request may be another person's."""
    send_mail(
        "new_sign_in",
        **recipient(user),
        once=f"sign-in-{session.session_id}",
        device=session.device,
        ip=session.ip,
        time=session.created_at,
    )
