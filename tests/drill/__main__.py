"""`make drill`: a network with traffic is backed up, restored into a new stack, and used again.

It follows docs/operations.md, "Restoring", on emulators of its own, and compares what each person
sees with a model: before the backup, after the restore, after further traffic, and after everything
that follows from other items was lost and rebuilt.
"""

import gzip
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from infra import rebuild
from infra.backup import back_up, tables
from infra.local.clients import client
from infra.local.deploy import deploy, deploy_foundation
from infra.local.ministack import MiniStack
from infra.make_admin import configure
from infra.restore import LEFT_EMPTY, read, restore
from infra.stored_models import models_by_table
from tests.drill.model import Model
from tests.drill.observation import differences, observe
from tests.drill.traffic import Traffic
from tests.e2e.client import Api, at_once, join, log_in

STACK = "hoshi"
PEOPLE = 6
PATIENCE = 300.0  # seconds until all effects of the traffic are seen
PARAMETERS = {"RateScale": "1000", "PasswordCost": "4"}
# Their items follow from others, and inboxes in part: `infra.rebuild` makes them again.
DERIVED = ("timelines", "explore-posts", "public-reels", "story-trays")


def main() -> None:
    """Run the drill; exit with 1 if anything differs from the model."""
    with tempfile.TemporaryDirectory(prefix="hoshi-drill-") as folder:
        model, kept = Model(), Kept(Path(folder))
        with MiniStack() as emulator:
            with step("A network with traffic"):
                outputs = deploy(emulator.endpoint, overrides=PARAMETERS)
                api = Api(emulator.endpoint, outputs["PublicUrl"], outputs["WebSocketUrl"])
                people = at_once(lambda _: join(api, "drill"), range(PEOPLE))
                traffic = Traffic(people, model, _picture())
                traffic.first_round()
            compare(traffic, "before the backup")
            people[0].expect(200, "PUT", "/notifications/read-all")
            model.read_all_entries(people[0].username)
            compare(traffic, "with read notifications")
            with step("Backup"):
                use(emulator.endpoint)
                kept.take(emulator.endpoint, outputs["MediaBucketName"])
            api.close()
        with MiniStack() as emulator:
            with step("New stack without streams, restore"):
                deploy_foundation(emulator.endpoint, {**PARAMETERS, "Streams": "false"})
                use(emulator.endpoint)
                say(f"{restore(STACK, kept.items)} items restored")
                kept.check()
            with step("Streams open, functions deployed, files copied"):
                outputs = deploy(emulator.endpoint, overrides={**PARAMETERS, "Streams": "true"})
                kept.return_files(emulator.endpoint, outputs["MediaBucketName"])
            api = Api(emulator.endpoint, outputs["PublicUrl"], outputs["WebSocketUrl"])
            for person in people:
                person.api = api
                person.token = log_in(person)
            compare(traffic, "after the restore", at_once_right=True)
            with step("More traffic"):
                traffic.second_round()
            compare(traffic, "after more traffic")
            with step("What follows from other items is lost, and rebuilt"):
                lose(emulator.endpoint)
                wait_until_quiet(model)
                for what in rebuild.KINDS:
                    say(f"{what}: {rebuild.rebuild(what)} rebuilt")
            compare(traffic, "after the rebuild", at_once_right=True)
            with step("A timeline is lost, and read"):
                empty(emulator.endpoint, "timelines")
            compare(traffic, "after lost timelines were read", at_once_right=True)
            api.close()
    sys.stdout.write("The drill succeeded.\n")


