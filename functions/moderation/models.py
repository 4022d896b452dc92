"""The table of the audit log: what administrators did. The table of verification requests is in
`verification_models`."""

from pynamodb.attributes import UnicodeAttribute

from moderation.verification_models import Verification as Verification
from shared.dynamodb.tables import JSONAttribute, Table, TableName


class AuditEntry(Table):
    """One act of an administrator. Entries are only ever added."""

    class Meta:
        table_name = TableName("audit-log")

    month = UnicodeAttribute(hash_key=True)  # YYYY-MM
    entry_id = UnicodeAttribute(range_key=True)
    admin_id = UnicodeAttribute()
    action = UnicodeAttribute()  # ban_user, unban_user …
    target_type = UnicodeAttribute()  # user …
    target_id = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    details = JSONAttribute()
    created_at = UnicodeAttribute()
