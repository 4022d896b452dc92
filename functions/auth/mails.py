"""The mails of auth. Codes are not stored, so they go straight to the queue of mails."""

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
    """Send a code to the address of `user`, or to the one that they want; nobody (None) takes as
    long."""
    send_mail(
        _TEMPLATES[purpose],
        (to or user.email) if user else None,
        username=user.username if user else "",
        code=code,
        minutes=str(code_life(purpose) // 60),
    )


def mail_reset(user: User | None, code: str, token: str) -> None:
    """Send the code and the link of a reset to `user`; where no frontend is known, the link's token
    alone."""
    where = config.frontend_url
    send_mail(
        "password_reset" if where else "password_reset_without_link",
        user.email if user else None,
        username=user.username if user else "",
        code=code,
        minutes=str(code_life("reset") // 60),
        token=token,
        link=f"{where}/reset-password?token={token}",
        link_minutes=str(RESET_TOKEN_LIFE // 60),
    )


def mail_notice(user: User) -> None:
    """Tell `user` at the present address that another was asked for."""
    send_mail("email_change_notice", user.email, username=user.username)