class Kept:
    """What outlives the first stack: items, files and secrets."""

    def __init__(self, folder: Path) -> None:
        self.items = folder / "items"
        self._files: dict[str, tuple[bytes, str]] = {}
        self._secrets: dict[str, str] = {}

    def take(self, endpoint: str, bucket: str) -> None:
        """Back up the stack at `endpoint`."""
        say(f"{back_up(STACK, self.items)} items of {len(tables())} tables")
        say(f"{self._raise_watermarks()} watermarks raised")
        s3, secrets = client("s3", endpoint), client("secretsmanager", endpoint)
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="media/"):
            for each in page.get("Contents", []):
                found = s3.get_object(Bucket=bucket, Key=each["Key"])
                self._files[each["Key"]] = (found["Body"].read(), found["ContentType"])
        say(f"{len(self._files)} files")
        name = f"{STACK}/cursors"
        self._secrets[name] = secrets.get_secret_value(SecretId=name)["SecretString"]

    def _raise_watermarks(self) -> int:
        """Give all watermarks the highest sequence number. On AWS the stream of a new table may
        begin with lower ones than the old stream had; those of the emulator follow the clock."""
        raised = 0
        for file in self.items.rglob("*.json.gz"):
            text = gzip.decompress(file.read_bytes()).decode()
            text, number = re.subn(r"(?<=[0-9a-f]{10}:)[0-9]{40}(?=:[0-9]+)", "9" * 40, text)
            file.write_bytes(gzip.compress(text.encode()))
            raised += number
        return raised

    def check(self) -> None:
        """Compare the restored tables with the backup, item by item."""
        from shared.dynamodb.versions import upgraded

        for table in tables():
            there = {repr(sorted(item.items())) for item in _scan(f"{STACK}-{table}")}
            steps = models_by_table()[table].upgrades
            backup = (upgraded(steps, item) for item in read(self.items / table))
            wanted = {repr(sorted(item.items())) for item in backup if table not in LEFT_EMPTY}
            if there != wanted:
                sys.exit(f"{table}: {len(there ^ wanted)} items differ from the backup")

    def return_files(self, endpoint: str, bucket: str) -> None:
        """Copy files and secrets into the stack at `endpoint`."""
        s3, secrets = client("s3", endpoint), client("secretsmanager", endpoint)
        for key, (content, kind) in self._files.items():
            s3.put_object(Bucket=bucket, Key=key, Body=content, ContentType=kind)
        for name, secret in self._secrets.items():
            secrets.put_secret_value(SecretId=name, SecretString=secret)


def compare(traffic: Traffic, when: str, *, at_once_right: bool = False) -> None:
    """Compare what everybody sees with the model, until it agrees; `at_once_right`: nothing has to
    happen for that."""
    with step(f"Compared {when}"):
        deadline = time.monotonic() + (0 if at_once_right else PATIENCE)
        while True:
            lines = [line for each in at_once(_compared(traffic), traffic.people) for line in each]
            if not lines:
                return
            if time.monotonic() > deadline:
                sys.exit(f"{when}:\n" + "\n".join(lines[:40]))
            time.sleep(1)


def _compared(traffic: Traffic) -> Callable[[Any], list[str]]:
    def differing(person: Any) -> list[str]:
        expected = traffic.model.expected(person.username)
        lines = differences(expected, observe(person, traffic.model))
        return [f"{person.username}: {line}" for line in lines]

    return differing


def lose(endpoint: str) -> None:
    """Remove everything that follows from other items, and of inboxes what follows from messages.
    (Their rows stay: the end of one is an event, which withdraws notifications.)"""
    for table in DERIVED:
        empty(endpoint, table)
    dynamodb = client("dynamodb", endpoint)
    for row in _scan(f"{STACK}-inbox"):
        key = {name: row[name] for name in ("user_id", "conversation_id")}
        dynamodb.update_item(
            TableName=f"{STACK}-inbox",
            Key=key,
            UpdateExpression="SET unread_count = :wrong REMOVE last_message_id, active_at",
            ExpressionAttributeValues={":wrong": {"N": "77"}},
        )


def wait_until_quiet(model: Model) -> None:
    """Wait until the last message is as old as it has to be for a rebuild of its inboxes."""
    from chat.inbox_rebuild import QUIET
    from shared.ids import time_of

    newest = max(room.messages[-1][0] for room in model.rooms.values())
    time.sleep(max(time_of(newest) + QUIET + 1 - time.time(), 0))


def empty(endpoint: str, table: str) -> None:
    """Remove all items of a table."""
    dynamodb, name = client("dynamodb", endpoint), f"{STACK}-{table}"
    keys = dynamodb.describe_table(TableName=name)["Table"]["KeySchema"]
    for item in _scan(name):
        key = {each["AttributeName"]: item[each["AttributeName"]] for each in keys}
        dynamodb.delete_item(TableName=name, Key=key)


def _scan(table: str) -> Iterator[dict[str, Any]]:
    from shared.aws.clients import client as own

    for page in own("dynamodb").get_paginator("scan").paginate(TableName=table):
        yield from page["Items"]


def use(endpoint: str) -> None:
    """Let this process's own models and clients use the stack at `endpoint`."""
    configure(STACK, endpoint)
    from shared import config
    from shared.aws import clients

    vars(config.config).clear()
    for remembered in (clients._make, clients.session):
        remembered.cache_clear()


def _picture() -> bytes:
    """A real photograph (scikit-image's retina.jpg)."""
    spec = find_spec("skimage")
    assert spec and spec.origin, "scikit-image is a test dependency"
    return (Path(spec.origin).parent / "data" / "retina.jpg").read_bytes()


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what was done, and how long it took."""
    began = time.monotonic()
    yield
    say(f"{what}: {time.monotonic() - began:.0f} s")


def say(line: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    main()
