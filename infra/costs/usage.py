"""The usage model: what one monthly user does in a month, and the fixed resources.

All numbers are assumptions: change one here, and `make costs` computes the page again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from infra import templates

SESSIONS = 60  # of a monthly user in a month: four on each of 15 days
SESSION_MINUTES = 5.0
FOLLOWERS = 150  # of an author: the timelines that a post is fanned out to

# Calls of one monthly user in a month. Endpoints that are not listed are too rare to matter.
CALLS: dict[str, float] = {
    # Sessions. The gateway caches the check of a token for five minutes.
    "auth/authorizer": 1.5 * SESSIONS,
    "auth/login_user": 1,
    "auth/refresh_tokens": 15,
    "auth/register_user": 0.05,
    "auth/verify_otp": 0.05,
    "auth/ws_authorizer": SESSIONS,
    "chat/ws_connect": SESSIONS,
    "chat/ws_disconnect": SESSIONS,
    "chat/ws_ping": SESSIONS,  # one in five minutes keeps a socket open
    "chat/ws_sync": SESSIONS,
    "web/get_config": 4,
    # Reading.
    "feeds/get_home_feed": 3 * SESSIONS,
    "feeds/get_explore_feed": 40,
    "feeds/get_reels_feed": 60,
    "feeds/get_trending_feed": 5,
    "stories/get_story_feed": SESSIONS,
    "stories/get_story": 240,
    "posts/get_post": 40,
    "posts/list_comments": 60,
    "posts/list_replies": 10,
    "posts/list_likers": 5,
    "posts/list_user_posts": 40,
    "posts/list_user_reels": 10,
    "profiles/get_profile": 50,
    "profiles/list_followers": 4,
    "profiles/list_following": 4,
    "users/search_users": 20,
    "hashtags/list_tag_posts": 5,
    "hashtags/search_hashtags": 5,
    "hashtags/list_trending": 5,
    "saved/list_collections": 2,
    "saved/get_collection": 3,
    "notifications/count_unread": SESSIONS,
    "notifications/list_notifications": 30,
    "notifications/mark_all_read": 20,
    # Writing.
    "posts/like_post": 60,
    "posts/unlike_post": 3,
    "posts/like_comment": 8,
    "posts/create_comment": 8,
    "posts/share_post": 1,
    "saved/save_post": 4,
    "users/follow_user": 5,
    "users/unfollow_user": 1,
    "profiles/update_profile": 0.3,
    "media/create_upload": 5.4,
    "media/get_upload": 3,
    "media/on_image_uploaded": 5,
    "media/on_video_uploaded": 0.4,
    "posts/create_post": 2,
    "stories/create_story": 3,
    "stories/like_story": 20,
    # Chat.
    "chat/create_conversation": 1,
    "chat/list_conversations": SESSIONS,
    "chat/list_messages": 20,
    "chat/ws_join_room": 40,
    "chat/ws_send_message": 60,
    "chat/ws_typing": 60,
    "chat/mark_conversation_read": 60,
}

PHOTO_MB, REEL_SECONDS = 2.6, 30  # a stored photograph, all sizes; the length of a typical reel
# Of `tests/bench/media.py`: 720p, 480p and 360p of its first clip, in the length of a reel. Beside
# them those of the plain ffmpeg commands.
REEL_RUNGS_MB, PLAIN_REEL_RUNGS_MB = (6.0, 3.2, 2.3), (7.3, 4.6, 3.5)
REEL_PROCESSOR_SECONDS, PLAIN_REEL_PROCESSOR_SECONDS = 53.0, 74.0
REEL_MB = sum(REEL_RUNGS_MB)  # a stored reel, all sizes
PICTURES_SEEN, VIDEOS_SEEN = 30, 4  # files that a session loads
PICTURE_MB, VIDEO_MB = 0.12, 2.5
ANSWER_MB = 0.0088  # of an HTTP answer, compressed: the mean of these calls (`make bench`, answers)
TABLES_GB = 0.001  # of one user after a year, including indexes
STORED_MONTHS = 12  # of uploads
LOG_MONTHS = 1


@dataclass(frozen=True)
class Size:
    """The size of a network."""

    users: int  # monthly
    cold: float  # the share of cold starts


SIZES = {
    "1 k": Size(1_000, 0.20),
    "1 M": Size(1_000_000, 0.01),
    "100 M": Size(100_000_000, 0.001),
}
COLD_GB_SECONDS = 0.5 * 0.6  # 512 MB for a start of 600 ms


def usage_without_calls(cold: float, invocations: float, requests: float) -> dict[str, float]:
    """The billed quantities of one user in a month, other than those of the calls themselves."""
    uploads, reels = CALLS["media/on_image_uploaded"], CALLS["media/on_video_uploaded"]
    files = PICTURES_SEEN + VIDEOS_SEEN
    megabytes = PICTURES_SEEN * PICTURE_MB + VIDEOS_SEEN * VIDEO_MB
    return {
        "socket_minutes": SESSIONS * SESSION_MINUTES,
        "object_writes": uploads + reels,  # the files themselves, by upload forms
        "object_reads": SESSIONS * files,
        "object_gb": STORED_MONTHS * (uploads * PHOTO_MB + reels * REEL_MB) / 1000,
        "traffic_gb": (SESSIONS * megabytes + requests * ANSWER_MB) / 1000,
        "table_gb": TABLES_GB,
        "backup_gb": TABLES_GB,
        "gb_seconds": cold * invocations * COLD_GB_SECONDS,
    }


def fixed_costs() -> dict[str, float]:
    """The billed quantities of a month without any user, from the templates."""
    hours = 730
    queues = sum(len(templates.sources(each, "SQS")) for each in templates.functions().values())
    tables = templates.resources(templates.FOUNDATION, "AWS::DynamoDB::Table")
    return {
        # Lambda polls a queue with five connections, for 20 s each.
        "queue_requests": queues * 5 * 3 * 60 * hours,
        # DynamoDB requests a table's key at most once in five minutes.
        "key_requests": len(tables) * 12 * hours,
        "keys": _number(templates.FOUNDATION, "AWS::KMS::Key"),
        "secrets": _number(templates.FOUNDATION, "AWS::SecretsManager::Secret"),
        "alarms": _number(templates.OBSERVABILITY, "AWS::CloudWatch::Alarm"),
        "dashboards": _number(templates.OBSERVABILITY, "AWS::CloudWatch::Dashboard"),
        "metrics": _number(templates.OBSERVABILITY, "AWS::Logs::MetricFilter"),
    }


def call_counts(costs: Mapping[str, object]) -> Iterator[tuple[str, float]]:
    """The calls of the model, for those endpoints that have a cost."""
    for name, number in CALLS.items():
        if name in costs:
            yield name, number


def _number(file: str, kind: str) -> float:
    return len(templates.resources(file, kind))
