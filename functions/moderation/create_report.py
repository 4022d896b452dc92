"""POST /reports: report a post, a comment, a story, a message or an account."""

from collections.abc import Mapping
from typing import Annotated, Any, TypedDict

from media.public import hold
from moderation.report_models import OpenReport, Report, queue_of, target_of
from moderation.report_shapes import TargetType
from moderation.snapshots import uploads_in
from moderation.targets import find_target
from shared.access.quotas import one_call
from shared.clock import timestamp
from shared.config import config
from shared.dynamodb.tables import transaction
from shared.http.endpoint import endpoint
from shared.http.fields import Body, Ulid, text
from shared.http.idempotency import AlreadyMade, claim
from shared.http.requests import Answer, Request
from shared.ids import new_id

app = endpoint("moderation")


class NewReport(Body):
    """What is reported, and why."""

    target_type: TargetType
    target_id: Ulid
    reason: Annotated[str, text(1, 100)]
    description: Annotated[str, text(0, 1000)] | None = None


class Reported(TypedDict):
    """The report that is pending."""

    message: str
    report_id: str
    status: str


class AlreadyOpen(Exception):
    """The caller has a pending report of this target."""

    def __init__(self, report_id: str) -> None:
        super().__init__("the report is pending")
        self.report_id = report_id


@app.serve(
    "POST /reports", body=NewReport, status=201, other_status=200, idempotent=True, answer=Reported
)
def create_report(request: Request[NewReport]) -> Answer:
    """Report what the caller may see; a second report of the same is the first, while it is
    pending. Only new reports count on the quota."""
    quota = one_call(request.caller.user_id, "reports", config.limits.reports_per_day, Exception)
    try:
        with quota as left:
            report = _create(request)
            return Answer(_answer(report.report_id), headers=left.headers())
    except AlreadyMade as earlier:
        return Answer(_answer(earlier.made_id))
    except AlreadyOpen as earlier:
        return Answer(_answer(earlier.report_id), status=200)


def _create(request: Request[NewReport]) -> Report:
    report = _draft(request)
    open_report = OpenReport(
        target_of(report.target_type, report.target_id),
        report.reporter_id,
        report_id=report.report_id,
    )
    with transaction() as write:
        claim(write, request, report.report_id)
        write.put(report, Report.is_new())
        write.put(open_report, OpenReport.is_new(), _already_open)
        hold(write, uploads_in(report.snapshot), report.report_id)
    return report


def _draft(request: Request[NewReport]) -> Report:
    body, caller = request.body, request.caller
    target = find_target(caller, body.target_type, body.target_id)
    return Report(
        new_id(),
        reporter_id=caller.user_id,
        target_type=body.target_type,
        target_id=body.target_id,
        owner_id=target.owner_id,
        container_id=target.container_id,
        snapshot=target.snapshot,
        reason=body.reason,
        description=body.description or None,
        queue=queue_of("pending", body.target_type),
        created_at=timestamp(),
    )


def _already_open(found: Mapping[str, Any]) -> AlreadyOpen:
    return AlreadyOpen(found["report_id"]["S"])


def _answer(report_id: str) -> Reported:
    return {"message": "Reported", "report_id": report_id, "status": "pending"}
