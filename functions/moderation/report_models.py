"""The tables of reports: reports with what was reported, and which of them are open."""

from typing import Any, TypedDict

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from shared.dynamodb.tables import IntegerAttribute, JSONAttribute, Table, TableName


class StoredSnapshot(TypedDict):
    """What a reporter saw at the moment of the report; of an account, `text` is its bio."""

    author_id: str
    author_username: str
    author_name: str
    text: str
    media: list[dict[str, Any]]  # StoredMedia of media/models.py
    picture_key: str | None  # of the account's profile picture
    created_at: str


class ByQueue(GlobalSecondaryIndex["Report"]):
    """The reports of one status and type of target, by time."""

    class Meta:
        index_name = "by_queue"
        projection = KeysOnlyProjection()

    queue = UnicodeAttribute(hash_key=True)
    report_id = UnicodeAttribute(range_key=True)


class ByReporter(GlobalSecondaryIndex["Report"]):
    """The reports that a person made, by time."""

    class Meta:
        index_name = "by_reporter"
        projection = KeysOnlyProjection()

    reporter_id = UnicodeAttribute(hash_key=True)
    report_id = UnicodeAttribute(range_key=True)


class ByOwner(GlobalSecondaryIndex["Report"]):
    """The reports of a person and of what they published, by time."""

    class Meta:
        index_name = "by_owner"
        projection = KeysOnlyProjection()

    owner_id = UnicodeAttribute(hash_key=True)
    report_id = UnicodeAttribute(range_key=True)


class Report(Table):
    """One person's report of a post, a comment, a story, a message or an account."""

    class Meta:
        table_name = TableName("reports")

    report_id = UnicodeAttribute(hash_key=True)
    reporter_id = UnicodeAttribute(null=True)  # None: their account was erased
    target_type = UnicodeAttribute()  # post | user | comment | story | message
    target_id = UnicodeAttribute()
    owner_id = UnicodeAttribute()  # who published it, or the account itself
    # The other part of the target's key: the post of a comment, the conversation of a message.
    container_id = UnicodeAttribute(null=True)
    snapshot = JSONAttribute()  # StoredSnapshot
    reason = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    status = UnicodeAttribute(default="pending")  # pending | accepted | rejected | reversed
    queue = UnicodeAttribute()  # see `queue_of`; agrees with `status`
    resolved_by = UnicodeAttribute(null=True)  # the administrator
    resolved_at = UnicodeAttribute(null=True)
    note = UnicodeAttribute(null=True)
    expires_at = IntegerAttribute(null=True)  # epoch seconds; once it is decided
    created_at = UnicodeAttribute()
    by_queue = ByQueue()
    by_reporter = ByReporter()
    by_owner = ByOwner()


class OpenReport(Table):
    """Which pending report a person has of a target: at most one, because this is its key. It is
    deleted in the transaction that resolves the report."""

    class Meta:
        table_name = TableName("open-reports")

    target = UnicodeAttribute(hash_key=True)  # see `target_of`
    reporter_id = UnicodeAttribute(range_key=True)
    report_id = UnicodeAttribute()


def queue_of(status: str, target_type: str) -> str:
    """The partition of `Report.by_queue`."""
    return f"{status}#{target_type}"


def target_of(target_type: str, target_id: str) -> str:
    """The partition of `OpenReport`."""
    return f"{target_type}#{target_id}"
