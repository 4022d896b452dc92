"""The objects of the media bucket that belong to an upload: their keys, and removing them."""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import chain

from media.models import StoredMedia, Upload
from media.renditions import Rendition
from shared.aws.clients import client
from shared.config import config
from shared.parallel import in_parallel

_AT_ONCE = 1000  # keys that one call may name


class ObjectsRemain(Exception):
    """S3 did not delete all that it was told to; try again."""


def object_key(upload: Upload, rendition: Rendition) -> str:
    """Where a file that was made of an upload is kept."""
    return f"media/{upload.upload_id}/{rendition.path.name}"


def keys_of(stored: StoredMedia) -> list[str]:
    """Every object that belongs to a processed upload, each once."""
    keys = [stored["original"], *stored["variants"].values(), *stored["variants_webp"].values()]
    keys += [key for key in (stored["thumbnail"], stored["preview"]) if key]
    return list(dict.fromkeys(keys))


def remove_uploads(gone: Mapping[str, str]) -> None:
    """Delete every object of uploads that are gone: their ids, and the key of the file as it came
    of each. What was made of them is looked for, because its maker may have died before it could
    say what that is."""
    made = in_parallel(*(partial(_made_of, upload_id) for upload_id in gone))
    remove_objects([*gone.values(), *chain.from_iterable(made)])


def _made_of(upload_id: str) -> list[str]:
    """The objects that were made of an upload, whatever its record says."""
    pages = client("s3").get_paginator("list_objects_v2")
    found = pages.paginate(Bucket=config.media_bucket, Prefix=f"media/{upload_id}/")
    return [each["Key"] for page in found for each in page.get("Contents", [])]


def remove_objects(keys: Sequence[str]) -> None:
    """Delete objects of the media bucket; absent ones are as good as deleted."""
    for start in range(0, len(keys), _AT_ONCE):
        answer = client("s3").delete_objects(
            Bucket=config.media_bucket,
            Delete={
                "Objects": [{"Key": key} for key in keys[start : start + _AT_ONCE]],
                "Quiet": True,
            },
        )
        if answer.get("Errors"):
            raise ObjectsRemain


def is_there(key: str) -> bool:
    """Whether the media bucket has an object of this key."""
    from botocore.exceptions import ClientError

    try:
        client("s3").head_object(Bucket=config.media_bucket, Key=key)
    except ClientError as error:
        # Who may not list a bucket is refused what is not in it.
        if error.response["Error"]["Code"] in ("403", "404"):
            return False
        raise
    return True
