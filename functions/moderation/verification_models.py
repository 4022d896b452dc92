"""The table of verification requests: one item per person, their latest request."""

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

from shared.dynamodb.tables import IntegerAttribute, Table, TableName


class ByStatus(GlobalSecondaryIndex["Verification"]):
    """Requests by status and time (an id begins with its time)."""

    class Meta:
        index_name = "by_status"
        projection = AllProjection()

    status = UnicodeAttribute(hash_key=True)
    request_id = UnicodeAttribute(range_key=True)


class ByRequest(GlobalSecondaryIndex["Verification"]):
    """Whose request an id names."""

    class Meta:
        index_name = "by_request"
        projection = KeysOnlyProjection()

    request_id = UnicodeAttribute(hash_key=True)


class Verification(Table):
    """A person's latest request for the badge. Its decision removes what proves who they are."""

    class Meta:
        table_name = TableName("verifications")

    user_id = UnicodeAttribute(hash_key=True)
    request_id = UnicodeAttribute()
    status = UnicodeAttribute(default="pending")  # pending | approved | rejected
    reason = UnicodeAttribute()  # why the person asks
    # While it is pending; see identity_papers.py.
    sealed_card = UnicodeAttribute(null=True)  # the card number, encrypted, base64
    card_ending = UnicodeAttribute(null=True)  # what its owner is shown of the card number
    picture_key = UnicodeAttribute(null=True)  # of the face picture, in the media bucket
    expires_at = IntegerAttribute(null=True)  # epoch seconds; a decided request does not expire
    # Once it is decided.
    rejection_reason = UnicodeAttribute(null=True)
    resolved_at = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute()
    by_status = ByStatus()
    by_request = ByRequest()
