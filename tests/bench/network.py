"""The small network for the measurements: a deployed stack with users, posts and follows."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from infra.local.clients import CREDENTIALS, REGION
from infra.local.deploy import deploy
from infra.local.ministack import MiniStack
from shared.access.caller import Caller
from tests.e2e.client import Person, join
from tests.e2e.conftest import Deployed
from tests.integration.posts.world import a_post, a_user, follow
from tests.support.events import load_event

AUTHORS, POSTS = 10, 30
SERVICES = ("dynamodb", "s3", "secretsmanager", "sns", "sqs")


@dataclass(frozen=True)
class Network:
    """A reader, ten authors whom the reader follows, and a timeline of their posts."""

    stack: Deployed
    person: Person  # the reader, with an account that can log in
    reader: Caller
    authors: Sequence[Caller]
    posts: Sequence[str]  # oldest first
    friend: Person  # who can log in, too


@contextmanager
def deployed() -> Iterator[Network]:
    """A network on its own stack. This process takes the environment of one of its functions, so
    that handlers can run in this process."""
    with MiniStack() as emulator:
        overrides = {"RateScale": "100000", "PasswordCost": "4"}
        outputs = deploy(emulator.endpoint, overrides=overrides)
        stack = Deployed(emulator.endpoint, outputs)
        person, friend = join(stack.api, "bench"), join(stack.api, "bench")
        functions = stack.client("lambda")
        # Handlers are measured in this process; the stack's own consumers would interfere.
        for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
            functions.delete_event_source_mapping(UUID=mapping["UUID"])
        found = functions.get_function_configuration(FunctionName=stack.function("LikePost"))
        os.environ.update(found["Environment"]["Variables"])
        os.environ.update(CREDENTIALS)
        os.environ.update(
            AWS_REGION=REGION,
            AWS_DEFAULT_REGION=REGION,
            AWS_ENDPOINT_URL=emulator.endpoint,
            AWS_LAMBDA_FUNCTION_NAME="bench",
        )
        yield _populated(stack, person, friend)
        stack.api.close()


def clients() -> list[Any]:
    """The functions' own clients."""
    from shared.aws.clients import client

    return [client(service) for service in SERVICES]  # type: ignore[call-overload]


def event_for(
    function: str, caller: Caller | None, path: dict[str, str] | None = None, body: Any = None
) -> dict[str, Any]:
    """The sample event of an HTTP Lambda ("posts/like_post"), as a request of this caller."""
    event = load_event(*function.split("/"))
    if caller:
        event["requestContext"]["authorizer"] = {
            "principalId": caller.user_id,
            "user_id": caller.user_id,
            "username": caller.username,
            "session_id": caller.session_id,
            "role": caller.role,
            "scope": caller.scope,
            "integrationLatency": 3,
        }
    event["pathParameters"] = path
    event["multiValueQueryStringParameters"] = event["queryStringParameters"] = None
    event["body"] = None if body is None else json.dumps(body)
    return event


def picture(upload_id: str) -> dict[str, Any]:
    """The media of a post with a photograph: seven files."""
    names = ("1080", "640", "320")
    folder = f"media/{upload_id}"
    return {
        "upload_id": upload_id,
        "type": "image",
        "status": "ready",
        "original": f"{folder}/original.jpg",
        "variants": {
            "original": f"{folder}/original.jpg",
            **{name: f"{folder}/{name}.jpg" for name in names},
        },
        "variants_webp": {
            "original": f"{folder}/1080.webp",
            **{name: f"{folder}/{name}.webp" for name in names},
        },
        "thumbnail": f"{folder}/320.jpg",
        "preview": None,
        "width": 4000,
        "height": 3000,
        "duration": None,
        "blurhash": "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
        "alt_text": "A rocket before its start",
    }


def follow_many(reader: Caller, number: int) -> None:
    """Let `reader` follow `number` more accounts, a tenth of them no longer, and add an older post
    of each to the timeline."""
    from feeds.timelines import entry
    from shared.clock import timestamp
    from shared.dynamodb.tables import write_items
    from shared.ids import derived_id, new_id
    from users.models import Relationship, edge

    moment = timestamp()
    others = [new_id() for _ in range(number)]
    write_items(
        Relationship(
            reader.user_id,
            edge("follows", other),
            is_active=index % 10 > 0,
            username=reader.username,
            since=moment,
            updated_at=moment,
        )
        for index, other in enumerate(others)
    )
    long_ago = 1_700_000_000.0
    write_items(
        entry(reader.user_id, derived_id(long_ago, "bench", other), other) for other in others
    )


def mark_celebrities(reader: Caller, authors: Sequence[Caller]) -> None:
    """Mark these followed authors as celebrities, whose posts are pulled."""
    from users.models import Relationship, edge

    for author in authors:
        followed = Relationship.get(reader.user_id, edge("follows", author.user_id))
        followed.update(actions=[Relationship.celebrity_id.set(author.user_id)])


def _populated(stack: Deployed, person: Person, friend: Person) -> Network:
    from feeds.timelines import add_post
    from shared.access.tokens import read_token
    from shared.ids import new_id

    reader = read_token(person.token)
    authors = [a_user(picture_key=f"media/{new_id()}/320.jpg") for _ in range(AUTHORS)]
    for author in authors:
        follow(reader, author)
    posts = []
    for number in range(POSTS):
        author = authors[number % AUTHORS]
        pictures = [picture(new_id()) for _ in range(1 + number % 3)]
        caption = f"Number {number} of the walk along the river, with @somebody #bench #winter"
        posts.append(a_post(author, media=pictures, caption=caption))
        add_post(posts[-1], author.user_id, [reader.user_id])
    return Network(stack, person, reader, authors, posts, friend)
