"""Add what accounts and edges of an earlier version lack.

python -m infra.backfill [--stack hoshi] [--endpoint http://localhost:4566]

Stores accounts and edges in the current version (`infra.upgrade`), which gives active edges their
place in the lists and lists who subscribed to the newsletter; adds accounts to the search index,
lets the tags of banned accounts stop counting, and stores the tags of posts as they are read and
folded now. Run it once after deploying over a version that had none of them; it reads the tables of
accounts, edges and posts completely. Running it again changes nothing.
"""

import argparse
import sys

from infra.make_admin import configure
from infra.upgrade import upgrade


def main() -> None:
    """Read the arguments and run the backfill."""
    parser = argparse.ArgumentParser(prog="python -m infra.backfill", description=__doc__)
    parser.add_argument("--stack", default="hoshi", help="the deployment's name")
    parser.add_argument("--endpoint", help="of MiniStack or LocalStack")
    given = parser.parse_args()
    configure(given.stack, given.endpoint)
    sys.stdout.write(
        f"{upgrade(['relationships'])} edges and {upgrade(['users'])} accounts upgraded,"
        f" {index_accounts()} accounts indexed, {sync_banned()} banned accounts"
        f" and {sync_tags()} posts with tags synced.\n"
    )


def index_accounts() -> int:
    """Sync the search index and the lists of administrators with every account; return how many
    there are."""
    from users import account_list, search_index
    from users.models import User

    accounts = 0
    for each in User.scan(attributes_to_get=["user_id"]):
        search_index.refresh(each.user_id)
        account_list.refresh(each.user_id)
        accounts += 1
    return accounts


def sync_banned() -> int:
    """Sync the tags of every account that is listed as banned; return how many there are."""
    from hashtags.tag_sync import sync_author
    from users.models import AccountEntry

    accounts = 0
    for each in AccountEntry.query("status#banned"):
        while sync_author(each.user_id):
            pass
        accounts += 1
    return accounts


def sync_tags() -> int:
    """Sync the stored tags of every post that may have some; return how many there are. A tag that
    was folded otherwise before moves to the place where it is looked for now."""
    from hashtags.tag_sync import sync_post
    from posts.models import Post
    from shared.hashtags import SIGNS

    plain, *others = (Post.caption.contains(sign) for sign in SIGNS)
    may_have_tags = plain
    for other in others:
        may_have_tags |= other
    posts = 0
    for each in Post.scan(may_have_tags, attributes_to_get=["post_id"]):
        sync_post(each.post_id)
        posts += 1
    return posts


if __name__ == "__main__":
    main()
