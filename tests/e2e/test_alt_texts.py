"""Alternative texts by a model, on the deployed stack, where MiniStack answers for the model."""

from pathlib import Path

from tests.e2e.client import Api, Person, wait_for
from tests.e2e.conftest import Deployed
from tests.e2e.settings import settings

MODEL = {"AI_MODEL": "amazon.nova-lite-v1:0"}


def test_a_picture_is_described_if_its_owner_allows_it(
    stack: Deployed, alice: Person, bob: Person, photograph: Path
) -> None:
    allowed = alice.expect(200, "PUT", "/settings/privacy", {"suggest_alt_text": True})
    assert allowed["suggest_alt_text"] is True
    with settings(stack, "AiOnMediaReady", **MODEL), settings(stack, "SuggestAltText", **MODEL):
        upload = alice.processed(alice.upload(photograph, "image/jpeg"))
        post = alice.expect(201, "POST", "/posts", {"upload_ids": [upload["upload_id"]]})
        wait_for(
            lambda: alice.get(f"/posts/{post['id']}")["media"][0]["alt_text"],
            "the post to have an alternative text",
        )
        given = alice.get(f"/posts/{post['id']}")["media"][0]
        asked = {"upload_id": given["upload_id"]}
        suggested = alice.expect(200, "POST", "/ai/alt-text", asked)["alt_text"]
        assert given["alt_text"] == suggested, "the model was asked once"
        assert bob.call("POST", "/ai/alt-text", asked).json()["code"] == "upload_not_found"

        silent = alice.expect(
            201,
            "POST",
            "/posts",
            {"media": [{"upload_id": given["upload_id"], "alt_text": "Mine"}]},
        )
        assert silent["media"][0]["alt_text"] == "Mine"


def test_the_assistant_is_off_without_a_model(
    api: Api, stack: Deployed, alice: Person, photograph: Path
) -> None:
    assert api.expect(200, "GET", "/config")["features"]["ai"] is False
    with settings(stack, "GetConfig", **MODEL):
        assert api.expect(200, "GET", "/config")["features"]["ai"] is True
    upload = alice.processed(alice.upload(photograph, "image/jpeg"))
    refused = alice.call("POST", "/ai/alt-text", {"upload_id": upload["upload_id"]})
    assert (refused.status_code, refused.json()["code"]) == (503, "ai_unavailable")
