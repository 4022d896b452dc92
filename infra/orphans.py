"""Remove the files of uploads that are not there any more.

python -m infra.orphans [--stack hoshi] [--endpoint http://localhost:4566]

The stream of uploads removes files behind them. Should its records be lost, because nobody took up
its dead letters within the day that a stream keeps them, files stay that nothing leads to. (So they
do on the laptop behind uploads that expire: MiniStack's expiry tells no stream.) This lists the
bucket wholly, and removes them.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from itertools import batched

from infra.make_admin import configure

_AT_ONCE = 500  # uploads


def main() -> None:
    """Read the arguments and do it."""
    parser = argparse.ArgumentParser(prog="python -m infra.orphans", description=__doc__)
    parser.add_argument("--stack", default="hoshi", help="the deployment's name")
    parser.add_argument("--endpoint", help="of MiniStack or LocalStack")
    given = parser.parse_args()
    configure(given.stack, given.endpoint)
    import boto3

    sts = boto3.client("sts", region_name=os.environ["AWS_REGION"])
    os.environ["ACCOUNT_ID"] = sts.get_caller_identity()["Account"]
    sys.stdout.write(f"The files of {remove_orphans()} uploads removed.\n")


def remove_orphans() -> int:
    """Remove the objects whose upload is not there; returns of how many uploads they were."""
    from media.models import Upload
    from media.s3_objects import remove_uploads
    from shared.dynamodb.tables import read_items

    removed = 0
    for some in batched(_uploads_in_bucket(), _AT_ONCE, strict=False):
        # The record is made before the first byte comes, so what has none now has none for good.
        there = read_items([(Upload, upload_id) for upload_id, _ in some], consistent=True)
        gone = {upload_id: key for upload_id, key in some if (Upload, upload_id) not in there}
        remove_uploads(gone)
        removed += len(gone)
    return removed


def _uploads_in_bucket() -> Iterator[tuple[str, str]]:
    """The uploads that have objects, each with one of them."""
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
