"""Bans on the deployed stack: what ends, what is hidden, what stops counting, and what is back."""

import json
from contextlib import suppress

import jwt
import pytest
from websockets.exceptions import ConnectionClosed

from shared.clock import now, timestamp
from tests.e2e.client import PASSWORD, PATIENCE, Api, Person, Socket, join, log_in, wait_for
from tests.e2e.conftest import Deployed
from tests.e2e.test_graph import post
from tests.e2e.test_hashtags import a_tag, count, found, ids, trending
from tests.e2e.test_rooms import befriend
from tests.e2e.test_socket_io import connected


@pytest.fixture
def admin(stack: Deployed, api: Api) -> Person:
    made = join(api, "moderator")
    stack.client("dynamodb").update_item(
        TableName=stack.table("users"),
        Key={"user_id": {"S": made.id}},
        UpdateExpression="SET #role = :admin",
        ExpressionAttributeNames={"#role": "role"},
        ExpressionAttributeValues={":admin": {"S": "admin"}},
    )
    made.token = log_in(made)
    return made


def ban(admin: Person, person: Person, **terms: object) -> None:
    admin.expect(200, "POST", f"/admin/users/{person.username}/ban", {"reason": "Spam", **terms})


def subjects(person: Person) -> list[str]:
    return [mail["Subject"] for mail in person.api.mails_to(person.email)]


def mailed(person: Person, words: str, times: int = 1) -> None:
    wait_for(
        lambda: sum(words in subject for subject in subjects(person)) >= times,
        f"a mail about {words!r}",
    )
    assert sum(words in subject for subject in subjects(person)) == times


def closed(socket: Socket) -> None:
    """Wait until the server closes a socket that sends nothing."""
    with suppress(ConnectionClosed):
        while True:
            socket.connection.recv(timeout=PATIENCE)


def rank(stack: Deployed) -> None:
    stack.client("lambda").invoke(FunctionName=stack.function("RankTags"))


def test_a_ban_ends_hides_and_stops_counting_until_it_is_lifted(
    stack: Deployed, admin: Person, alice: Person, bob: Person
) -> None:
    tag, room = a_tag("seldom"), befriend(alice, bob)
    posted = post(alice, f"Snow #{tag}")
    wait_for(lambda: (ids(bob, tag), count(bob, tag)) == ([posted], 1), "the post under its tag")
    wait_for(lambda: found(bob, tag) == [tag], "the tag in the search")
    rank(stack)
    assert tag in trending(bob)

    with alice.socket() as idle, connected(alice) as socket_io:
        ban(admin, alice)
        closed(idle)
        socket_io.wait_for("disconnect")
    assert alice.call("GET", "/profile").status_code == 401
    login = {"identifier": alice.username, "password": PASSWORD}
    assert alice.api.expect(403, "POST", "/login", login)["code"] == "account_banned"
    bob.expect(404, "GET", f"/posts/{posted}")
    bob.expect(404, "GET", f"/users/{alice.username}")
    assert ids(bob, tag) == []
    participants = bob.get(f"/conversations/{room}")["participants"]
    assert [each["id"] for each in participants] == [bob.id]
    wait_for(lambda: count(bob, tag) == 0, "the tag to stop counting")
    wait_for(lambda: found(bob, tag) == [], "the tag to leave the search")
    rank(stack)
    assert tag not in trending(bob)
    mailed(alice, "is banned")
    ban(admin, alice)  # the same again changes nothing
    admin.expect(200, "POST", f"/admin/users/{alice.username}/unban")
    wait_for(lambda: count(bob, tag) == 1, "the tag to count again")
    mailed(alice, "is no longer banned")
    mailed(alice, "is banned")
    bob.expect(200, "GET", f"/posts/{posted}")
    rank(stack)
    assert tag in trending(bob)
    alice.token = log_in(alice)
    assert alice.get("/profile")["username"] == alice.username


