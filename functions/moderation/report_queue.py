"""The queue of reports: oldest first, by status and type of target, and how many wait.

Each status and type is one partition of the index. A page is merged from those that were asked for,
so it costs one small query for each, however many reports there are.
"""

from collections.abc import Sequence
from functools import partial

from moderation.report_models import Report, queue_of
from shared.aws.clients import client
from shared.dynamodb.tables import in_parallel, query, read_items

STATUSES = ("pending", "accepted", "rejected", "reversed")
TARGET_TYPES = ("post", "user", "comment", "story", "message")


def page_of(
    statuses: Sequence[str], target_types: Sequence[str], limit: int, after: str | None
) -> tuple[list[Report], str | None]:
    """The reports after the id `after`, oldest first, and the id to continue after: None at the
    end. A report that has just been resolved is left out of the queue that it was in."""
    queues = [queue_of(status, kind) for status in statuses for kind in target_types]
    pages = in_parallel(*(partial(_entries, queue, limit, after) for queue in queues))
    ids = sorted(each for page, _ in pages for each in page)
    is_more = len(ids) > limit or any(is_more for _, is_more in pages)
    shown = ids[:limit]
    found = read_items([(Report, each) for each in shown], consistent=True)
    reports = [report for each in shown if (report := found.get(Report, each))]
    listed = [report for report in reports if report.status in statuses]
    return listed, shown[-1] if is_more else None


def pending_counts() -> dict[str, int]:
    """How many reports wait, by the type of their target. One query reads 1 MB, so beyond some
    8,000 of a type the number is less than there are."""
    counts = in_parallel(*(partial(_count, queue_of("pending", kind)) for kind in TARGET_TYPES))
    return dict(zip(TARGET_TYPES, counts, strict=True))


def _entries(queue: str, limit: int, after: str | None) -> tuple[list[str], bool]:
    later = Report.report_id > after if after else None
    found, following = query(Report.by_queue, queue, later, limit=limit, newest_first=False)
    return [report.report_id for report in found], following is not None


def _count(queue: str) -> int:
    answer = client("dynamodb").query(
        TableName=Report.Meta.table_name,
        IndexName=Report.by_queue.Meta.index_name,
        KeyConditionExpression="queue = :queue",
        ExpressionAttributeValues={":queue": {"S": queue}},
        Select="COUNT",
    )
    return answer["Count"]
