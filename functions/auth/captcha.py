"""Captchas, where a deployment has them: verify a client's token with the captcha provider.

Turnstile, hCaptcha and reCAPTCHA share one protocol: a form of `secret` and `response` is answered
by a JSON object whose `success` says whether the captcha was solved a moment ago and its token is
verified for the first time.
"""

from typing import Any

from shared import observability
from shared.config import config
from shared.errors import CaptchaFailed, DependencyUnavailable

# The provider's error codes for a wrong configuration on our side.
_OUR_ERRORS = ("missing-input-secret", "invalid-input-secret")


def require_captcha(token: str | None, *, is_needed: bool) -> None:
    """Raise `CaptchaFailed` unless `token` is that of a solved captcha, or
    `DependencyUnavailable` while the provider gives no verdict. Does nothing where the deployment
    requires no captcha, unless `is_needed`: the request was admitted for its captcha alone."""
    if not (config.captcha_required or is_needed):
        return
    if not token:
        raise CaptchaFailed
    verdict = _verdict(token)
    errors = verdict.get("error-codes")
    is_our_fault = isinstance(errors, list) and any(each in _OUR_ERRORS for each in errors)
    if is_our_fault or verdict.get("success") not in (True, False):
        observability.log("captcha", is_understood=False)
        raise DependencyUnavailable(retry_after="5")
    if not verdict["success"]:
        raise CaptchaFailed


def _verdict(token: str) -> dict[str, Any]:
    # Imported here because only deployments that require captchas need them.
    import requests

    from auth.third_party import TIMEOUT, read_within_bounds, secret_for

    try:
        with requests.post(
            config.captcha_url,
            data={"secret": secret_for("captcha", "secret"), "response": token},
            timeout=TIMEOUT,
            allow_redirects=False,
            stream=True,
            hooks={"response": read_within_bounds},
        ) as answer:
            verdict: dict[str, Any] = answer.json()
    except requests.RequestException as error:
        observability.log_failure("the captcha provider refused or did not answer")
        raise DependencyUnavailable(retry_after="5") from error
    return verdict
