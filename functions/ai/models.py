"""The table of ai: descriptions of pictures, so that a model is asked once for each."""

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from shared.dynamodb.tables import IntegerAttribute, Table, TableName


class AltText(Table):
    """What a model says is on somebody's picture."""

    class Meta:
        table_name = TableName("alt-texts")

    owner_id = UnicodeAttribute(hash_key=True)
    upload_id = UnicodeAttribute(range_key=True)
    text = UnicodeAttribute()
    # Whether it goes to the picture by itself: its owner left the text empty, and allowed it.
    fills = BooleanAttribute()
    created_at = UnicodeAttribute()
    expires_at = IntegerAttribute()  # epoch seconds
