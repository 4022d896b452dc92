"""The mails about strikes: what was removed, and what became of an appeal."""

from emails.public import TemplateName, send_mail
from moderation.strike_models import Strike
from moderation.strikes import APPEAL_DAYS
from users.public import find_user, recipient

_APPEALS: dict[str, TemplateName] = {"upheld": "appeal_upheld", "reversed": "appeal_reversed"}


def mail_owner(strike: Strike) -> None:
    """Mail the owner the state of their strike, once for each. A ban has mails of its own, and a
    pending appeal needs none."""
    template, cause, values = _mail_of(strike)
    if template is None:
        return
    user = find_user(strike.owner_id)
    if user is None or user.status == "deleted":
        return
    once = f"{cause}-{strike.strike_id}"
    send_mail(template, **recipient(user), once=once, **values)


def _mail_of(strike: Strike) -> tuple[TemplateName | None, str, dict[str, str]]:
    if strike.appeal_status:
        return _APPEALS.get(strike.appeal_status), "appeal", {"reason": strike.note or ""}
    if strike.target_type == "user":
        return None, "", {}
    about = {"kind": strike.target_type, "reason": strike.reason or ""}
    return "content_removed", "strike", {**about, "appeal_days": str(APPEAL_DAYS)}
