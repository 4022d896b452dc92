"""A newsletter on the deployed stack: sent by an administrator, ended by the button in the mail."""

from typing import Any

from tests.e2e.client import Api, Person, join, log_in, wait_for
from tests.e2e.conftest import Deployed


def an_administrator(api: Api, stack: Deployed) -> Person:
    person = join(api, "editor")
    stack.client("dynamodb").update_item(
        TableName=stack.table("users"),
        Key={"user_id": {"S": person.id}},
        UpdateExpression="SET #role = :admin",
        ExpressionAttributeNames={"#role": "role"},
        ExpressionAttributeValues={":admin": {"S": "admin"}},
    )
    person.token = log_in(person)
    return person


def send(editor: Person, **more: Any) -> dict[str, Any]:
    """Send a newsletter; returns its progress once it is sent."""
    body = {"subject": "May", "body": "# New\n\n**Stories** are [here](https://a.example).", **more}
    sent = editor.expect(202, "POST", "/admin/newsletters", body)
    return wait_for(
        lambda: (
            (found := editor.get(f"/admin/newsletters/{sent['newsletter_id']}"))["status"] == "sent"
            and found
        ),
        "the newsletter to be sent",
        patience=60,
    )


def newsletters_to(api: Api, address: str) -> list[dict[str, Any]]:
    return [mail for mail in api.mails_to(address) if mail["Subject"] == "May"]


def test_a_newsletter_reaches_who_subscribed_until_they_press_the_button(
    api: Api, stack: Deployed
) -> None:
    editor, reader, other = an_administrator(api, stack), join(api, "reader"), join(api, "other")
    reader.expect(200, "PUT", "/settings/notifications", {"newsletter": True})
    assert send(editor, test_only=True)["sent_count"] == 1
    assert len(newsletters_to(api, editor.email)) == 1

    progress = send(editor)
    assert progress["sent_count"] == progress["recipients_count"] >= 1
    [mail] = newsletters_to(api, reader.email)
    assert "<h1" in mail["BodyHtml"]
    assert not newsletters_to(api, other.email)

    path = "/emails/unsubscribe?token=" + mail["BodyText"].rpartition("?token=")[2].split()[0]
    page = api.call("GET", path)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    api.expect(200, "POST", path)
    assert reader.get("/settings/notifications")["newsletter"] is False
    assert api.expect(400, "POST", path[:-3])["code"] == "invalid_unsubscribe_token"
    send(editor)
    assert len(newsletters_to(api, reader.email)) == 1
