"""The limits that a deployment may change (docs/api.md section 7), in one list.

An attribute of `Limits` gives a limit all its names: `max_image_mb` is the parameter `MaxImageMB`
of template.yaml and the environment variable `MAX_IMAGE_MB`. `GET /config` and the OpenAPI document
follow from the list; a test compares template.yaml and docs/api.md with it.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Self, overload


class Limit[Value](ABC):
    """One limit; on an instance of `Limits`, its value in that deployment."""

    name: str  # max_image_mb
    variable: str  # MAX_IMAGE_MB
    parameter: str  # MaxImageMB

    def __init__(self, default: Value, sentence: str, *, is_public: bool = True) -> None:
        self.default = default
        self.sentence = sentence
        self.is_public = is_public  # reported to clients by `GET /config`

    def __set_name__(self, owner: type, name: str) -> None:
        self.name, self.variable = name, name.upper()
        words = (word.upper() if word == "mb" else word.capitalize() for word in name.split("_"))
        self.parameter = "".join(words)

    @overload
    def __get__(self, limits: None, owner: type) -> Self: ...
    @overload
    def __get__(self, limits: "Limits", owner: type) -> Value: ...
    def __get__(self, limits: "Limits | None", owner: type) -> Self | Value:
        return self if limits is None else self.parse(limits.read_variable(self.variable))

    @abstractmethod
    def parse(self, text: str) -> Value:
        """The value of an environment variable."""


class Number(Limit[int]):
    """A whole number with a unit."""

    def __init__(self, default: int, unit: str, sentence: str, *, is_public: bool = True) -> None:
        super().__init__(default, sentence, is_public=is_public)
        self.unit = unit

    def parse(self, text: str) -> int:
        return int(text)


class Choices(Limit[tuple[str, ...]]):
    """Some of the values that Hoshi supports, separated by commas."""

    def parse(self, text: str) -> tuple[str, ...]:
        return tuple(text.split(","))


class Limits:
    """The limits of one deployment, read from its environment on each use (1 µs)."""

    def __init__(self, read_variable: Callable[[str], str]) -> None:
        self.read_variable = read_variable

    max_media_per_post = Number(10, "items", "Maximum number of pictures and videos in a post.")
    max_hashtags = Number(30, "hashtags", "Maximum number of different hashtags in a post.")
    max_mentions = Number(20, "people", "Maximum number of different people mentioned in a text.")
    max_image_mb = Number(20, "MB", "Maximum size of an image file (1 MB is 1,000,000 bytes).")
    max_video_mb = Number(250, "MB", "Maximum size of a video file (1 MB is 1,000,000 bytes).")
    max_image_pixels = Number(50_000_000, "pixels", "Maximum width times height of an image.")
    max_video_seconds = Number(900, "seconds", "Maximum length of a video, rounded.")
    max_reel_seconds = Number(90, "seconds", "Maximum length of a reel, rounded.")
    max_story_seconds = Number(
        60, "seconds", "Maximum length of a video in a story or a message, rounded."
    )
    max_group_size = Number(250, "people", "Maximum number of members of a group conversation.")
    unsend_window_seconds = Number(
        0, "seconds", "How long a message can be unsent after it was sent; 0 is without an end."
    )
    max_collections = Number(
        200, "collections", "Maximum number of collections of saved posts, besides the default one."
    )
    max_highlights = Number(100, "highlights", "Maximum number of highlights of an account.")
    max_private_list = Number(
        1000, "people", "Maximum length of the lists close friends, muted and hide-story, each."
    )
    rate_sensitive = Number(
        10, "calls an hour", "Calls to one sensitive endpoint by an IP address or for an account."
    )
    rate_registration = Number(
        100, "calls an hour", "Calls to one endpoint of signing up by an IP address."
    )
    rate_captcha = Number(
        1000,
        "calls an hour",
        "Calls with a solved captcha to one endpoint that takes one by an IP address, beyond the "
        "first ones.",
    )
    rate_refresh = Number(3000, "calls an hour", "Token refreshes by an IP address.")
    rate_user = Number(1000, "calls an hour", "Calls by a user to all endpoints of this tier.")
    rate_public = Number(
        100, "calls an hour", "Calls by an IP address to all endpoints of this tier."
    )
    rate_scale = Number(1, "", "The factor by which every rate is multiplied.")
    ws_frames_per_minute = Number(120, "frames a minute", "WebSocket frames from a user.")
    ws_max_sockets = Number(10, "sockets", "Maximum number of open WebSockets of a user.")
    access_token_hours = Number(24, "hours", "Lifetime of an access token.")
    refresh_token_days = Number(30, "days", "Lifetime of a refresh token.")
    media_url_seconds = Number(3600, "seconds", "Minimum lifetime of a signed media URL.")
    allowed_image_types = Choices(
        ("jpeg", "png", "webp", "gif", "heic", "heif", "avif"), "Accepted subtypes of `image/`."
    )
    allowed_video_types = Choices(
        ("mp4", "quicktime", "webm", "x-matroska"), "Accepted subtypes of `video/`."
    )
    ai_calls_per_day = Number(
        50, "calls a day", "Captions that a user has suggested, and summaries by a model, each."
    )
    reports_per_day = Number(50, "reports a day", "Reports that a user may make.")
    password_cost = Number(12, "doublings", "Cost of a bcrypt hash.", is_public=False)
    celebrity_threshold = Number(
        10_000,
        "followers",
        "Posts of an author with more are read by followers instead of fanned out to them.",
        is_public=False,
    )

    def to_public(self) -> dict[str, int | list[str]]:
        """The values that `GET /config` reports, by the names of their parameters."""
        found = {each.parameter: getattr(self, each.name) for each in ALL_LIMITS if each.is_public}
        return {name: list(v) if isinstance(v, tuple) else v for name, v in found.items()}


ALL_LIMITS: tuple[Limit[Any], ...] = tuple(
    each for each in vars(Limits).values() if isinstance(each, Limit)
)
