"""Captchas, where a deployment asks for them: what a client solved is shown to whoever set it.

Turnstile, hCaptcha and reCAPTCHA agree on how: a form of `secret` and `response` is answered by a
JSON object whose `success` says whether this was solved a moment ago, and is shown for the first
time.
"""

from typing import Any

from shared import observability
from shared.config import config
from shared.errors import CaptchaFailed, DependencyUnavailable

# What is said when it is we who are wrong.
_OURS = ("missing-input-secret", "invalid-input-secret")


def require_captcha(token: str | None) -> None:
    """Raise `CaptchaFailed` unless `token` is of a solved captcha. Where none is asked for,
    everybody passes; while nobody can tell, everybody waits (`DependencyUnavailable`)."""
    if not config.captcha_url:
        return
    if not token:
        raise CaptchaFailed
    verdict = _verdict(token)
    problems = verdict.get("error-codes")
    is_our_fault = isinstance(problems, list) and any(each in _OURS for each in problems)
    if is_our_fault or verdict.get("success") not in (True, False):
        observability.log("captcha", is_understood=False)
        raise DependencyUnavailable(retry_after="5")
    if not verdict["success"]:
        raise CaptchaFailed


def _verdict(token: str) -> dict[str, Any]:
    # Only deployments that ask for captchas pay for loading these.
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
        observability.log_failure("the captcha's service refused or did not answer")
        raise DependencyUnavailable(retry_after="5") from error
    return verdict
