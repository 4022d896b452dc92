"""Shape Report of docs/api.md."""

from collections.abc import Sequence
from typing import Annotated, Literal, TypedDict, cast

from media.public import MediaShape, StoredMedia, view
from moderation.report_models import Report, StoredSnapshot
from shared.aws.media_urls import sign_url
from shared.http.enums import one_of
from users.public import UserShape, find_users, user_shape

type TargetType = Literal["post", "user", "comment", "story", "message"]


class SnapshotShape(TypedDict):
    """Shape Snapshot: what the reporter saw; of an account, `text` is its bio."""

    author_id: str
    author_username: str
    author_name: str
    author_profile_url: str | None
    text: str
    media: list[MediaShape]
    created_at: str


class ReportShape(TypedDict):
    """Shape Report."""

    id: str
    report_id: str
    reporter: UserShape | None
    target_type: Annotated[str, one_of("post", "user", "comment", "story", "message")]
    target_id: str
    target: SnapshotShape
    reason: str
    description: str | None
    status: Annotated[str, one_of("pending", "accepted", "rejected", "reversed")]
    resolved_by: UserShape | None
    resolved_at: str | None
    note: str | None
    created_at: str


def report_shapes(reports: Sequence[Report]) -> list[ReportShape]:
    """The shapes Report of reports that were read; one more read for the people in them."""
    named = {each for report in reports for each in (report.reporter_id, report.resolved_by)}
    people = find_users(each for each in named if each)
    shapes = {user_id: user_shape(user) for user_id, user in people.items()}
    return [
        {
            "id": report.report_id,
            "report_id": report.report_id,
            "reporter": shapes.get(report.reporter_id or ""),
            "target_type": report.target_type,
            "target_id": report.target_id,
            "target": snapshot_shape(report.snapshot),
            "reason": report.reason,
            "description": report.description,
            "status": report.status,
            "resolved_by": shapes.get(report.resolved_by or ""),
            "resolved_at": report.resolved_at,
            "note": report.note,
            "created_at": report.created_at,
        }
        for report in reports
    ]


def snapshot_shape(stored: StoredSnapshot) -> SnapshotShape:
    """Shape Snapshot, with signed URLs."""
    picture = stored["picture_key"]
    return {
        "author_id": stored["author_id"],
        "author_username": stored["author_username"],
        "author_name": stored["author_name"],
        "author_profile_url": sign_url(picture) if picture else None,
        "text": stored["text"],
        "media": [view(cast(StoredMedia, each)) for each in stored["media"]],
        "created_at": stored["created_at"],
    }
