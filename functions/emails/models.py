"""The table of emails: which mails are being sent or were sent, among the idempotency records."""

from pynamodb.attributes import UnicodeAttribute

from shared.dynamodb.tables import IntegerAttribute, Table, TableName


class Delivery(Table):
    """One mail that is being sent (until `busy_until`), or was sent (`sent_at`)."""

    class Meta:
        table_name = TableName("idempotency")

    id = UnicodeAttribute(hash_key=True)  # mail#<the job's id>
    busy_until = IntegerAttribute()  # epoch seconds
    sent_at = UnicodeAttribute(null=True)
    expires_at = IntegerAttribute()
