"""user.erased: delete the reports of the account and of what it published, its strikes and appeals,
take its name off the reports that it made, and delete its verification request, whose picture the
stream removes."""

from moderation.report_models import OpenReport, Report, target_of
from moderation.strike_models import Strike
from moderation.verification_models import Verification
from shared.dynamodb.tables import ConditionFailed, parallel_map, query, read_items, write_items
from shared.lifecycle.erasure import erasure
from shared.lifecycle.item_pages import delete_page
from shared.messaging.chains import Place

app = erasure("moderation")

_PAGE = 50  # reports; a snapshot may have 20 KB


@app.step
def erase_reports_of(user_id: str) -> Place:
    """Delete a page of the reports of the account, with their snapshots."""
    found, following = query(Report.by_owner, user_id, limit=_PAGE)
    reports = list(read_items((Report, each.report_id) for each in found).of(Report))
    write_items(deletes=[*reports, *map(_open, (each for each in reports if each.reporter_id))])
    return following


@app.step
def leave_reports_by(user_id: str) -> Place:
    """Remove the reporter and their words from a page of the reports that the account made, which
    are still to be decided."""
    found, following = query(Report.by_reporter, user_id, limit=_PAGE)
    reports = list(read_items((Report, each.report_id) for each in found).of(Report))
    parallel_map(_without_reporter, reports)
    write_items(deletes=[_open(each) for each in reports if each.reporter_id])
    return following


@app.step
def erase_strikes(user_id: str) -> Place:
    """Delete a page of its strikes, with their snapshots and appeals."""
    return delete_page(Strike.by_owner, user_id)


@app.step
def erase_verification(user_id: str) -> Place:
    """Delete its verification request."""
    write_items(deletes=[Verification(user_id)])
    return None


def _without_reporter(report: Report) -> None:
    try:
        Report(report.report_id).change(
            Report.reporter_id.remove(), Report.description.remove(), condition=Report.is_there()
        )
    except ConditionFailed:  # it was deleted with its owner
        return


def _open(report: Report) -> OpenReport:
    return OpenReport(target_of(report.target_type, report.target_id), report.reporter_id)
