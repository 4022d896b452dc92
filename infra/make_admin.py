"""Make an existing account an administrator: the first one is never made over HTTP.

python -m infra.make_admin NAME [--stack hoshi] [--endpoint http://localhost:4566]

Run it with a deployer's credentials; without --endpoint, boto3's own settings say where AWS is.
Existing tokens keep the old role until they are refreshed, so the account should log in again.
"""

import argparse
import os
import sys

from infra.generated import ROOT
from infra.local.clients import CREDENTIALS, REGION


def main() -> None:
    """Read the arguments and make the account an administrator."""
    parser = argparse.ArgumentParser(prog="python -m infra.make_admin", description=__doc__)
    parser.add_argument("name", help="the account's username or e-mail address")
    parser.add_argument("--stack", default="hoshi", help="the deployment's name")
    parser.add_argument("--endpoint", help="of MiniStack or LocalStack")
    given = parser.parse_args()
    configure(given.stack, given.endpoint)
    username = make_admin(given.name)
    if username is None:
        sys.exit(f"There is no active account {given.name} in {given.stack}.")
    sys.stdout.write(f"{username} is an administrator from the next log-in on.\n")


def configure(stack: str, endpoint: str | None) -> None:
    """Set the environment by which the models find their tables."""
    os.environ["STACK"] = stack
    if endpoint:
        os.environ |= {"AWS_ENDPOINT_URL": endpoint, "AWS_REGION": REGION, **CREDENTIALS}
    elif "AWS_REGION" not in os.environ:
        import boto3

        os.environ["AWS_REGION"] = boto3.session.Session().region_name or REGION
    sys.path.insert(0, str(ROOT / "functions"))


def make_admin(name: str) -> str | None:
    """Give the account the role and record it in the audit log; return its username, or None if
    there is no active account of that name."""
    from moderation import audit
    from shared.clock import timestamp
    from shared.dynamodb.tables import transaction
    from users.models import User
    from users.public import account_status, find_by_login

    user = find_by_login(name)
    if user is None or account_status(user) != "active":
        return None
    with transaction() as write:
        write.update(
            User(user.user_id),
            User.role.set("admin"),
            User.updated_at.set(timestamp()),
            condition=User.is_there() & (User.status == user.status),
        )
        audit.record(write, "deployer", "make_admin", ("user", user.user_id))
    return user.username


if __name__ == "__main__":
    main()
