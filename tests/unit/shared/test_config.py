"""The environment: typed, with errors that name a missing variable."""

import pytest

from shared.config import MissingSetting, config
from shared.limits import ALL_LIMITS, Limits, Number


@pytest.mark.parametrize("limit", [each for each in ALL_LIMITS if isinstance(each, Number)])
def test_a_limit_is_an_attribute_with_its_variables_value(
    settings: pytest.MonkeyPatch, limit: Number
) -> None:
    settings.setenv(limit.variable, "17")
    assert getattr(config.limits, limit.name) == 17


def test_a_limit_may_be_a_list(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("ALLOWED_VIDEO_TYPES", "mp4,webm")
    assert config.limits.allowed_video_types == ("mp4", "webm")


def test_a_limit_has_three_names() -> None:
    limit = Limits.max_image_mb
    names = (limit.name, limit.variable, limit.parameter)
    assert names == ("max_image_mb", "MAX_IMAGE_MB", "MaxImageMB")
    assert Limits.ws_max_sockets.parameter == "WsMaxSockets"


def test_a_missing_setting_is_named(settings: pytest.MonkeyPatch) -> None:
    settings.delenv("STACK")
    with pytest.raises(MissingSetting, match="STACK is not set"):
        _ = config.stack


def test_a_missing_limit_is_named(settings: pytest.MonkeyPatch) -> None:
    settings.delenv("RATE_USER")
    with pytest.raises(MissingSetting, match="RATE_USER is not set"):
        _ = config.limits.rate_user


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


@pytest.mark.parametrize(
    ("endpoint", "given", "expected"),
    [
        ("", "https://chat.execute-api.us-east-1.amazonaws.com/live", None),
        ("http://localhost:4566", "/_aws/execute-api/hoshi-chat/live", "http://localhost:4566{}"),
        ("http://172.17.0.2:4566/", "/", "http://172.17.0.2:4566{}"),
    ],
    ids=["AWS", "MiniStack", "a container of LocalStack"],
)
def test_frames_are_pushed_where_the_function_finds_aws(
    settings: pytest.MonkeyPatch, endpoint: str, given: str, expected: str | None
) -> None:
    settings.setenv("WEBSOCKET_PUSH_URL", given)
    if endpoint:
        settings.setenv("AWS_ENDPOINT_URL", endpoint)
    assert config.websocket_push_url == (expected or "{}").format(given)
