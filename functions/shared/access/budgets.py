"""Budgets: what calls count on, and how a log line names them."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError


@dataclass(frozen=True, slots=True)
class Budget:
    """A limit of calls by `subject` (`user#<id>`, `ip#<address>`, `account#<hash>`) in `scope`.

    `rate_limits.admit` counts budgets of an hour. Those of another period are counted where they
    are made: frames in `chat.websocket`, mailed codes in `auth.challenges`.
    """

    subject: str
    scope: str
    limit: int  # calls per `seconds`
    seconds: int = 3600
    tier: str | None = None  # by which clients know it, if that is not the scope

    def details(self) -> dict[str, Any]:
        """The budget as its client may see it: tier, whose calls it counts, and how many."""
        kind = self.subject.partition("#")[0]
        tier = self.tier or self.scope
        return {"tier": tier, "subject": kind, "limit": self.limit, "per_seconds": self.seconds}

    def log_fields(self) -> dict[str, Any]:
        """The budget as a log line may show it: IP addresses and account names as fingerprints.

        A subject keeps its fingerprint until the signing keys rotate. Compare fingerprints within
        one scope only: another may name the same account in another way.
        """
        kind, _, named = self.subject.partition("#")
        shown = {"user_id": named} if kind == "user" else {"fingerprint": _fingerprint(named)}
        rate = {"limit": self.limit, "per_seconds": self.seconds}
        return {"subject": kind, **shown, "scope": self.scope, **rate}


def _fingerprint(subject: str) -> str | None:
    """A keyed hash, because IPv4 addresses are few enough to be guessed; None without the key."""
    from shared.access import signing_keys  # few calls are refused

    try:
        return signing_keys.sign("cursors", "log", subject.encode())[1].hex()[:16]
    except (BotoCoreError, ClientError):
        return None  # the refusal is answered and logged all the same
