"""The mails of auth. Codes are stored only as HMACs, so they go straight to the mail queue."""

from auth.challenges import RESET_TOKEN_LIFE, Purpose, code_life
from emails.public import TemplateName, send_mail
from shared.config import config
from users.public import User

_TEMPLATES: dict[Purpose, TemplateName] = {
    "register": "verification_code",
    "two_factor": "login_code",
    "change_email": "email_change_code",
}


def mail_code(purpose: Purpose, user: User | None, code: str, to: str | None = None) -> None:
    """Mail a code to `user`, at the address `to` if it is given. Without a user (None) this takes
    as long and sends nothing."""
    send_mail(
        _TEMPLATES[purpose],
        (to or user.email) if user else None,
        username=user.username if user else "",
        code=code,
        minutes=str(code_life(purpose) // 60),
    )


def mail_reset(user: User | None, code: str, token: str) -> None:
    """Mail the code and the link of a reset to `user`; where no frontend is configured, the link's
    token alone. Without a user (None) this takes as long and sends nothing."""
    frontend = config.frontend_url
    send_mail(
        "password_reset" if frontend else "password_reset_without_link",
        user.email if user else None,
        username=user.username if user else "",
        code=code,
        minutes=str(code_life("reset") // 60),
        token=token,
        link=f"{frontend}/reset-password?token={token}",
        link_minutes=str(RESET_TOKEN_LIFE // 60),
    )


def mail_notice(user: User) -> None:
    """Notify `user` at the current address that another one was requested."""
    send_mail("email_change_notice", user.email, username=user.username)
