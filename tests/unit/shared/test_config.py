"""The environment, typed, and naming what is missing."""

import pytest

from shared.config import MissingSetting, config


@pytest.mark.parametrize(
    ("limit", "variable"),
    [
        ("MaxImageMB", "MAX_IMAGE_MB"),
        ("MaxMediaPerPost", "MAX_MEDIA_PER_POST"),
        ("WsFramesPerMinute", "WS_FRAMES_PER_MINUTE"),
        ("RateScale", "RATE_SCALE"),
    ],
)
def test_a_limit_is_read_by_its_parameters_name(
    settings: pytest.MonkeyPatch, limit: str, variable: str
) -> None:
    settings.setenv(variable, "17")
    assert config.limit(limit) == 17


def test_a_missing_setting_is_named(settings: pytest.MonkeyPatch) -> None:
    settings.delenv("STACK")
    with pytest.raises(MissingSetting, match="STACK is not set"):
        _ = config.stack


def test_a_missing_limit_is_named(settings: pytest.MonkeyPatch) -> None:
    settings.delenv("RATE_USER")
    with pytest.raises(MissingSetting, match="RATE_USER is not set"):
        config.limit("RateUser")


def test_names_follow_from_the_stack() -> None:
    assert config.topic_arn("posts") == "arn:aws:sns:us-east-1:000000000000:hoshi-posts"
    assert config.media_bucket == "hoshi-media-000000000000-us-east-1"


@pytest.mark.parametrize(("value", "required"), [("required", True), ("optional", False)])
def test_verification(settings: pytest.MonkeyPatch, value: str, required: bool) -> None:
    settings.setenv("EMAIL_VERIFICATION", value)
    assert config.verification_required is required


def test_s3_is_on_aws_unless_an_endpoint_is_set(settings: pytest.MonkeyPatch) -> None:
    assert config.s3_url == "https://s3.us-east-1.amazonaws.com"
    del config.s3_url
    settings.setenv("AWS_ENDPOINT_URL", "http://localhost:4566/")
    assert config.s3_url == "http://localhost:4566"
