"""The settings of a deployment: typed, with an error that names a missing variable.

Only this module reads them from the environment.
"""

import os
from functools import cached_property
from urllib.parse import urljoin

from shared.limits import Limits


class MissingSetting(RuntimeError):
    """An environment variable that `template.yaml` must set is missing."""

    is_safe_to_log = True


def _text(name: str) -> str:
    try:
        return os.environ[name]
    except KeyError:
        raise MissingSetting(f"the environment variable {name} is not set") from None


class Config:
    """Settings of this deployment; each is read once, when it is first used, but the limits are
    read on each use."""

    @cached_property
    def stack(self) -> str:
        """The prefix of every physical name."""
        return _text("STACK")

    @cached_property
    def stage(self) -> str:
        """`local`, `localstack`, `staging` or `production`: shown to clients, never branched on."""
        return _text("STAGE")

    @cached_property
    def version(self) -> str:
        """The version that was deployed (parameter Version of template.yaml)."""
        return _text("VERSION")

    @cached_property
    def region(self) -> str:
        """The AWS region (set by Lambda)."""
        return _text("AWS_REGION")

    @cached_property
    def account(self) -> str:
        """The AWS account's 12 digits."""
        return _text("ACCOUNT_ID")

    @cached_property
    def partition(self) -> str:
        """`aws`, `aws-cn` or `aws-us-gov`."""
        return _text("PARTITION")

    @cached_property
    def function(self) -> str:
        """The physical name of the running Lambda (set by Lambda)."""
        return _text("AWS_LAMBDA_FUNCTION_NAME")

    @cached_property
    def log_name(self) -> str:
        """The service in this process's log lines: its Lambda, or `hoshi` outside of one."""
        return os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "hoshi")

    @cached_property
    def is_traced(self) -> bool:
        """Whether X-Ray traces this deployment."""
        return os.environ.get("POWERTOOLS_TRACE_DISABLED", "").lower() not in {"1", "true"}

    @cached_property
    def allowed_origin(self) -> str:
        """The origin that browsers may call from."""
        return _text("ALLOWED_ORIGIN")

    @cached_property
    def frontend_url(self) -> str:
        """The URL where people use Hoshi, without a slash at its end; empty if not configured."""
        return _text("FRONTEND_URL").rstrip("/")

    @cached_property
    def public_url(self) -> str:
        """The URL of the API for clients, without a slash at its end."""
        return _text("PUBLIC_URL").rstrip("/")

    @cached_property
    def google_client_id(self) -> str:
        """Hoshi's client id at Google; empty if sign-in by Google is off."""
        return _text("GOOGLE_CLIENT_ID")

    @cached_property
    def google_authorize_url(self) -> str:
        """The URL where Google asks people to sign in."""
        return _text("GOOGLE_AUTHORIZE_URL")

    @cached_property
    def google_token_url(self) -> str:
        """The URL where Google exchanges a code for tokens."""
        return _text("GOOGLE_TOKEN_URL")

    @cached_property
    def google_issuer(self) -> str:
        """The issuer in Google's ID tokens."""
        return _text("GOOGLE_ISSUER")

    @cached_property
    def captcha_url(self) -> str:
        """The URL that verifies captchas; empty if there are none."""
        return _text("CAPTCHA_URL")

    @cached_property
    def captcha_required(self) -> bool:
        """Whether every sign-up and log-in needs a captcha, not only those beyond a limit."""
        return bool(self.captcha_url) and _text("CAPTCHA_WHEN") == "always"

    @cached_property
    def ai_model(self) -> str:
        """The model of Amazon Bedrock behind the assistant; empty if it is off."""
        return _text("AI_MODEL")

    @cached_property
    def websocket_url(self) -> str:
        """The URL where clients open their WebSockets."""
        return _text("WEBSOCKET_URL")

    @cached_property
    def websocket_push_url(self) -> str:
        """The URL for pushing frames to connected sockets (`@connections`); a path is one of
        `AWS_ENDPOINT_URL`."""
        return urljoin(os.environ.get("AWS_ENDPOINT_URL", ""), _text("WEBSOCKET_PUSH_URL"))

    @cached_property
    def verification_required(self) -> bool:
        """Whether accounts can act only after their e-mail address is verified."""
        return _text("EMAIL_VERIFICATION") == "required"

    @cached_property
    def mail_sender(self) -> str:
        """The sender of mails."""
        return _text("MAIL_SENDER")

    @cached_property
    def brand_name(self) -> str:
        """The network's name in mails."""
        return _text("BRAND_NAME")

    @cached_property
    def brand_color(self) -> str:
        """The colour of the buttons in mails, `#rrggbb`."""
        return _text("BRAND_COLOR")

    @cached_property
    def media_bucket(self) -> str:
        """The private bucket of uploads and their variants."""
        return f"{self.stack}-media-{self.account}-{self.region}"

    @cached_property
    def s3_url(self) -> str:
        """The URL of S3: on AWS, or from `AWS_ENDPOINT_URL`.

        (An S3 client knows it too, but creating one costs a cold start 50 ms.)
        """
        endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
        suffix = "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"
        return (endpoint or f"https://s3.{self.region}.{suffix}").rstrip("/")

    @cached_property
    def limits(self) -> Limits:
        """The limits of this deployment: `config.limits.max_image_mb`."""
        return Limits(_text)

    def topic_arn(self, topic: str) -> str:
        """The ARN of `<stack>-<topic>`."""
        return f"arn:{self.partition}:sns:{self.region}:{self.account}:{self.stack}-{topic}"


config = Config()
