"""`Idempotency-Key` on the real table: concurrent requests create one post."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.access.caller import Caller
from shared.dynamodb.tables import transaction
from shared.http.endpoint import endpoint
from shared.http.fields import Body
from shared.http.idempotency import AlreadyMade, claim
from shared.http.requests import Request
from shared.ids import new_id
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.models import Post

app = endpoint("posts")


class Draft(Body):
    """The body of a new post."""

    author_id: str


@app.serve("POST /posts", body=Draft, idempotent=True, status=201)
def create_post(request: Request[Draft]) -> dict[str, Any]:
    """Make a post."""
    post_id = new_id()
    try:
        with transaction() as write:
            write.put(Post(post_id, author_id=request.body.author_id), Post.is_new())
            claim(write, request, post_id)
    except AlreadyMade as earlier:
        return {"id": earlier.made_id}
    if request.context.remaining < 0:
        raise SystemExit  # as if Lambda ended the function
    return {"id": post_id}


def post(
    caller: Caller, key: str = "k", author_id: str = "a", remaining: int = 9000
) -> tuple[int, Any]:
    event = gateway_event(
        "POST /posts",
        caller=caller,
        headers={"Idempotency-Key": key},
        body={"author_id": author_id},
    )
    answer = app(event, LambdaContext(remaining=remaining))
    return answer["statusCode"], json.loads(answer["body"])


@pytest.fixture
def caller(fresh: str) -> Caller:
    return Caller(fresh, "yuki_o", new_id(), "user", "full")


def test_concurrent_requests_create_one_post(caller: Caller) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: post(caller), range(6)))
    made = {body["id"] for status, body in answers if status == 201}
    assert len(made) == 1
    assert {body.get("code") for status, body in answers if status != 201} <= {
        "idempotency_in_progress"
    }
    assert post(caller) == (201, {"id": made.pop()})


def test_a_different_body_is_a_different_request(caller: Caller) -> None:
    assert post(caller)[0] == 201
    status, body = post(caller, author_id="b")
    assert (status, body["code"]) == (409, "idempotency_key_reused")


def test_after_an_end_between_write_and_answer_the_post_is_found(caller: Caller) -> None:
    with pytest.raises(SystemExit):
        post(caller, remaining=-1)
    status, body = post(caller)
    assert status == 201
    found = Post.find(body["id"], consistent=True)
    assert found is not None
    assert post(caller) == (201, body)
