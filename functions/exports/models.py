"""The table of exports."""

from pynamodb.attributes import UnicodeAttribute

from shared.dynamodb.tables import IntegerAttribute, Table, TableName


class Export(Table):
    """The export of their data that a user asked for last (see `exports/exports.py`)."""

    class Meta:
        table_name = TableName("exports")

    user_id = UnicodeAttribute(hash_key=True)
    export_id = UnicodeAttribute()  # which of them this is
    status = UnicodeAttribute(default="pending")  # pending | ready | failed
    requested_at = UnicodeAttribute()
    ready_at = UnicodeAttribute(null=True)
    object_key = UnicodeAttribute(null=True)  # of the archive, once it is ready
    size = IntegerAttribute(null=True)  # bytes
    expires_at = IntegerAttribute()  # epoch seconds: when its status holds no longer
