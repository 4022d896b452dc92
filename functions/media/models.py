"""The table of uploads, and the part of an upload that posts and messages store."""

from typing import NotRequired, TypedDict

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

from shared.dynamodb.tables import IntegerAttribute, JSONAttribute, Table, TableName


class UploadError(TypedDict):
    """Why an upload failed, or cannot be shown in a post."""

    code: str
    error: str


class StoredMedia(TypedDict):
    """What a post or message stores of an upload: object keys, no URLs. `media.public.view` turns
    it into the shape Media of docs/api.md, with signed URLs."""

    upload_id: str
    type: str  # image | video
    status: str  # processing | ready | failed
    original: str  # object key; while processing: the file as uploaded
    variants: dict[str, str]  # "1080" … or "720p" … -> object key
    variants_webp: dict[str, str]
    thumbnail: str | None  # object key
    preview: str | None  # object key
    width: int | None
    height: int | None
    duration: float | None  # seconds
    blurhash: str | None
    alt_text: str | None
    error: NotRequired[UploadError]  # if it failed
    hls: NotRequired[bool]  # whether it has HLS playlists; absent in older uploads
    # Only in posts: author | model, who last wrote or emptied `alt_text` there. Absent while it is
    # as the upload had it; only then may a model fill in a missing text.
    alt_text_by: NotRequired[str]


class ByOwner(GlobalSecondaryIndex["Upload"]):
    """A user's uploads."""

    class Meta:
        index_name = "by_owner"
        projection = AllProjection()

    owner_id = UnicodeAttribute(hash_key=True)
    upload_id = UnicodeAttribute(range_key=True)


class ByDeadline(GlobalSecondaryIndex["Upload"]):
    """The uploads whose file posts wait for, by the time when they fail without it (sparse: others
    have no `awaited_until`; those that wait are in the partition `pending`)."""

    class Meta:
        index_name = "by_deadline"
        projection = KeysOnlyProjection()

    status = UnicodeAttribute(hash_key=True)
    awaited_until = IntegerAttribute(range_key=True)


class HeldUpload(Table):
    """`holder_id` keeps the files of the upload, also when the upload itself is deleted."""

    class Meta:
        table_name = TableName("held-uploads")

    upload_id = UnicodeAttribute(hash_key=True)
    holder_id = UnicodeAttribute(range_key=True)


class Upload(Table):
    """One uploaded file, from its form to the end of its processing."""

    class Meta:
        table_name = TableName("uploads")

    upload_id = UnicodeAttribute(hash_key=True)
    owner_id = UnicodeAttribute()
    kind = UnicodeAttribute()  # image | video
    purpose = UnicodeAttribute(default="post")
    status = UnicodeAttribute(default="pending")  # pending | processing | ready | failed
    content_type = UnicodeAttribute()
    size = IntegerAttribute(null=True)  # bytes
    object_key = UnicodeAttribute()  # uploads/<kind>/<owner>/<upload_id>
    progress = IntegerAttribute(default=0)  # 0–100
    attempts = IntegerAttribute(default=0)  # how often processing began
    # The S3 event (its `sequencer`) that processes the upload. It stays if the attempt was killed;
    # an attempt that ends by itself and will be repeated removes it.
    worker = UnicodeAttribute(null=True)
    media = JSONAttribute(null=True)  # StoredMedia once ready
    hls = JSONAttribute(null=True)  # of a video: {rung name: hls.Rung}
    error_code = UnicodeAttribute(null=True)
    error = UnicodeAttribute(null=True)
    alt_text = UnicodeAttribute(null=True)
    is_described = BooleanAttribute(null=True)  # true if a model wrote `alt_text`, not the owner
    post_id = UnicodeAttribute(null=True)  # the first of those that showed it
    post_ids = UnicodeSetAttribute(null=True)  # all posts, stories and messages that show it
    avatar_of = UnicodeAttribute(null=True)  # the account whose profile picture it is
    group_of = UnicodeAttribute(null=True)  # the conversation whose picture it is
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    expires_at = IntegerAttribute(null=True)  # epoch seconds; absent once something uses it
    # Epoch seconds: an upload that was attached before its file came fails then. Absent otherwise.
    awaited_until = IntegerAttribute(null=True)
    by_owner = ByOwner()
    by_deadline = ByDeadline()
