"""The most frequent work: fan-out, notifications, token checks, signed URLs."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from shared.clock import now, stop_at, timestamp
from tests.bench.memory import Reference, noted, recorded, replayed
from tests.bench.network import Network, clients, picture
from tests.bench.report import Row
from tests.bench.timing import compare, cost, silence
from tests.integration.posts.world import event
from tests.support.events import load_event
from tests.support.gateway import LambdaContext
from tests.support.stories import a_story

FOLLOWERS = 1000  # of one fan-out job
BATCH = 10  # events that SQS delivers at once
PAGE, SIGNING_MS = 20, 5


def measure(network: Network) -> list[Row]:
    """Measure all of it. AWS calls of fan-out and notifications are answered from memory."""
    with stop_at(now() + 1), silence():
        return [*_queues(network), _token_check(network), *_signing(network)]


def _queues(network: Network) -> Iterator[Row]:
    from feeds import fan_out
    from notifications import on_event
    from shared.ids import new_id
    from stories import fan_out_story

    author = network.authors[0]
    job = {
        "post_id": network.posts[0],
        "author_id": author.user_id,
        "user_ids": [new_id() for _ in range(FOLLOWERS)],
    }
    yield _rate("fan-out: timeline writes", fan_out.app, [job], FOLLOWERS, 2000, "feeds/fan_out")
    of_story = {
        "story_id": a_story(author),
        "author_id": author.user_id,
        "user_ids": [new_id() for _ in range(FOLLOWERS)],
    }
    sample = "stories/fan_out_story"
    yield _rate("fan-out: tray rows", fan_out_story.app, [of_story], FOLLOWERS, 2000, sample)
    moment, reader = timestamp(), network.reader
    likes = [
        event(
            "post.liked",
            liker,
            post_id=network.posts[0],
            author_id=author.user_id,
            liker_id=liker,
            liker_username="somebody_new",
            liked_at=moment,
        )
        for liker in (new_id() for _ in range(6))
    ]
    follows = [
        event(
            "user.followed",
            follower,
            follower_id=follower,
            follower_username="somebody_new",
            followed_id=reader.user_id,
            since=moment,
        )
        for follower in (new_id() for _ in range(BATCH - len(likes)))
    ]
    name = "notification consumer: events"
    yield _rate(name, on_event.app, likes + follows, BATCH, 4000, "notifications/on_event")


def _rate(
    name: str,
    handler: Callable[[dict[str, Any], Any], Any],
    bodies: list[dict[str, Any]],
    number: int,
    least: int,
    sample: str,
) -> Row:
    """How many per second of processor time, and the ratio to the same AWS calls alone."""
    record = load_event(*sample.split("/"))["Records"][0]
    records = [
        {**record, "messageId": f"message-{index}", "body": json.dumps(body)}
        for index, body in enumerate(bodies)
    ]
    text = json.dumps({"Records": records})
    with recorded(*clients()) as recording:
        _handle(handler, text)
    reference = Reference(recording)
    with replayed(recording, *clients(), *reference.clients):
        with noted(*clients()) as made:
            _handle(handler, text)
        assert sorted(call.operation for call in made) == recording.operations, name
        ratio, seconds = compare(lambda: _handle(handler, text), lambda: reference.run(text, None))
    rate = number / seconds
    return Row(
        name,
        f"{rate:,.0f} per processor second; {ratio:.2f} × its {len(made)} AWS calls by plain boto3",
        f"≥ {least:,}",
        rate >= least,
    )


def _handle(handler: Callable[[dict[str, Any], Any], Any], text: str) -> None:
    answer = handler(json.loads(text), LambdaContext())
    assert answer == {"batchItemFailures": []}, answer


def _token_check(network: Network) -> Row:
    from auth import authorizer
    from shared.access.tokens import read_token

    given = load_event("auth", "authorizer")
    given["authorizationToken"] = f"Bearer {network.person.token}"
    allowed = authorizer.app(given, None)
    assert allowed["context"]["user_id"] == network.reader.user_id, allowed
    assert _is_refused(authorizer.app, given)
    rate = 1 / cost(lambda: authorizer.app(given, None))
    alone = 1 / cost(lambda: read_token(network.person.token))
    figure = f"{rate:,.0f} per processor second; without event, policy and log line {alone:,.0f}"
    return Row("token check of the authorizer", figure, "≥ 10,000", rate >= 10_000)


def _is_refused(app: Callable[[dict[str, Any], object], Any], given: dict[str, Any]) -> bool:
    """Whether the same token with another signature is refused."""
    token = given["authorizationToken"]
    other = "A" if token[-10] != "A" else "B"
    try:
        app({**given, "authorizationToken": f"{token[:-10]}{other}{token[-9:]}"}, None)
    except Exception as error:  # noqa: BLE001  # the gateway recognises it by its text alone
        return str(error) == "Unauthorized"
    return False


def _signing(network: Network) -> Iterator[Row]:
    """A page of posts with one picture each, and one with as many as a post may have."""
    from media.public import view
    from shared.aws.media_urls import sign_url
    from shared.config import config
    from shared.ids import new_id

    _assert_readable(network, sign_url)
    for pictures in (1, config.limits.max_media_per_post):
        media = [picture(new_id()) for _ in range(PAGE * pictures)]
        faces = [f"media/{new_id()}/320.jpg" for _ in range(PAGE)]

        def sign(media: list[Any] = media, faces: list[str] = faces) -> list[Any]:
            return [*map(view, media), *map(sign_url, faces)]

        number = len(set(_urls(sign())))
        assert number == 7 * len(media) + len(faces), number
        spent = cost(sign) * 1000
        yield Row(
            f"signed URLs of a page of {PAGE} posts, {pictures} pictures each",
            f"{spent:.2f} ms of processor time for {number} URLs, {number / spent:,.0f} per ms",
            f"≤ {SIGNING_MS} ms" if pictures == 1 else "",
            spent <= SIGNING_MS if pictures == 1 else None,
        )


def _urls(shown: list[Any]) -> Iterator[str]:
    for each in shown:
        if isinstance(each, str):
            yield each
        else:
            yield from (*each["variants"].values(), *each["variants_webp"].values())


def _assert_readable(network: Network, sign_url: Callable[[str], str]) -> None:
    """Check that the measured function signs URLs that S3 accepts."""
    from shared.config import config

    network.stack.client("s3").put_object(Bucket=config.media_bucket, Key="media/bench", Body=b"it")
    answer = httpx.get(sign_url("media/bench"))
    assert answer.content == b"it", answer.text
