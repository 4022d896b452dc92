"""`Idempotency-Key`: one request, one post, one answer, whatever fails on the way."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

import pytest

from shared.access.caller import Caller
from shared.clock import stop_at
from shared.dynamodb.tables import ConditionFailed, Transaction, transaction
from shared.errors import IdempotencyKeyReused, InvalidInput, PostNotFound
from shared.http.endpoint import Endpoint, endpoint
from shared.http.fields import Body, GivenPassword, text
from shared.http.idempotency import AlreadyMade, Made, claim
from shared.http.requests import Answer, Request
from shared.ids import new_id
from tests.support.gateway import LambdaContext, gateway_event, make_request
from tests.support.memory_aws import MemoryAws
from tests.support.models import Post
from tests.unit.conftest import Log

KEY = {"Idempotency-Key": "7f9c6f0e"}
SECRET = "correct horse battery staple"
NOON = 1_767_614_400.0


class Draft(Body):
    """The body of a new post."""

    caption: Annotated[str, text(0, 100)] = ""
    password: GivenPassword | None = None


class Posts:
    """A view that creates posts and can be made to fail."""

    def __init__(self) -> None:
        self.made = 0
        self.fails_before: Exception | None = None
        self.ends_after = False
        self.app: Endpoint = endpoint("posts")
        self.app.serve(
            "POST /posts",
            also=["POST /drafts"],
            body=Draft,
            idempotent=True,
            status=201,
        )(self.create_post)
        self.open: Endpoint = endpoint("posts")
        self.open.serve(
            "POST /posts",
            auth="none",
            tier="public",
            body=Draft,
            idempotent=True,
            account=lambda body: body.caption,
        )(self.create_post)

    def create_post(self, request: Request[Draft]) -> Any:
        if self.fails_before:
            raise self.fails_before
        post_id = new_id()
        try:
            with transaction() as write:
                write.put(Post(post_id, author_id="a"), Post.is_new())
                claim(write, request, post_id)
        except AlreadyMade as earlier:
            return {"id": earlier.made_id}
        self.made += 1
        if self.ends_after:
            raise SystemExit  # as if Lambda ended the function
        return Answer({"id": post_id}, headers={"Location": f"/posts/{post_id}"})


@pytest.fixture
def posts(aws: MemoryAws, log: Log) -> Posts:
    return Posts()


def post(
    app: Endpoint,
    caller: Caller | None = None,
    *,
    key: str | None = "7f9c6f0e",
    caption: str = "hi",
    route: str = "POST /posts",
    context: LambdaContext | None = None,
    **more: Any,
) -> tuple[int, Any, bool]:
    """Status, body and whether it was a replay."""
    event = gateway_event(
        route,
        caller=caller,
        headers={"Idempotency-Key": key} if key is not None else {},
        body={"caption": caption, **more},
    )
    given = app(event, context or LambdaContext())
    replayed = given["headers"].get("Idempotent-Replayed") == "true"
    return given["statusCode"], json.loads(given["body"]), replayed


def test_the_same_request_again_is_answered_the_same(posts: Posts, caller: Caller) -> None:
    first = post(posts.app, caller)
    second = post(posts.app, caller)
    assert posts.made == 1
    assert first[:2] == second[:2]
    assert (first[0], first[2], second[2]) == (201, False, True)


def test_a_replay_has_the_headers_of_the_first_answer(posts: Posts, caller: Caller) -> None:
    event = gateway_event("POST /posts", caller=caller, headers=KEY, body={})
    first, second = (posts.app(event, LambdaContext())["headers"] for _ in range(2))
    assert first["Location"] == second["Location"]


def test_without_a_key_every_request_makes_something(posts: Posts, caller: Caller) -> None:
    assert post(posts.app, caller, key=None)[1] != post(posts.app, caller, key=None)[1]
    assert posts.made == 2


@pytest.mark.parametrize(
    "change",
    [{"caption": "other"}, {"route": "POST /drafts"}, {"password": "x"}],
    ids=str,
)
def test_another_request_with_the_key_is_refused(
    posts: Posts, caller: Caller, change: dict[str, Any]
) -> None:
    post(posts.app, caller)
    status, body, _ = post(posts.app, caller, **change)
    assert (status, body["code"]) == (409, "idempotency_key_reused")
    assert posts.made == 1


def test_keys_of_other_callers_and_other_keys_are_their_own(posts: Posts, caller: Caller) -> None:
    other = replace(caller, user_id=new_id())
    answers = [
        post(posts.app, caller),
        post(posts.app, other),
        post(posts.app, caller, key="another"),
    ]
    assert len({body["id"] for _, body, _ in answers}) == posts.made == 3


def test_a_new_session_of_the_caller_has_the_same_keys(posts: Posts, caller: Caller) -> None:
    post(posts.app, caller)
    assert post(posts.app, replace(caller, session_id=new_id()))[2]


def test_without_a_caller_keys_belong_to_the_account_in_the_body(posts: Posts) -> None:
    first = post(posts.open, caption="yuki@example.com")
    assert post(posts.open, caption="yuki@example.com")[1] == first[1]
    assert post(posts.open, caption="rin@example.com")[1] != first[1]


def test_failures_are_not_kept(posts: Posts, caller: Caller) -> None:
    for error in (PostNotFound(), RuntimeError("a bug")):
        posts.fails_before = error
        assert post(posts.app, caller)[0] in (404, 500)
    posts.fails_before = None
    assert post(posts.app, caller)[0] == 201
    assert posts.made == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "ü", "a\tb", "\x7f"], ids=repr)
def test_an_invalid_header_is_refused(posts: Posts, caller: Caller, key: str) -> None:
    status, body, _ = post(posts.app, caller, key=key)
    assert (status, body["code"]) == (400, "invalid_input")
    assert body["details"][0]["field"] == "Idempotency-Key"


@pytest.mark.parametrize("key", ["x", "x" * 255, "~ !"])
def test_a_valid_header_is_accepted(posts: Posts, caller: Caller, key: str) -> None:
    assert post(posts.app, caller, key=key)[0] == 201


def test_a_route_that_declares_none_ignores_keys(aws: MemoryAws, caller: Caller) -> None:
    app = endpoint("posts")
    answers = iter(range(9))

    def count(request: Request[None]) -> dict[str, int]:
        return {"n": next(answers)}

    app.serve("POST /posts")(count)
    assert [post(app, caller)[1]["n"] for _ in range(2)] == [0, 1]


# ── When a function is ended ──────────────────────────────────────────────────────────────────────


def end_before_answer(posts: Posts, caller: Caller, remaining: int) -> None:
    """A request whose function is ended between its write and its answer.

    `remaining` are the milliseconds until its timeout.
    """
    posts.ends_after = True
    with pytest.raises(SystemExit):
        post(posts.app, caller, context=LambdaContext(remaining=remaining))
    posts.ends_after = False


def test_while_the_first_may_still_run_the_second_is_refused(posts: Posts, caller: Caller) -> None:
    end_before_answer(posts, caller, remaining=60_000)
    status, body, _ = post(posts.app, caller)
    assert (status, body["code"]) == (409, "idempotency_in_progress")


def test_after_the_first_has_ended_the_second_finds_what_it_created(
    posts: Posts, caller: Caller, aws: MemoryAws
) -> None:
    end_before_answer(posts, caller, remaining=-1)
    (made,) = aws.dynamo.items("hoshi-posts")
    status, body, replayed = post(posts.app, caller)
    assert (status, body) == (201, {"id": made["post_id"]["S"]})
    assert not replayed  # the view ran and found it
    assert posts.made == 1
    assert post(posts.app, caller)[2]


def test_after_the_first_has_ended_a_different_request_is_still_refused(
    posts: Posts, caller: Caller
) -> None:
    end_before_answer(posts, caller, remaining=-1)
    status, body, _ = post(posts.app, caller, caption="other")
    assert (status, body["code"]) == (409, "idempotency_key_reused")


def test_when_the_answer_cannot_be_stored_the_post_is_created_only_once(
    posts: Posts, caller: Caller, aws: MemoryAws
) -> None:
    aws.fail("dynamodb.UpdateItem", "ThrottlingException", times=3, first=2)  # after the gate
    status, body, _ = post(posts.app, caller, context=LambdaContext(remaining=-1))
    assert (status, body["code"]) == (503, "dependency_unavailable")
    assert post(posts.app, caller)[0] == 201
    assert posts.made == 1


def test_when_the_table_is_down_nothing_is_made(
    posts: Posts, caller: Caller, aws: MemoryAws
) -> None:
    aws.fail("dynamodb.PutItem", None)
    status, body, _ = post(posts.app, caller)
    assert (status, body["code"]) == (503, "dependency_unavailable")
    assert posts.made == 0


# ── Claims ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def claiming(aws: MemoryAws, caller: Caller) -> Callable[..., Transaction]:
    """Create a transaction that claims the key of a request."""

    def make(made_id: str = "made", **request: Any) -> Transaction:
        headers = {"idempotency-key": request.pop("key", "k")}
        body = Draft(caption=request.pop("caption", ""))
        request = {"caller": caller, "idempotent": True, **request}
        write = Transaction()
        claim(write, make_request("create_post", headers=headers, body=body, **request), made_id)
        return write

    return make


def test_a_second_claim_finds_what_the_first_created(
    claiming: Callable[..., Transaction],
) -> None:
    claiming("first").send()
    with pytest.raises(AlreadyMade) as raised:
        claiming("second").send()
    assert raised.value.made_id == "first"


def test_a_claim_of_another_request_with_the_key_is_refused(
    claiming: Callable[..., Transaction],
) -> None:
    claiming().send()
    with pytest.raises(IdempotencyKeyReused):
        claiming(caption="other").send()


def test_claims_of_other_keys_callers_and_views_are_their_own(
    claiming: Callable[..., Transaction], caller: Caller, aws: MemoryAws
) -> None:
    claiming().send()
    claiming(key="other").send()
    claiming(caller=replace(caller, user_id=new_id())).send()
    assert len(aws.dynamo.items("hoshi-idempotency")) == 3


def test_a_claim_expires_after_a_day(claiming: Callable[..., Transaction]) -> None:
    with stop_at(NOON):
        claiming("first").send()
    with stop_at(NOON + 24 * 3600), pytest.raises(AlreadyMade):
        claiming("second").send()
    with stop_at(NOON + 24 * 3600 + 1):
        claiming("third").send()


def test_nothing_is_claimed_without_a_key_or_on_a_route_without_keys(
    aws: MemoryAws, caller: Caller
) -> None:
    for request in (
        make_request(caller=caller, idempotent=True),
        make_request(caller=caller, headers={"idempotency-key": "k"}),
    ):
        write = Transaction()
        write.put(Post("p", author_id="a"))
        claim(write, request, "p")
        write.send()
    assert aws.dynamo.items("hoshi-idempotency") == []


def test_an_invalid_key_is_refused(claiming: Callable[..., Transaction]) -> None:
    with pytest.raises(InvalidInput):
        claiming(key="")


def test_another_failed_condition_is_not_taken_for_the_claim(
    claiming: Callable[..., Transaction],
) -> None:
    Post("taken", author_id="a").create()
    write = claiming()
    write.put(Post("taken", author_id="b"), Post.is_new())
    with pytest.raises(ConditionFailed):
        write.send()
    assert Made.find("made#create_post") is None
    claiming().send()


def test_the_table_holds_neither_keys_nor_bodies(
    posts: Posts, caller: Caller, aws: MemoryAws, log: Log
) -> None:
    post(posts.app, caller, key="my-own-key", password=SECRET)
    post(posts.open, key="my-own-key", caption="yuki@example.com", password=SECRET)
    stored = str(aws.dynamo.items("hoshi-idempotency"))
    for private in ("my-own-key", SECRET, "yuki@example.com"):
        assert private not in stored
        assert private not in log.text
