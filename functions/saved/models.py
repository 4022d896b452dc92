"""The tables of saved: collections, and the posts in them."""

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection

from shared.dynamodb.tables import IntegerAttribute, Table, TableName

# The key of the collection that holds every saved post. It sorts after all ULIDs, so a list that is
# read newest first begins with it.
DEFAULT = "default"


class Collection(Table):
    """A collection of saved posts, which only its owner sees.

    The default one is created by the first write that changes a count of it: when a post is saved,
    or another collection is created.
    """

    class Meta:
        table_name = TableName("collections")

    user_id = UnicodeAttribute(hash_key=True)
    collection_id = UnicodeAttribute(range_key=True)  # a ULID, or DEFAULT
    name = UnicodeAttribute(null=True)  # None: the default one
    post_count = IntegerAttribute(default=0)  # changed in the transactions of its entries
    others = IntegerAttribute(null=True)  # in the default one: the number of other collections
    updated_at = UnicodeAttribute(null=True)


class LastSaved(GlobalSecondaryIndex["SavedPost"]):
    """The posts of a collection, by the time at which they were saved in it."""

    class Meta:
        index_name = "last_saved"
        projection = IncludeProjection(["author_id", "save_id"])

    user_id = UnicodeAttribute(hash_key=True)
    place = UnicodeAttribute(range_key=True)


class BySavedPost(GlobalSecondaryIndex["SavedPost"]):
    """The users who saved a post (sparse: only the entries in default collections)."""

    class Meta:
        index_name = "by_post"
        projection = KeysOnlyProjection()

    saved_post_id = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(range_key=True)


class SavedPost(Table):
    """A post in a collection.

    The entry in the default collection decides: without it, the post is not saved. An entry in
    another collection counts as long as it has the same `save_id` as that one; afterwards it is
    stale, and `collection_cleanup` deletes it.
    """

    class Meta:
        table_name = TableName("saved-posts")

    user_id = UnicodeAttribute(hash_key=True)
    entry = UnicodeAttribute(range_key=True)  # `<post_id>#<collection_id>`
    place = UnicodeAttribute()  # `<collection_id>#<ULID of the moment when it was added>`
    save_id = UnicodeAttribute()  # the save that this entry belongs to
    author_id = UnicodeAttribute()  # of the post, so that it can be read in one batch
    saved_post_id = UnicodeAttribute(null=True)  # the post, in the default collection's entries
    last_saved = LastSaved()
    by_post = BySavedPost()

    @property
    def post_id(self) -> str:
        """The id of the post."""
        return self.entry.partition("#")[0]

    @property
    def collection_id(self) -> str:
        """The key of the collection: a ULID, or DEFAULT."""
        return self.entry.partition("#")[2]

    @property
    def placed_by(self) -> str:
        """The ULID of the moment when the post was added to the collection."""
        return self.place.partition("#")[2]


def entry_of(post_id: str, collection_id: str) -> str:
    """The sort key of a post in a collection."""
    return f"{post_id}#{collection_id}"


def place_of(collection_id: str, ulid: str = "") -> str:
    """The position of a post in a collection; without a ULID, the prefix of all positions in it."""
    return f"{collection_id}#{ulid}"
