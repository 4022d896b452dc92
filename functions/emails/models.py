"""The tables of emails: newsletters, addresses that get no mails, and which mails are being sent or
were sent, among the idempotency records."""

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from shared.dynamodb.tables import IntegerAttribute, JSONAttribute, Table, TableName


class Delivery(Table):
    """One mail, or page of a newsletter, that is being sent (a mail until `busy_until`), or was
    sent (`sent_at`)."""

    class Meta:
        table_name = TableName("idempotency")

    id = UnicodeAttribute(hash_key=True)  # mail#<the job's id>, newsletter-page#…
    busy_until = IntegerAttribute()  # epoch seconds
    sent_at = UnicodeAttribute(null=True)
    recipients = JSONAttribute(null=True)  # of a page that is being sent: the ids of accounts
    expires_at = IntegerAttribute()


class Newsletter(Table):
    """A newsletter, and how far it was sent; see `emails/newsletters.py`."""

    class Meta:
        table_name = TableName("newsletters")

    newsletter_id = UnicodeAttribute(hash_key=True)
    admin_id = UnicodeAttribute()  # who sends it
    subject = UnicodeAttribute()
    body = UnicodeAttribute()  # Markdown
    test_only = BooleanAttribute(default=False)  # to `admin_id` alone
    created_at = UnicodeAttribute()
    listed_to = UnicodeAttribute(null=True)  # the last subscriber whose page has begun
    is_listed = BooleanAttribute(default=False)  # the last page has begun
    pages_begun = IntegerAttribute(default=0)
    pages_done = IntegerAttribute(default=0)
    recipient_count = IntegerAttribute(default=0)  # on the pages that have begun
    sent_count = IntegerAttribute(default=0)  # like the next two, on the pages that are done
    skipped_count = IntegerAttribute(default=0)
    refused_count = IntegerAttribute(default=0)


class ByUser(GlobalSecondaryIndex["Suppression"]):
    """What is known of the addresses of an account, to export and to erase it."""

    class Meta:
        index_name = "by_user"
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True)
    address_hash = UnicodeAttribute(range_key=True)


class Suppression(Table):
    """Whether mails reach an address; see `emails/suppressions.py`."""

    class Meta:
        table_name = TableName("suppressions")

    address_hash = UnicodeAttribute(hash_key=True)  # SHA-256 of the address in lower case
    user_id = UnicodeAttribute(null=True)  # whose address it was
    suppressed_at = UnicodeAttribute(null=True)  # absent: mails are sent
    reason = UnicodeAttribute(null=True)  # bounce | complaint
    lifted_at = UnicodeAttribute(null=True)  # when its owner last used a mailed code or link
    expires_at = IntegerAttribute()  # epoch seconds
    by_user = ByUser()