def test_a_timed_ban_ends_by_itself(
    stack: Deployed, admin: Person, alice: Person, bob: Person
) -> None:
    tag = a_tag("timed")
    posted = post(alice, f"Snow #{tag}")
    wait_for(lambda: count(bob, tag) == 1, "the count of the tag")
    ban(admin, alice, duration_days=1)
    wait_for(lambda: count(bob, tag) == 0, "the tag to stop counting")
    mailed(alice, "is banned")
    # Its time is over: as if a day had passed.
    stack.client("dynamodb").update_item(
        TableName=stack.table("users"),
        Key={"user_id": {"S": alice.id}},
        UpdateExpression="SET banned_until = :past",
        ExpressionAttributeValues={":past": {"S": timestamp(now() - 1)}},
    )
    bob.expect(200, "GET", f"/posts/{posted}")
    alice.token = log_in(alice)
    wait_for(lambda: _end_bans(stack)["purged"] >= 1, "the ban to be listed as over")
    wait_for(lambda: count(bob, tag) == 1, "the tag to count again")
    mailed(alice, "is no longer banned")
    assert alice.get("/profile")["username"] == alice.username, "the session of meanwhile stays"


def _end_bans(stack: Deployed) -> dict[str, int]:
    answer = stack.client("lambda").invoke(FunctionName=stack.function("EndBans"))
    ended: dict[str, int] = json.loads(answer["Payload"].read())
    return ended


def test_a_report_of_an_account_bans_with_the_note_in_the_mail(
    admin: Person, alice: Person, bob: Person
) -> None:
    body = {"target_type": "user", "target_id": alice.id, "reason": "Spam"}
    report_id = bob.expect(201, "POST", "/reports", body)["report_id"]
    decision = {"action": "ACCEPT", "note": "Advertisement <b>everywhere</b>"}
    with alice.socket() as idle:
        admin.expect(200, "POST", f"/admin/reports/{report_id}/resolve", decision)
        closed(idle)
    mailed(alice, "is banned")
    [notice] = [each for each in alice.api.mails_to(alice.email) if "is banned" in each["Subject"]]
    assert "Advertisement <b>everywhere</b>" in notice["BodyText"]


def test_an_old_session_proves_again_who_it_is(
    stack: Deployed, admin: Person, alice: Person
) -> None:
    table, key = stack.table("sessions"), session_key(admin)
    stack.client("dynamodb").update_item(
        TableName=table,
        Key=key,
        UpdateExpression="SET authenticated_at = :past",
        ExpressionAttributeValues={":past": {"N": str(int(now()) - 13 * 3600)}},
    )
    body = {"refresh_token": admin.refresh_token}
    given = admin.api.expect(200, "POST", "/auth/refresh", body)
    admin.token = given["token"]
    for method, path in (("GET", "/admin/users"), ("POST", f"/admin/users/{alice.id}/ban")):
        assert admin.expect(403, method, path, {} if method == "POST" else None)["code"] == (
            "reauthentication_required"
        )
    assert admin.get("/profile")["role"] == "admin", "all else is as before"
    wrong = admin.expect(403, "POST", "/auth/reauthenticate", {"password": "Wrong-1-pw"})
    assert wrong["code"] == "wrong_password"
    fresh = admin.expect(200, "POST", "/auth/reauthenticate", {"password": PASSWORD})
    admin.expect(403, "GET", "/admin/users")
    admin.token = fresh["token"]
    assert admin.get("/admin/users")["users"]
    again = admin.api.expect(
        200, "POST", "/auth/refresh", {"refresh_token": given["refresh_token"]}
    )
    admin.token = again["token"]
    assert admin.get("/admin/users")["users"], "a refreshed token keeps the moment"


def session_key(person: Person) -> dict[str, dict[str, str]]:
    """The key of the session of a person's refresh token."""
    claims = jwt.decode(person.tokens["token"], options={"verify_signature": False})
    return {"user_id": {"S": claims["sub"]}, "session_id": {"S": claims["sid"]}}


def test_a_log_in_from_another_device_is_mailed(alice: Person) -> None:
    body = {"identifier": alice.username, "password": PASSWORD}
    phone = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Safari/604.1"}
    for _ in range(2):
        alice.api.expect(200, "POST", "/login", body, headers=phone)
    mailed(alice, "new log-in")
    [notice] = [each for each in alice.api.mails_to(alice.email) if "new log-in" in each["Subject"]]
    assert "Safari on iPhone" in notice["BodyText"]
