"""The table of strikes: what administrators decided against an account, and its appeal."""

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from shared.dynamodb.tables import IntegerAttribute, JSONAttribute, Table, TableName


class StrikesByOwner(GlobalSecondaryIndex["Strike"]):
    """The strikes of an account, by time."""

    class Meta:
        index_name = "by_owner"
        projection = KeysOnlyProjection()

    owner_id = UnicodeAttribute(hash_key=True)
    strike_id = UnicodeAttribute(range_key=True)


class ByAppeal(GlobalSecondaryIndex["Strike"]):
    """The strikes that were appealed, by the state of the appeal and its time (sparse)."""

    class Meta:
        index_name = "by_appeal"
        projection = KeysOnlyProjection()

    appeal_status = UnicodeAttribute(hash_key=True)
    appealed_at = UnicodeAttribute(range_key=True)


class Strike(Table):
    """A removal or a ban by an administrator, and the one appeal that its owner may make. An appeal
    has the id of its strike, so there is at most one by construction."""

    class Meta:
        table_name = TableName("strikes")

    strike_id = UnicodeAttribute(hash_key=True)
    owner_id = UnicodeAttribute()  # the account that it is against
    target_type = UnicodeAttribute()  # post | user | comment | story | message
    target_id = UnicodeAttribute()
    # The other part of the target's key: the post of a comment, the conversation of a message.
    container_id = UnicodeAttribute(null=True)
    snapshot = JSONAttribute(null=True)  # StoredSnapshot of what was removed
    reason = UnicodeAttribute(null=True)  # as the administrator gave it; its owner reads it
    action = UnicodeAttribute()  # of the decision's entry in the audit log
    decision_id = UnicodeAttribute()  # that entry's id
    report_ids = JSONAttribute(default=list)  # the reports that the decision accepted
    created_at = UnicodeAttribute()
    expires_at = IntegerAttribute()  # epoch seconds
    # Once it is appealed.
    appeal_status = UnicodeAttribute(null=True)  # pending | upheld | reversed
    appeal_text = UnicodeAttribute(null=True)
    appealed_at = UnicodeAttribute(null=True)
    # Once that is decided.
    resolved_by = UnicodeAttribute(null=True)  # the administrator
    resolved_at = UnicodeAttribute(null=True)
    note = UnicodeAttribute(null=True)  # the owner reads it
    by_owner = StrikesByOwner()
    by_appeal = ByAppeal()
