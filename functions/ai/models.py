"""The table of descriptions of pictures, so that the model is asked only once for each."""

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from shared.dynamodb.tables import IntegerAttribute, Table, TableName


class AltText(Table):
    """A model's description of a user's picture."""

    class Meta:
        table_name = TableName("alt-texts")

    owner_id = UnicodeAttribute(hash_key=True)
    upload_id = UnicodeAttribute(range_key=True)
    text = UnicodeAttribute()
    # Whether it becomes the picture's text: the owner left that empty and allowed suggestions.
    fills = BooleanAttribute()
    created_at = UnicodeAttribute()
    expires_at = IntegerAttribute()  # epoch seconds
