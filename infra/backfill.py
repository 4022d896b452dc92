"""Add what accounts and edges of an earlier version lack.

python -m infra.backfill [--stack hoshi] [--endpoint http://localhost:4566]

Stores accounts and edges in the current version (`infra.upgrade`), which gives active edges their
place in the lists and lists who subscribed to the newsletter; adds accounts and tags to their
search indexes, in the form of this version, lets the tags of banned accounts stop counting, stores
the tags of posts as they are read and folded now, and lets the ids of sent messages expire. Run it
once after deploying over a version that had none of them; it reads their tables completely. Running
it again changes nothing.
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
        f" {index_accounts()} accounts and {index_tags()} tags indexed,"
        f" {sync_banned()} banned accounts and {sync_tags()} posts with tags synced,"
        f" {expire_sent_messages()} sent messages expire.\n"
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


def index_tags() -> int:
    """Sync the search index of tags with every tag; return how many there are."""
    from hashtags import search_index
    from hashtags.models import Hashtag

    tags = 0
    for each in Hashtag.scan(attributes_to_get=["tag"]):
        search_index.refresh(each.tag)
        tags += 1
    return tags


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
