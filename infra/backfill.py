"""Add what accounts and edges of an earlier version lack.

python -m infra.backfill [--stack hoshi] [--endpoint http://localhost:4566]

Stores accounts and edges in the current version (`infra.upgrade`), which gives active edges their
place in the lists and lists who subscribed to the newsletter; adds accounts to the search index,
and lets the tags of banned accounts stop counting. Run it once after deploying over a version that
had none of them; it reads both tables completely. Running it again changes nothing.
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
        f" {index_accounts()} accounts indexed, {sync_banned()} banned accounts synced.\n"
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


if __name__ == "__main__":
    main()
