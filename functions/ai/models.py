"""The tables of descriptions and summaries, so that each is made only once."""

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


class Summary(Table):
    """The summary of a post's caption. Who may see the post is decided when it is read."""

    class Meta:
        table_name = TableName("summaries")

    author_id = UnicodeAttribute(hash_key=True)
    post_id = UnicodeAttribute(range_key=True)
    version = UnicodeAttribute()  # of the caption and of what summarized it
    text = UnicodeAttribute()
    created_at = UnicodeAttribute()
    expires_at = IntegerAttribute()  # epoch seconds
