"""The accounts that usernames name, to be read by `read_items` together with other things."""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.clock import now
from shared.dynamodb.tables import Key
from users.claims import username_claim
from users.models import Claim


def name_keys(usernames: Iterable[str]) -> list[Key]:
    """What `named_ids` needs."""
    return [(Claim, username_claim(username)) for username in usernames]


def named_ids(found: Mapping[Key, Any], usernames: Iterable[str]) -> list[str]:
    """The ids of the accounts with these usernames (in any case), in their order; names that
    nobody has are left out."""
    claims = (found.get(key) for key in name_keys(usernames))
    return [claim.user_id for claim in claims if claim and not _is_over(claim)]


def _is_over(claim: Claim) -> bool:
    return bool(claim.expires_at) and claim.expires_at <= now()
