"""People, posts, calls and events for the tests of posts and feeds. Items are as their services
write them; handlers run in this process."""

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from media.models import Upload
from posts import create_comment
from shared.access.caller import Caller
from shared.aws.clients import client, session
from shared.clock import timestamp
from shared.config import config
from shared.ids import new_id
from shared.messaging import queues
from tests.support.accounts import a_user as a_user
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.posts import a_comment as a_comment
from tests.support.posts import a_post as a_post
from users.models import EdgeKind, Relationship, edge

type Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def connect(one: Caller, kind: EdgeKind, mirror: EdgeKind, other: Caller, **given: Any) -> None:
    """Store both halves of an edge."""
    moment = timestamp()
    for user, edge_kind, target in ((one, kind, other), (other, mirror, one)):
        Relationship(
            user.user_id, edge(edge_kind, target.user_id), since=moment, updated_at=moment, **given
        ).save()


def follow(follower: Caller, followed: Caller) -> None:
    """Let the first person follow the second."""
    connect(follower, "follows", "followed_by", followed)


def unfollow(follower: Caller, followed: Caller) -> None:
    """End the first person's follow of the second."""
    connect(follower, "follows", "followed_by", followed, is_active=False)


def write_comment(caller: Caller, post_id: str, parent_id: str | None = None) -> str:
    """Write a comment as the caller; return its id."""
    body = {"post_id": post_id, "content": "Nice!", "parent_comment_id": parent_id}
    status, comment = call(create_comment.app, "POST /comments", caller, body=body)
    assert status == 201, comment
    return str(comment["id"])


def stored(upload_id: str, status: str = "ready", kind: str = "video") -> dict[str, Any]:
    """An upload as a post stores it."""
    key = f"media/{upload_id}/original"
    is_ready = status == "ready"
    return {
        "upload_id": upload_id,
        "type": kind,
        "status": status,
        "original": key,
        "variants": {"720p": f"media/{upload_id}/720p.mp4"} if is_ready else {},
        "variants_webp": {},
        "thumbnail": f"media/{upload_id}/thumbnail.jpg" if is_ready else None,
        "preview": None,
        "width": 720 if is_ready else None,
        "height": 1280 if is_ready else None,
        "duration": 12.5 if is_ready else None,
        "blurhash": None,
        "alt_text": None,
    }


def an_upload(owner: Caller, status: str = "ready", kind: str = "image", **given: Any) -> str:
    """Store an upload in this status; return its id."""
    upload_id, moment = new_id(), timestamp()
    Upload(
        upload_id,
        **{
            "owner_id": owner.user_id,
            "kind": kind,
            "status": status,
            "content_type": "image/jpeg" if kind == "image" else "video/mp4",
            "object_key": f"uploads/{kind}/{owner.user_id}/{upload_id}",
            "media": stored(upload_id, status, kind) if status == "ready" else None,
            "created_at": moment,
            "updated_at": moment,
            "expires_at": int(time.time()) + 86400,
            **given,
        },
    ).save()
    return upload_id


def call(handler: Handler, route: str, caller: Caller, **given: Any) -> tuple[int, Any]:
    """The status and body of a request."""
    answer = handler(gateway_event(route, caller=caller, **given), LambdaContext())
    return answer["statusCode"], json.loads(answer["body"])


def stream_records(table: str, hash_key: str) -> list[dict[str, Any]]:
    """All records of a table's stream about `hash_key`, as Lambda receives them."""
    streams = session().create_client("dynamodbstreams", region_name=config.region)
    [stream] = streams.list_streams(TableName=f"{config.stack}-{table}")["Streams"]
    arn = stream["StreamArn"]
    records: list[dict[str, Any]] = []
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        iterator = streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        while iterator:
            page = streams.get_records(ShardIterator=iterator, Limit=1000)
            records += page["Records"]
            iterator = page.get("NextShardIterator") if page["Records"] else None
    text = json.dumps(records, default=lambda moment: moment.timestamp())
    return [
        {**record, "eventSourceARN": arn}
        for record in json.loads(text)
        if any(key["S"] == hash_key for key in record["dynamodb"]["Keys"].values())
    ]


def deliver(handler: Handler, records: Sequence[dict[str, Any]]) -> None:
    """Invoke a stream Lambda with a batch."""
    assert handler({"Records": list(records)}, LambdaContext()) == {"batchItemFailures": []}


def take(queue: str, belongs: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    """Receive the messages of a queue that belong to this test, as Lambda receives them, until
    the queue is empty."""
    found = []
    while True:
        answer = client("sqs").receive_message(
            QueueUrl=queues.queue_url(queue), MaxNumberOfMessages=10
        )
        if not answer.get("Messages"):
            return found
        for message in answer["Messages"]:
            client("sqs").delete_message(
                QueueUrl=queues.queue_url(queue), ReceiptHandle=message["ReceiptHandle"]
            )
            if belongs(json.loads(message["Body"])):
                found.append({"messageId": message["MessageId"], "body": message["Body"]})


def consume(handler: Handler, *bodies: dict[str, Any] | str) -> None:
    """Invoke a queue's Lambda with messages, and check that it handles them all."""
    records = [
        {
            "messageId": f"message-{index}",
            "body": body if isinstance(body, str) else json.dumps(body),
            "eventSource": "aws:sqs",
            "attributes": {"ApproximateReceiveCount": "1"},
        }
        for index, body in enumerate(bodies)
    ]
    assert handler({"Records": records}, LambdaContext()) == {"batchItemFailures": []}


def event(kind: str, actor: str, /, **data: Any) -> dict[str, Any]:
    """An event as it is in a queue's message."""
    return {
        "event_id": new_id(),
        "type": kind,
        "version": 1,
        "occurred_at": timestamp(),
        "actor": actor,
        "data": data,
    }
