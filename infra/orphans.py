"""Remove the files of uploads that no longer exist.

python -m infra.orphans [--stack hoshi] [--endpoint http://localhost:4566]

The stream of uploads removes their files. If its records are lost, because no one processed its
dead letters within the day for which a stream keeps them, files stay to which nothing leads. (The
same holds on the laptop for uploads that expire: MiniStack's expiry writes no stream record.) This
lists the whole bucket and removes such files.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from itertools import batched

from infra.make_admin import configure

_AT_ONCE = 500  # uploads


def main() -> None:
    """Read the arguments and remove the files."""
    parser = argparse.ArgumentParser(prog="python -m infra.orphans", description=__doc__)
    parser.add_argument("--stack", default="hoshi", help="the deployment's name")
    parser.add_argument("--endpoint", help="of MiniStack or LocalStack")
    given = parser.parse_args()
    configure(given.stack, given.endpoint)
    import boto3

    sts = boto3.client("sts", region_name=os.environ["AWS_REGION"])
    os.environ["ACCOUNT_ID"] = sts.get_caller_identity()["Account"]
    sys.stdout.write(f"Removed the files of {remove_orphans()} uploads.\n")


def remove_orphans() -> int:
    """Remove the objects whose upload does not exist; return the number of uploads."""
    from media.models import Upload
    from media.s3_objects import remove_uploads
    from shared.dynamodb.tables import read_items

    removed = 0
    for some in batched(_uploads_in_bucket(), _AT_ONCE, strict=False):
        # The record is written before the first byte arrives, so what has none now never will.
        there = read_items([(Upload, upload_id) for upload_id, _ in some], consistent=True)
        gone = {upload_id: key for upload_id, key in some if (Upload, upload_id) not in there}
        remove_uploads(gone)
        removed += len(gone)
    return removed


def _uploads_in_bucket() -> Iterator[tuple[str, str]]:
    """The uploads that have objects, each with the key of one."""
    from shared.ids import is_id

    for prefix, at in (("media/", 1), ("uploads/", 3)):
        before = None
        for key in _keys(prefix):
            parts = key.split("/")
            # Keys come sorted: those of one upload in a row.
            if len(parts) > at and is_id(parts[at]) and parts[at] != before:
                before = parts[at]
                yield before, key


def _keys(prefix: str) -> Iterator[str]:
    from shared.aws.clients import client
    from shared.config import config

    pages = client("s3").get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=config.media_bucket, Prefix=prefix):
        yield from (each["Key"] for each in page.get("Contents", []))


if __name__ == "__main__":
    main()
