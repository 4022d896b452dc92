"""Whether a caller may make a call now: who may at all, and how often."""

from typing import Any

from shared.access import rate_limits
from shared.access.budgets import Budget
from shared.access.caller import Caller
from shared.access.sessions import is_session_alive
from shared.config import config
from shared.errors import AdminOnly, EmailNotVerified, RateLimited, Unauthorized
from shared.http.requests import Declaration


class Admission:
    """One call's way through identity and gates, in the order of its four methods."""

    def __init__(self, declaration: Declaration, caller: Caller | None, ip: str) -> None:
        self._declaration = declaration
        self._caller = caller
        self._ip = ip
        self._allowances: list[rate_limits.Allowance] = []

    def check_identity(self) -> None:
        """Raise unless there is a caller where one is needed."""
        if self._declaration.auth != "none" and self._caller is None:
            raise Unauthorized

    def pass_first_gate(self) -> None:
        """The caller's hour, or the address's; and in any case: is the session alive? What a
        signed link admits to is neither counted nor limited: a player asks as often as it must.
        Where a user's hour counts but no authorizer says whose, the view passes this gate itself
        (`GET /auth/verify-user`)."""
        caller = self._caller
        if self._declaration.tier == "signed":
            return
        if self._declaration.tier == "user":
            if caller:
                self._admit(rate_limits.user_gate(caller.user_id), caller.session_id)
            return
        if caller and not is_session_alive(caller.user_id, caller.session_id):
            raise Unauthorized
        self._admit(self._address())

    def check_rights(self) -> None:
        """Raise unless the declared `auth` lets this caller in. Behind the gate, so that trying it
        counts, and a session that is over is told so."""
        auth, caller = self._declaration.auth, self._caller
        if auth == "none" or caller is None:
            return
        if auth != "unverified-ok" and caller.scope != "full":
            raise EmailNotVerified
        if auth == "admin" and caller.role != "admin":
            raise AdminOnly

    def pass_account_gate(self, body: Any) -> None:
        """A sensitive call also counts on the account that it is about."""
        if self._declaration.tier != "sensitive":
            return
        subject = f"user#{self._caller.user_id}" if self._caller else None
        if subject is None and self._declaration.account:
            named = self._declaration.account(body)
            subject = f"account#{_fingerprint(named)}" if named else None
        if subject is None:
            return
        try:
            self._admit(self._sensitive(subject))
        except RateLimited:
            rate_limits.give_back(self._address())  # a refused call counts nowhere
            raise

    def headers(self) -> dict[str, str]:
        """The `X-RateLimit-*` headers of the tightest budget."""
        if not self._allowances:
            return {}
        return min(self._allowances, key=lambda allowance: allowance.remaining).headers()

    def _admit(self, budget: Budget, session_id: str | None = None) -> None:
        self._allowances.append(rate_limits.admit(budget, session_id))

    def _address(self) -> Budget:
        if self._declaration.tier == "sensitive":
            return self._sensitive(rate_limits.ip_subject(self._ip))
        return rate_limits.public_budget(self._ip)

    def _sensitive(self, subject: str) -> Budget:
        limit = rate_limits.scaled(config.limits.rate_sensitive)
        return Budget(subject, self._declaration.name, limit)


def _fingerprint(account: str) -> str:
    """A named account as a key that does not tell it."""
    import hashlib

    return hashlib.sha256(account.strip().casefold().encode()).hexdigest()[:32]
