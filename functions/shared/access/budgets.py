"""Budgets: what calls count on, and how a log line names them."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from shared.access import signing_keys


@dataclass(frozen=True, slots=True)
class Budget:
    """A limit of calls by `subject` (`user#<id>`, `ip#<address>`, `account#<hash>`) in `scope`.

    `admit` counts them by the hour.
    """

    subject: str
    scope: str
    limit: int

    def log_fields(self) -> dict[str, Any]:
        """The budget as a log line may show it: IP addresses and account names as fingerprints.

        A subject keeps its fingerprint until the signing keys rotate.
        """
        kind, _, named = self.subject.partition("#")
        shown = {"user_id": named} if kind == "user" else {"fingerprint": _fingerprint(named)}
        return {"subject": kind, **shown, "scope": self.scope, "limit": self.limit}


def _fingerprint(subject: str) -> str | None:
    """A keyed hash, because IPv4 addresses are few enough to be guessed; None without the key."""
    try:
        return signing_keys.sign("cursors", "log", subject.encode())[1].hex()[:16]
    except (BotoCoreError, ClientError):
        return None  # the refusal is answered and logged all the same
