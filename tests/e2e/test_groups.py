"""Groups on the deployed stack: members come and go, with frames for all of them."""

from pathlib import Path
from typing import Any

import httpx

from tests.e2e.client import Api, Person, Socket, at_once, join, wait_for


def update(socket: Socket, change: str) -> dict[str, Any]:
    """The next `conversation_updated` with this change."""
    data: dict[str, Any] = {}
    while data.get("change") != change:
        data = socket.wait_for("conversation_updated")["data"]
    return data


def test_members_come_and_go(api: Api, alice: Person, bob: Person, photograph: Path) -> None:
    carol = join(api, "carol")
    upload_id = alice.upload(photograph, "image/jpeg", "group")
    alice.processed(upload_id)
    with alice.socket() as first, bob.socket() as second, carol.socket() as third:
        body = {"participant_ids": [bob.id], "group_name": "Climbing", "upload_id": upload_id}
        group = alice.expect(201, "POST", "/conversations/group", body)
        path = f"/conversations/{group['id']}"
        assert httpx.get(group["group_image_url"], timeout=30).status_code == 200
        assert update(second, "created")["conversation"]["group_name"] == "Climbing"
        listed = wait_for(
            lambda: bob.get("/conversations?folder=requests")["conversations"], "the group"
        )
        assert [each["id"] for each in listed] == [group["id"]]
        bob.expect(200, "PUT", f"{path}/request", {"accept": True})
        alice.expect(201, "POST", f"{path}/messages", {"content": "Only for the two of us"})

        bob.expect(200, "POST", f"{path}/participants", {"user_id": carol.id})
        added = update(first, "participant_added")
        assert (added["user_id"], added["conversation"]["participant_count"]) == (carol.id, 3)
        assert update(third, "participant_added")["conversation"]["id"] == group["id"]
        [note] = carol.get(f"{path}/messages")["messages"]
        assert note["content"] == f"{bob.username} added {carol.username}"

        carol.expect(403, "DELETE", f"{path}/participants/{bob.id}")
        alice.expect(200, "DELETE", f"{path}/participants/{carol.username}")
        assert update(third, "participant_removed")["conversation"] is None
        carol.expect(404, "GET", path)
        assert carol.get("/conversations?folder=requests")["conversations"] == []

        alice.expect(200, "PUT", path, {"group_image_url": None})
        alice.expect(200, "DELETE", f"{path}/leave")
        left = update(second, "participant_left")
        assert left["user_id"] == alice.id
        roles = {each["id"]: each["role"] for each in left["conversation"]["participants"]}
        assert roles == {bob.id: "admin"}


def test_many_are_added_at_once(api: Api, alice: Person, bob: Person) -> None:
    body = {"participant_ids": [bob.id], "group_name": "Everybody"}
    path = f"/conversations/{alice.expect(201, 'POST', '/conversations', body)['id']}"
    newcomers = [join(api) for _ in range(8)]
    at_once(
        lambda each: alice.expect(200, "POST", f"{path}/participants", {"user_id": each.id}),
        newcomers,
    )
    ids = {each["id"] for each in bob.get(path)["participants"]}
    assert ids == {alice.id, bob.id, *(each.id for each in newcomers)}
