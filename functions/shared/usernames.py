"""Which usernames are allowed (docs/api.md sections 1 and 7)."""

import re
from typing import Literal

from shared import ids

_USERNAME = re.compile(r"[A-Za-z0-9_]{3,30}")
_RESERVED = """
    about account admin administrator api auth blocked config counts docs everyone explore feed
    follow followers following health help here highlights hoshi login logout me messages moderator
    muted null official profile register root search security settings signup staff stories
    suggestions support system top undefined unfollow user users
"""
RESERVED_USERNAMES = frozenset(_RESERVED.split())


def username_problem(username: str) -> Literal["invalid", "reserved"] | None:
    """Why `username` is not allowed: `invalid` or `reserved`; None if it is allowed."""
    if not _USERNAME.fullmatch(username) or ids.is_id(username.upper()):
        return "invalid"
    return "reserved" if username.casefold() in RESERVED_USERNAMES else None
