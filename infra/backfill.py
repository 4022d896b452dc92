"""Add what accounts and edges of an earlier version lack.

python -m infra.backfill [--stack hoshi] [--endpoint http://localhost:4566]

Gives active edges their place in the lists (`listed`), adds accounts and tags to their search
indexes, in the form of this version, lists who subscribed to the newsletter, lets the tags of
banned accounts stop counting, and lets the ids of sent messages expire. Run it once after deploying
over a version that had none of them; it reads their tables completely. Running it again changes
nothing.
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
        f"{list_edges()} edges listed, {index_accounts()} accounts and"
        f" {index_tags()} tags indexed, {list_subscribers()} subscribers listed,"
        f" {sync_banned()} banned accounts synced, {expire_sent_messages()} sent"
        " messages expire.\n"
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


def index_tags() -> int:
    """Sync the search index of tags with every tag; return how many there are."""
    from hashtags import search_index
    from hashtags.models import Hashtag

    tags = 0
    for each in Hashtag.scan(attributes_to_get=["tag"]):
        search_index.refresh(each.tag)
        tags += 1
    return tags


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


def expire_sent_messages() -> int:
    """Let every `client_message_id` that was stored for good expire: at once, if it stands for
    nothing any more, otherwise in a day. Return how many there were."""
    from chat.models import RESENT, SentMessage
    from shared.clock import now
    from shared.dynamodb.tables import ConditionFailed

    done = 0
    endless = SentMessage.is_there() & SentMessage.expires_at.does_not_exist()
    for each in SentMessage.scan(SentMessage.expires_at.does_not_exist()):
        end = int(now()) + (0 if each.is_expired else RESENT)
        try:
            each.change(SentMessage.expires_at.set(end), condition=endless)
        except ConditionFailed:  # another message has taken its place
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


if __name__ == "__main__":
    main()
