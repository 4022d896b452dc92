"""The objects of an upload in the media bucket: their keys and their removal."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from media.models import StoredMedia, Upload
from media.renditions import Rendition
from shared.aws.clients import client
from shared.config import config
from shared.parallel import parallel_map

_BATCH = 1000  # keys that one call may name


class ObjectsRemain(Exception):
    """S3 did not delete all the objects; try again."""


def object_key(upload: Upload, rendition: Rendition) -> str:
    """The key of a rendition of an upload."""
    return f"media/{upload.upload_id}/{rendition.path.name}"


def keys_of(stored: StoredMedia) -> list[str]:
    """The keys of all objects of a processed upload, each once."""
    keys = [stored["original"], *stored["variants"].values(), *stored["variants_webp"].values()]
    keys += [key for key in (stored["thumbnail"], stored["preview"]) if key]
    return list(dict.fromkeys(keys))


def remove_uploads(deleted: Mapping[str, str]) -> None:
    """Delete all objects of deleted uploads. `deleted`: upload id -> key of the uploaded file.

    Renditions are listed in the bucket, because an attempt that was killed has recorded none.
    """
    remove_objects(list(deleted.values()))
    remove_renditions(deleted)


def remove_renditions(upload_ids: Iterable[str]) -> None:
    """Delete all renditions of these uploads."""
    remove_objects(list(chain.from_iterable(parallel_map(_list_renditions, upload_ids))))


def _list_renditions(upload_id: str) -> list[str]:
    """The keys of an upload's renditions, whatever its record says."""
    pages = client("s3").get_paginator("list_objects_v2")
    found = pages.paginate(Bucket=config.media_bucket, Prefix=f"media/{upload_id}/")
    return [each["Key"] for page in found for each in page.get("Contents", [])]


def remove_objects(keys: Sequence[str]) -> None:
    """Delete objects of the media bucket; keys that do not exist are ignored."""
    for start in range(0, len(keys), _BATCH):
        answer = client("s3").delete_objects(
            Bucket=config.media_bucket,
            Delete={
                "Objects": [{"Key": key} for key in keys[start : start + _BATCH]],
                "Quiet": True,
            },
        )
        if answer.get("Errors"):
            raise ObjectsRemain


def exists(key: str) -> bool:
    """Whether the media bucket has an object with this key."""
    from botocore.exceptions import ClientError

    try:
        client("s3").head_object(Bucket=config.media_bucket, Key=key)
    except ClientError as error:
        # S3 answers 403 for an absent key if the caller may not list the bucket.
        if error.response["Error"]["Code"] in ("403", "404"):
            return False
        raise
    return True
