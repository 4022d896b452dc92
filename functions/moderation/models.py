"""The table of moderation: the audit log of what administrators did."""

from pynamodb.attributes import UnicodeAttribute

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
