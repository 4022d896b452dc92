"""Add what accounts and edges of an earlier version lack.

python -m infra.backfill [--stack hoshi] [--endpoint http://localhost:4566]

Gives active edges their place in the lists (`listed`), adds accounts to the search index, lists who
subscribed to the newsletter, lets the tags of banned accounts stop counting, and stores the tags of
posts as they are read and folded now. Run it once after deploying over a version that had none of
them; it reads the tables of accounts, edges and posts completely. Running it again changes nothing.
"""

import argparse
import sys

from infra.make_admin import configure


def main() -> None:
    """Read the arguments and run the backfill."""
    parser = argparse.ArgumentParser(prog="python -m infra.backfill", description=__doc__)
    parser.add_argument("--stack", default="hoshi", help="the deployment's name")
    parser.add_argument("--endpoint", help="of MiniStack or LocalStack")
    given = parser.parse_args()
    configure(given.stack, given.endpoint)
    sys.stdout.write(
        f"{list_edges()} edges listed, {index_accounts()} accounts indexed,"
        f" {list_subscribers()} subscribers listed, {sync_banned()} banned accounts synced,"
        f" {sync_tags()} posts with tags synced.\n"
    )


def list_edges() -> int:
    """Give every active edge without a place in the lists one; return how many there were."""
    from shared.dynamodb.tables import ConditionFailed
    from users.models import Relationship, kind_of, listed

    done = 0
    unlisted = Relationship.is_active.is_in(True) & Relationship.listed.does_not_exist()
    counted = Relationship.edge.startswith("size#")  # the size of a list is not an edge
    for each in Relationship.scan(unlisted & ~counted):
        place = listed(kind_of(each), each.since)
        try:
            each.change(Relationship.listed.set(place), condition=unlisted)
        except ConditionFailed:  # it ended, or began again, meanwhile
            continue
        done += 1
    return done


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


def list_subscribers() -> int:
    """List every account that subscribed to the newsletter before there was a list; return how many
    there were."""
    from shared.dynamodb.tables import ConditionFailed
    from users.models import NEWSLETTER, User

    done = 0
    unlisted = User.newsletter.is_in(True) & User.subscription.does_not_exist()
    for each in User.scan(unlisted):
        try:
            each.change(User.subscription.set(NEWSLETTER), condition=unlisted)
        except ConditionFailed:  # it unsubscribed, or was erased, meanwhile
            continue
        done += 1
    return done


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
