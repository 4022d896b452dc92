"""Holds: who keeps the files of an upload beyond its own life, as a report does with what it shows.

A deleted upload leaves its renditions while they are held; the end of the last hold removes them.
Whichever comes second finds what the other has written, so no order loses or keeps a file.
"""

from collections.abc import Iterable

from media.models import HeldUpload, Upload
from media.s3_objects import remove_objects, remove_renditions, remove_uploads
from shared.dynamodb.tables import Transaction, parallel_map, query, read_items, write_items


def hold(write: Transaction, upload_ids: Iterable[str], holder_id: str) -> None:
    """Keep the files of these uploads for the holder, in the holder's own transaction."""
    for upload_id in upload_ids:
        write.put(HeldUpload(upload_id, holder_id))


def release(upload_ids: Iterable[str], holder_id: str) -> None:
    """End what the holder keeps. The stream removes the files that nothing needs any more."""
    write_items(deletes=[HeldUpload(upload_id, holder_id) for upload_id in upload_ids])


def remove_files_of(deleted: Iterable[Upload]) -> None:
    """Remove the files of deleted uploads; of one that is held only the uploaded file, which no one
    is shown."""
    keys = {upload.upload_id: upload.object_key for upload in deleted}
    held = _held(keys)
    remove_objects([keys[each] for each in held])
    remove_uploads({each: key for each, key in keys.items() if each not in held})


def remove_released(released: Iterable[HeldUpload]) -> None:
    """Remove the renditions of uploads that are deleted and that nothing holds any more."""
    upload_ids = {each.upload_id for each in released}
    found = read_items([(Upload, each) for each in upload_ids], consistent=True)
    gone = upload_ids - {upload.upload_id for upload in found.of(Upload)}
    remove_renditions(gone - _held(gone))


def _held(upload_ids: Iterable[str]) -> set[str]:
    """Those of the uploads that somebody holds."""
    asked = list(upload_ids)
    answers = parallel_map(_is_held, asked)
    return {each for each, is_held in zip(asked, answers, strict=True) if is_held}


def _is_held(upload_id: str) -> bool:
    return bool(query(HeldUpload, upload_id, limit=1, consistent=True)[0])
