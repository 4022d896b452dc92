"""The tables of saved: collections, and which posts are in them."""

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection

from shared.dynamodb.tables import IntegerAttribute, Table, TableName

# The key of the collection that holds every saved post. It sorts behind all ULIDs, so a list that
# is read newest first begins with it.
DEFAULT = "default"


class Collection(Table):
    """A collection of saved posts, which only its owner sees.

    The default one is made by the first write that counts on it: that of a saved post, or of
    another collection.
    """

    class Meta:
        table_name = TableName("collections")

    user_id = UnicodeAttribute(hash_key=True)
    collection_id = UnicodeAttribute(range_key=True)  # a ULID, or DEFAULT
    name = UnicodeAttribute(null=True)  # None: the default one
    post_count = IntegerAttribute(default=0)  # changed in the transactions of its entries
    others = IntegerAttribute(null=True)  # in the default one: how many collections there are else
    updated_at = UnicodeAttribute(null=True)


class LastSaved(GlobalSecondaryIndex["SavedPost"]):
    """What is in a collection, by time of saving."""

    class Meta:
        index_name = "last_saved"
        projection = IncludeProjection(["author_id", "save_id"])

    user_id = UnicodeAttribute(hash_key=True)
    place = UnicodeAttribute(range_key=True)


class BySavedPost(GlobalSecondaryIndex["SavedPost"]):
    """Who saved a post (sparse: of each saving only the entry in the default collection)."""

    class Meta:
        index_name = "by_post"
        projection = KeysOnlyProjection()

    saved_post_id = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(range_key=True)


class SavedPost(Table):
    """That a post is in a collection.

    The entry in the default collection decides: without it the post is not saved. An entry in
    another collection counts while it carries that one's `save_id`; afterwards it is a leftover,
    which `leftovers` takes away.
    """

    class Meta:
        table_name = TableName("saved-posts")

    user_id = UnicodeAttribute(hash_key=True)
    entry = UnicodeAttribute(range_key=True)  # `<post_id>#<collection_id>`
    place = UnicodeAttribute()  # `<collection_id>#<ULID of when it came in>`
    save_id = UnicodeAttribute()  # which saving of the post this belongs to
    author_id = UnicodeAttribute()  # of the post, to read it in one batch
    saved_post_id = UnicodeAttribute(null=True)  # the post, in the default collection's entries
    last_saved = LastSaved()
    by_post = BySavedPost()

    @property
    def post_id(self) -> str:
        """The post."""
        return self.entry.partition("#")[0]

    @property
    def collection_id(self) -> str:
        """The key of the collection: a ULID, or DEFAULT."""
        return self.entry.partition("#")[2]

    @property
    def placed_by(self) -> str:
        """The ULID that tells when the post came into the collection."""
        return self.place.partition("#")[2]


def entry_of(post_id: str, collection_id: str) -> str:
    """The sort key of a post in a collection."""
    return f"{post_id}#{collection_id}"


def place_of(collection_id: str, ulid: str = "") -> str:
    """Where a post is in a collection by time; without a ULID what all its places begin with."""
    return f"{collection_id}#{ulid}"
