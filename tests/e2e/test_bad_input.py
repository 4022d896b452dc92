"""Bad input always gets the error of the contract, never a 500."""

import pytest

from tests.e2e.client import Api, Person, new_name, registration

UNKNOWN = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


@pytest.mark.parametrize(
    ("content", "content_type", "status", "code"),
    [
        (b"{", "application/json", 400, "invalid_json"),
        (b"[]", "application/json", 400, "invalid_json"),
        (b'"text"', "application/json", 400, "invalid_json"),
        (b"\xff\xfe", "application/json", 400, "invalid_json"),
        (b'{"content": "caf\xe9"}', "application/json", 400, "invalid_json"),
        (b'{"content": "caf\xe9"}', "application/json; charset=utf-8", 400, "invalid_json"),
        (b"[" * 100_000, "application/json", 400, "invalid_json"),
        (b"{}", "text/plain", 415, "unsupported_media_type"),
        (b"a=b", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b'{"caption": "' + b"x" * 262_144 + b'"}', "application/json", 413, "payload_too_large"),
        (b'{"caption": {"a": 1}, "upload_ids": 5}', "application/json", 400, "invalid_input"),
        (b'{"caption": "no media"}', "application/json", 400, "invalid_input"),
    ],
)
def test_bad_bodies(
    alice: Person, content: bytes, content_type: str, status: int, code: str
) -> None:
    answer = alice.call("POST", "/posts", content=content, headers={"Content-Type": content_type})
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", f"/posts/{UNKNOWN}", "post_not_found"),
        ("GET", "/posts/not-an-id", "post_not_found"),
        ("POST", f"/posts/{UNKNOWN}/like", "post_not_found"),
        ("DELETE", f"/posts/{UNKNOWN}", "post_not_found"),
        ("GET", f"/users/{UNKNOWN}", "user_not_found"),
        ("GET", "/users/nobody_has_this_name", "user_not_found"),
        ("GET", "/users/%00", "user_not_found"),
        ("POST", "/users/nobody_has_this_name/follow", "user_not_found"),
        ("GET", f"/media/uploads/{UNKNOWN}", "upload_not_found"),
        ("GET", f"/conversations/{UNKNOWN}/messages", "conversation_not_found"),
        ("GET", "/no/such/route", "route_not_found"),
    ],
)
def test_unknown_ids(alice: Person, method: str, path: str, code: str) -> None:
    answer = alice.call(method, path)
    assert (answer.status_code, answer.json()["code"]) == (404, code), answer.text


def test_uploads_of_others_do_not_exist(alice: Person, bob: Person) -> None:
    upload_id = alice.expect(201, "POST", "/media/uploads", {"content_type": "image/jpeg"})[
        "upload_id"
    ]
    assert bob.call("GET", f"/media/uploads/{upload_id}").json()["code"] == "upload_not_found"
    answer = bob.call("POST", "/posts", {"caption": "mine?", "upload_ids": [upload_id]})
    assert (answer.status_code, answer.json()["code"]) == (404, "upload_not_found")


def test_a_cursor_belongs_to_one_person_and_one_list(alice: Person, bob: Person) -> None:
    for content in ("One", "Two", "Three"):
        alice.expect(201, "POST", "/posts", {"content": content})
    page = alice.get("/feed/home?limit=2")
    assert len(page["posts"]) == 2
    cursor = page["next_cursor"]
    rest = alice.get(f"/feed/home?limit=2&cursor={cursor}")
    texts = [post["caption"] for post in page["posts"] + rest["posts"]]
    assert texts == ["Three", "Two", "One"]
    for caller, path in [
        (bob, f"/feed/home?cursor={cursor}"),
        (alice, f"/notifications?cursor={cursor}"),
        (alice, f"/feed/home?cursor={cursor[:-2]}AA"),
        (alice, "/feed/home?cursor=!!"),
    ]:
        answer = caller.call("GET", path)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor"), path
    assert alice.call("GET", "/feed/home?limit=0").json()["code"] == "invalid_input"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Four"),
        ("name", "x" * 65),
        ("username", "ab"),
        ("username", "has space"),
        ("username", "admin"),
        ("username", "ädele_1"),
        ("username", UNKNOWN.lower()),
        ("email", "not an address"),
        ("email", "x" * 250 + "@example.com"),
        ("password", "Short-1"),
        ("password", "no-upper-case-1"),
        ("password", "A1-" + "a" * 126),
        ("confirm_password", "Another-Pass-1"),
        ("date_of_birth", "2020-01-01"),
        ("date_of_birth", "yesterday"),
        ("gender", "unknown"),
    ],
)
def test_registration_names_the_field(api: Api, field: str, value: str) -> None:
    body = {**registration(new_name("newcomer")), field: value}
    answer = api.call("POST", "/register", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")
    assert field in {detail["field"] for detail in answer.json()["details"]}


def test_a_taken_name_is_a_conflict_in_any_case(api: Api, alice: Person) -> None:
    body = registration(new_name("second"))
    taken = api.call("POST", "/register", {**body, "username": alice.username.upper()})
    assert (taken.status_code, taken.json()["code"]) == (409, "username_taken")
    taken = api.call("POST", "/register", {**body, "email": alice.email.upper()})
    assert (taken.status_code, taken.json()["code"]) == (409, "email_taken")


def test_preflights_need_no_token(api: Api) -> None:
    for path in ("/posts", "/feed/home", "/no/such/route"):
        answer = api.call(
            "OPTIONS",
            path,
            headers={"Origin": "https://example.com", "Access-Control-Request-Method": "POST"},
        )
        assert answer.status_code // 100 == 2, path
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "authorization" in answer.headers["access-control-allow-headers"].lower()


def test_an_idempotency_key_makes_one_post(alice: Person) -> None:
    headers = {"Idempotency-Key": "the-same-key"}
    first = alice.call("POST", "/posts", {"content": "Once"}, headers=headers)
    second = alice.call("POST", "/posts", {"content": "Once"}, headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert second.headers["idempotent-replayed"] == "true"
    other = alice.call("POST", "/posts", {"content": "Twice"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
