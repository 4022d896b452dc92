"""The small network that the benchmark measures on: a deployed stack with people, posts and follows."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.local.clients import CREDENTIALS
from infra.local.deploy import deploy
from infra.local.ministack import MiniStack
from tests.e2e.client import Person, join
from tests.e2e.conftest import Deployed

ROOT = Path(__file__).parents[2]


class Context:
    """The part of Lambda's context that handlers use."""

    aws_request_id = "00000000-0000-0000-0000-000000000000"
    function_name = "bench"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:bench"

    def get_remaining_time_in_millis(self) -> int:
        return 10_000


@contextmanager
def deployed() -> Iterator[Deployed]:
    """A stack of its own, whose environment this process takes on, so that handlers run right here."""
    with MiniStack() as emulator:
        deploy(
            emulator.endpoint,
            overrides={
                "EmulatorUrl": emulator.endpoint,
                "RateScale": "100000",
                "PasswordCost": "4",
            },
        )
        stack = Deployed(emulator.endpoint)
        settings = stack.client("lambda").get_function_configuration(
            FunctionName=stack.function("LikePost")
        )["Environment"]["Variables"]
        os.environ.update(settings)
        os.environ.update(CREDENTIALS)
        os.environ.update(
            AWS_REGION="us-east-1",
            AWS_DEFAULT_REGION="us-east-1",
            AWS_ENDPOINT_URL=emulator.endpoint,
            AWS_LAMBDA_FUNCTION_NAME="bench",
        )
        yield stack


def event_for(
    lambda_name: str, person: Person, path: dict[str, str] | None = None, body: Any = None
) -> dict[str, Any]:
    """The sample event of an HTTP Lambda, as if this person had sent it."""
    event: dict[str, Any] = json.loads((ROOT / "events" / f"{lambda_name}.json").read_text())
    import jwt

    claims = jwt.decode(person.token, options={"verify_signature": False})
    event["requestContext"]["authorizer"] = {
        "user_id": person.id,
        "username": person.username,
        "session_id": claims["sid"],
        "role": "user",
        "scope": "full",
    }
    event["pathParameters"] = path
    event["multiValueQueryStringParameters"] = None
    event["queryStringParameters"] = None
    event["headers"] = {"content-type": "application/json"}
    event["body"] = None if body is None else json.dumps(body)
    return event


def people(stack: Deployed, number: int) -> list[Person]:
    return [join(stack.api, "bench") for _ in range(number)]


def follow_many(stack: Deployed, person: Person, number: int) -> None:
    """Let `person` follow `number` accounts that exist only as edges: what a page costs must not
    depend on them."""
    from shared.clock import timestamp
    from shared.ids import new_id
    from shared.tables import write_items
    from users.models import Relationship

    now = timestamp()
    write_items(
        Relationship(
            person.id,
            f"follows#{new_id()}",
            is_active=True,
            username=person.username,
            since=now,
            updated_at=now,
        )
        for _ in range(number)
    )


def silently(run: Callable[[], Any]) -> Any:
    """`run` without its log lines on the terminal: they are made, and written to nowhere."""
    import sys

    terminal = sys.stdout
    with Path(os.devnull).open("w") as nowhere:
        sys.stdout = nowhere
        try:
            return run()
        finally:
            sys.stdout = terminal
