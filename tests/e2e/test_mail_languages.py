"""Mails on the deployed stack are in the language of the request, or of the account."""

from tests.e2e.client import PASSWORD, Api, Person, new_name, registration, wait_for

JAPANESE = {"Accept-Language": "ja-JP,ja;q=0.9,en;q=0.8"}
INDONESIAN = {"Accept-Language": "id"}


def subjects(person: Person) -> list[str]:
    return [mail["Subject"] for mail in person.api.mails_to(person.email)]


def test_an_account_is_mailed_in_its_language_until_it_chooses_another(api: Api) -> None:
    body = registration(new_name("haruka"))
    api.expect(201, "POST", "/register", body, headers=JAPANESE)
    proof = {"email": body["email"], "otp_code": api.code_for(body["email"])}
    given = api.expect(200, "POST", "/verify-otp", proof)
    names = (given["user"]["id"], body["username"], body["email"])
    haruka = Person(api, *names, given["token"], given["refresh_token"])
    [mail] = api.mails_to(haruka.email)
    assert mail["Subject"] == "Hoshi の確認コード"
    assert f"@{haruka.username} さん" in mail["BodyText"]
    assert "有効期間は10分です。" in mail["BodyText"]
    assert '<html lang="ja">' in mail["BodyHtml"]
    assert haruka.get("/settings/notifications")["language"] == "ja"

    credentials = {"identifier": haruka.username, "password": PASSWORD}
    haruka.token = api.expect(200, "POST", "/login", credentials, headers=INDONESIAN)["token"]
    assert haruka.get("/settings/notifications")["language"] == "id"
    api.expect(200, "POST", "/forgot-password", {"email": haruka.email}, headers=JAPANESE)
    wait_for(lambda: "Hoshi のパスワードの再設定" in subjects(haruka), "the mail of the reset")

    haruka.expect(200, "PUT", "/settings/notifications", {"language": "ja"})
    haruka.token = api.expect(200, "POST", "/login", credentials, headers=INDONESIAN)["token"]
    haruka.expect(202, "DELETE", "/account", {"password": PASSWORD})
    deleted = "Hoshi アカウントは削除される予定です"
    wait_for(lambda: deleted in subjects(haruka), "the mail of the deletion")
