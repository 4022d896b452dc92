"""Fill in what accounts and edges lack that an earlier version wrote.

python -m infra.backfill [--stack hoshi] [--endpoint http://localhost:4566]

Gives active edges their place in the lists (`listed`), and puts accounts into the search index.
Again changes nothing. Run it once after deploying over a version that had neither; it reads both
tables wholly.
"""

import argparse
import sys

from infra.make_admin import configure


def main() -> None:
    """Read the arguments and do it."""
    parser = argparse.ArgumentParser(prog="python -m infra.backfill", description=__doc__)
    parser.add_argument("--stack", default="hoshi", help="the deployment's name")
    parser.add_argument("--endpoint", help="of MiniStack or LocalStack")
    given = parser.parse_args()
    configure(given.stack, given.endpoint)
    sys.stdout.write(f"{list_edges()} edges listed, {index_accounts()} accounts looked at.\n")


def list_edges() -> int:
    """Give every active edge that has none its place in the lists; returns how many had none."""
    from shared.dynamodb.tables import ConditionFailed
    from users.models import Relationship, kind_of, listed

    done = 0
    unlisted = Relationship.is_active.is_in(True) & Relationship.listed.does_not_exist()
    counted = Relationship.edge.startswith("size#")  # the size of a list is no edge
    for each in Relationship.scan(unlisted & ~counted):
        place = listed(kind_of(each), each.since)
        try:
            each.change(Relationship.listed.set(place), condition=unlisted)
        except ConditionFailed:  # it ended, or began anew, meanwhile
            continue
        done += 1
    return done


def index_accounts() -> int:
    """Bring the search index in step with every account; returns how many there are."""
    from users.models import User
    from users.search_index import refresh

    accounts = 0
    for each in User.scan(attributes_to_get=["user_id"]):
        refresh(each.user_id)
        accounts += 1
    return accounts


if __name__ == "__main__":
    main()
