"""The table of exports."""

from pynamodb.attributes import UnicodeAttribute

from shared.dynamodb.tables import IntegerAttribute, Table, TableName


class Export(Table):
    """The latest export of a user's data (see `exports/exports.py`)."""

    class Meta:
        table_name = TableName("exports")

    user_id = UnicodeAttribute(hash_key=True)
    export_id = UnicodeAttribute()  # of this request; the next one gets another
    status = UnicodeAttribute(default="pending")  # pending | ready | failed
    requested_at = UnicodeAttribute()
    ready_at = UnicodeAttribute(null=True)
    object_key = UnicodeAttribute(null=True)  # of the archive, once the export is ready
    size = IntegerAttribute(null=True)  # bytes
    expires_at = IntegerAttribute()  # epoch seconds: the status is valid until then
