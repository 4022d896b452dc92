"""A person's data in one archive: requested, mailed, downloaded and opened."""

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from tests.e2e.client import Api, Person, join, wait_for
from tests.e2e.conftest import STACK, Deployed
from tests.e2e.test_least_privilege import as_service, refusal


def ready(person: Person) -> dict[str, Any]:
    """The export once its archive can be downloaded."""
    return wait_for(
        lambda: (export := person.get("/account/export"))["status"] != "pending" and export,
        "the export to be finished",
        patience=60,
    )


def opened(url: str) -> zipfile.ZipFile:
    """Download an archive as a browser does, and open it."""
    fetched = httpx.get(url, timeout=30)
    assert fetched.status_code == 200, fetched.text
    archive = zipfile.ZipFile(io.BytesIO(fetched.content))
    assert archive.testzip() is None
    return archive


def read(archive: zipfile.ZipFile, name: str) -> Any:
    return json.loads(archive.read(f"{name}.json"))


def test_a_person_downloads_all_their_data(
    api: Api, alice: Person, bob: Person, photograph: Path
) -> None:
    eve = join(api, "eve")
    upload = alice.processed(alice.upload(photograph, "image/jpeg"))
    own = alice.expect(
        201, "POST", "/posts", {"caption": "My own", "upload_ids": [upload["upload_id"]]}
    )
    picture = bob.processed(bob.upload(photograph, "image/jpeg"))
    bobs = bob.expect(
        201, "POST", "/posts", {"caption": "Not hers", "upload_ids": [picture["upload_id"]]}
    )
    alice.expect(200, "POST", f"/users/{bob.username}/follow")
    alice.expect(200, "POST", f"/posts/{bobs['id']}/like")
    alice.expect(201, "POST", "/comments", {"post_id": bobs["id"], "content": "How nice"})
    bob.expect(200, "POST", f"/posts/{own['id']}/like")
    bob.expect(201, "POST", "/comments", {"post_id": own["id"], "content": "Bob's words"})
    room = alice.expect(201, "POST", "/conversations", {"participant_ids": [bob.id]})["id"]
    private = bob.expect(201, "POST", "/conversations", {"participant_ids": [eve.id]})["id"]
    for person, where, text in (
        (alice, room, "Hello Bob"),
        (bob, room, "Hello Alice"),
        (bob, private, "Between us"),
    ):
        person.expect(201, "POST", f"/conversations/{where}/messages", {"content": text})
    wait_for(
        lambda: any(
            each["type"] == "post.liked" for each in alice.get("/notifications")["notifications"]
        ),
        "the like in the list of notifications",
    )
    mails_before = len(api.mails_to(alice.email))

    with alice.socket() as socket:
        asked = alice.expect(202, "POST", "/account/export")
        assert (asked["status"], asked["url"]) == ("pending", None)
        frame = socket.wait_for("notification", patience=60)
        while frame["data"]["type"] != "export.ready":
            frame = socket.wait_for("notification", patience=60)
    export = ready(alice)
    assert export["status"] == "ready", export
    assert export["requested_at"] == asked["requested_at"]
    mail = wait_for(
        lambda: (
            len(found := api.mails_to(alice.email)) > mails_before
            and found[-1]["Subject"] == "Your Hoshi data is ready"
            and found[-1]
        ),
        "the mail about the finished export",
    )
    link = re.search(r"^http\S+$", mail["BodyText"], re.MULTILINE)
    assert link, mail["BodyText"]

    archive = opened(link.group())
    assert opened(export["url"]).namelist() == archive.namelist()
    assert read(archive, "account")["email"] == alice.email
    assert [each["caption"] for each in read(archive, "posts")] == ["My own"]
    assert [each["post_id"] for each in read(archive, "likes")] == [bobs["id"]]
    assert [each["content"] for each in read(archive, "comments")] == ["How nice"]
    assert [each["username"] for each in read(archive, "following")] == [bob.username]
    said = [each["content"] for each in read(archive, f"messages/{room}")]
    assert said == ["Hello Bob", "Hello Alice"]
    assert len(read(archive, "sessions")) == 1
    assert "post.liked" in {each["type"] for each in read(archive, "notifications")}
    [upload_row] = read(archive, "uploads")
    with Image.open(io.BytesIO(archive.read(upload_row["file"]))) as image:
        assert image.size == (1200, 1411)
    files = [name for name in archive.namelist() if name.startswith("media/")]
    assert files == [upload_row["file"]], "no pictures of other people"

    everything = b"".join(archive.read(name) for name in archive.namelist())
    for foreign in ("Not hers", "Bob's words", "Between us", eve.username, bob.email):
        assert foreign.encode() not in everything, foreign


def test_a_repeated_request_starts_no_second_export(
    api: Api, stack: Deployed, alice: Person
) -> None:
    key = {"Idempotency-Key": "one-export"}
    first = alice.call("POST", "/account/export", headers=key)
    again = alice.call("POST", "/account/export", headers=key)
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    made = ready(alice)
    assert made["status"] == "ready", made
    another = alice.expect(202, "POST", "/account/export")
    assert another["ready_at"] == made["ready_at"], "it is the existing one"
    bucket = f"{STACK}-media-000000000000-us-east-1"
    found = stack.client("s3").list_objects_v2(Bucket=bucket, Prefix=f"exports/{alice.id}/")
    assert found["KeyCount"] == 1


def test_only_the_owner_can_download_it(api: Api, alice: Person, bob: Person) -> None:
    alice.expect(202, "POST", "/account/export")
    url = ready(alice)["url"]
    assert bob.get("/account/export")["status"] == "none"
    assert api.call("GET", "/account/export").status_code == 401
    assert api.call("POST", "/account/export").status_code == 401
    assert httpx.get(url.partition("?")[0], timeout=30).status_code == 403
    assert httpx.get(url.replace(alice.id, bob.id), timeout=30).status_code == 403


def test_the_worker_writes_archives_and_exports_only_deletes_them(stack: Deployed) -> None:
    bucket = f"{STACK}-media-000000000000-us-east-1"
    worker, exports = (as_service(stack, role, "s3") for role in ("export-worker", "exports"))
    worker.put_object(Bucket=bucket, Key="exports/test/a.zip", Body=b"zip")
    exports.delete_object(Bucket=bucket, Key="exports/test/a.zip")
    for call, key in (
        (worker.put_object, "media/a/original.jpg"),
        (worker.delete_object, "media/a/original.jpg"),
        (exports.put_object, "exports/test/a.zip"),
        (exports.delete_object, "media/a/original.jpg"),
    ):
        assert refusal(call, Bucket=bucket, Key=key) in ("AccessDenied", "AccessDeniedException")


def test_only_the_worker_reads_the_data_of_other_services(stack: Deployed) -> None:
    key = {"conversation_id": {"S": "none"}, "message_id": {"S": "none"}}
    worker, exports = (as_service(stack, role, "dynamodb") for role in ("export-worker", "exports"))
    assert "Item" not in worker.get_item(TableName=stack.table("messages"), Key=key)
    code = refusal(exports.get_item, TableName=stack.table("messages"), Key=key)
    assert code in ("AccessDenied", "AccessDeniedException")
