"""Whether a call may be made now: who may make it, and how often."""

from typing import Any

from shared.access import rate_limits
from shared.access.budgets import Budget
from shared.access.caller import Caller
from shared.access.sessions import is_session_alive
from shared.config import config
from shared.errors import (
    AccountBanned,
    AdminOnly,
    EmailNotVerified,
    HoshiError,
    RateLimited,
    ReauthenticationRequired,
    Unauthorized,
)
from shared.http.requests import Declaration


class Admission:
    """The checks of one call, in the order of the four methods before `headers`."""

    def __init__(self, declaration: Declaration, caller: Caller | None, ip: str) -> None:
        self._declaration = declaration
        self._caller = caller
        self._ip = ip
        self._allowances: list[rate_limits.Allowance] = []
        self._account_budget: Budget | None = None
        self._address_budget: Budget | None = None  # on which the call was counted
        self._refusal: RateLimited | None = None  # unless a captcha helps

    def check_identity(self) -> None:
        """Raise `Unauthorized` if the declaration needs a caller and there is none."""
        if self._declaration.auth != "none" and self._caller is None:
            raise Unauthorized

    def pass_first_gate(self) -> None:
        """Count the call on its caller or IP address; raise if the session has ended.

        Calls by signed links are neither counted nor limited: a player asks as often as it must.
        `GET /auth/verify-user` counts on a user but has no authorizer: its view calls the gate.
        """
        caller = self._caller
        if self._declaration.tier == "signed":
            return
        if self._declaration.tier == "user":
            if caller:
                self._admit(rate_limits.user_budget(caller.user_id), caller.session_id)
            return
        if caller and not is_session_alive(caller.user_id, caller.session_id):
            raise Unauthorized
        try:
            self._admit_address(self._ip_budget())
        except RateLimited as refusal:
            if not (self._declaration.takes_captcha and config.captcha_url):
                raise
            self._refusal = refusal

    def check_rights(self) -> None:
        """Raise unless the declared `auth` admits this caller.

        This comes after the gate, so that refused calls count and an ended session answers 401.
        """
        auth, caller = self._declaration.auth, self._caller
        if auth == "none" or caller is None or auth == "banned-ok":
            return
        if caller.scope == "banned":
            raise AccountBanned
        if auth != "unverified-ok" and caller.scope != "full":
            raise EmailNotVerified
        if auth == "admin":
            if caller.role != "admin":
                raise AdminOnly
            if not caller.is_fresh:
                raise ReauthenticationRequired

    def pass_account_gate(self, body: Any) -> bool:
        """Count a call about an account on that account, too. If the first budget of the address is
        used up, count it on the second one, which is for calls with a captcha; return whether it
        was: the captcha is not verified."""
        if self._refusal:
            if not body.captcha_token:
                self._refusal.takes_captcha = True
                raise self._refusal
            scope = f"{self._declaration.name}+captcha"
            self._admit_address(self._of_ip(scope, config.limits.rate_captcha, "captcha"))
        subject = self._account_subject(body)
        if subject:
            try:
                budget = self._sensitive(subject)
                self._admit(budget)
                self._account_budget = budget
            except RateLimited:
                if self._address_budget:
                    rate_limits.uncount(self._address_budget)  # refused calls do not count
                raise
        return self._refusal is not None

    def uncount_account(self) -> None:
        """Undo the count on the account: calls without a solved captcha may not use it up."""
        if self._account_budget:
            rate_limits.uncount(self._account_budget)

    def refusal_or(self, error: HoshiError) -> HoshiError:
        """What to answer to a request that is not valid: beyond a limit, that it is too many."""
        return self._refusal or error

    def headers(self) -> dict[str, str]:
        """The `X-RateLimit-*` headers of the budget with the fewest calls left."""
        if not self._allowances:
            return {}
        return min(self._allowances, key=lambda allowance: allowance.remaining).headers()

    def _admit(self, budget: Budget, session_id: str | None = None) -> None:
        self._allowances.append(rate_limits.admit(budget, session_id))

    def _account_subject(self, body: Any) -> str | None:
        if self._declaration.tier not in ("sensitive", "registration"):
            return None
        if self._caller:
            return f"user#{self._caller.user_id}"
        named = self._declaration.account and self._declaration.account(body)
        return f"account#{_account_key(named)}" if named else None

    def _admit_address(self, budget: Budget) -> None:
        self._admit(budget)
        self._address_budget = budget

    def _ip_budget(self) -> Budget:
        tier, name = self._declaration.tier, self._declaration.name
        match tier:
            case "sensitive":
                return self._sensitive(rate_limits.ip_subject(self._ip))
            case "registration":
                return self._of_ip(name, config.limits.rate_registration, tier)
            case "refresh":
                return self._of_ip(tier, config.limits.rate_refresh, tier)
        return rate_limits.public_budget(self._ip)

    def _of_ip(self, scope: str, rate: int, tier: str) -> Budget:
        subject = rate_limits.ip_subject(self._ip)
        return Budget(subject, scope, rate_limits.scaled(rate), tier=tier)

    def _sensitive(self, subject: str) -> Budget:
        limit = rate_limits.scaled(config.limits.rate_sensitive)
        return Budget(subject, self._declaration.name, limit, tier="sensitive")


def _account_key(account: str) -> str:
    """What `Budget.subject` says of an account name: a hash, so that the table holds no names."""
    import hashlib

    return hashlib.sha256(account.strip().casefold().encode()).hexdigest()[:32]
