"""The table of the audit log: what administrators did. The tables of reports are in
`report_models`, that of strikes in `strike_models`, that of verification requests in
`verification_models`."""

from pynamodb.attributes import UnicodeAttribute

from moderation.report_models import OpenReport as OpenReport
from moderation.report_models import Report as Report
from moderation.strike_models import Strike as Strike
from moderation.verification_models import Verification as Verification
from shared.dynamodb.tables import JSONAttribute, Table, TableName


class AuditEntry(Table):
    """One act of an administrator. Entries are only ever added."""

    class Meta:
        table_name = TableName("audit-log")

    # YYYY-MM, or another list (`audit.py`); each entry is in four
    list_name = UnicodeAttribute(hash_key=True, attr_name="month")
    entry_id = UnicodeAttribute(range_key=True)
    admin_id = UnicodeAttribute()
    action = UnicodeAttribute()  # ban_user, remove_post …
    target_type = UnicodeAttribute()  # user, post …
    target_id = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    details = JSONAttribute()
    created_at = UnicodeAttribute()
