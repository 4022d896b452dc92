"""The mails of auth. Codes are not stored, so they go straight to the queue of mails."""

from auth.challenges import CODE_LIFE, Purpose
from emails.public import TemplateName, send_mail
from users.public import User

_TEMPLATES: dict[Purpose, TemplateName] = {
    "register": "verification_code",
    "two_factor": "login_code",
}


def mail_code(purpose: Purpose, user: User | None, code: str) -> None:
    """Send a code to the address of `user`; nobody (None) takes as long."""
    send_mail(
        _TEMPLATES[purpose],
        user.email if user else None,
        username=user.username if user else "",
        code=code,
        minutes=str(CODE_LIFE // 60),
    )
