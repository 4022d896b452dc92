"""`make endpoint`: what it writes is whole, and it overwrites nothing."""

import ast
import json

import pytest

from infra import scaffold, templates
from infra.generated import ROOT
from infra.scaffold import Endpoint

NEW = Endpoint("saved", "pin_collection", "PUT", "/collections/{collection_id}/pin")


def test_the_files_of_an_endpoint_agree_with_its_route() -> None:
    texts = {str(file.relative_to(ROOT)): text for file, text in scaffold.files(NEW).items()}
    assert sorted(texts) == [
        "events/saved/pin_collection.json",
        "functions/saved/pin_collection.py",
        "tests/unit/saved/test_pin_collection.py",
    ]
    module = ast.parse(texts["functions/saved/pin_collection.py"])
    assert (ast.get_docstring(module) or "").startswith("PUT /collections/{collection_id}/pin: ")
    assert "def pin_collection(" in texts["functions/saved/pin_collection.py"]
    event = json.loads(texts["events/saved/pin_collection.json"])
    assert (event["httpMethod"], event["resource"]) == ("PUT", NEW.path)
    assert event["path"] == f"/collections/{event['pathParameters']['collection_id']}/pin"
    assert event["requestContext"]["resourcePath"] == NEW.path
    ast.parse(texts["tests/unit/saved/test_pin_collection.py"])


def test_its_row_is_the_last_of_its_services_banner() -> None:
    before = (ROOT / templates.TEMPLATE).read_text()
    after = scaffold.with_row(before, NEW)
    [row] = set(after.splitlines()) - set(before.splitlines()) - {"  PinCollection:"}
    assert row.strip() == "Handler: saved.pin_collection.app"
    section = after.partition("# ── saved ")[2].partition("# ── ")[0]
    last = section.rstrip().split("\n\n")[-1]
    assert last.startswith("  PinCollection:\n")
    assert "role/${Stack}-saved" in last


@pytest.mark.parametrize(
    ("name", "route", "sentence"),
    [
        ("get_post", "GET /x", "NAME is <service>/<verb_noun>"),
        ("posts/history", "GET /x", "NAME is <service>/<verb_noun>"),
        ("nothing/get_it", "GET /x", "there is no service nothing"),
        ("shared/get_it", "GET /x", "there is no service shared"),
        ("posts/get_it", "FETCH /x", "ROUTE is"),
        ("posts/get_it", "GET x", "ROUTE is"),
        ("posts/get_it", "GET /x/{post-id", "ROUTE is"),
        ("saved/get_post", "GET /x", "posts/get_post has that name already"),
        ("saved/get_it", "GET /posts/{post_id}", "GetPost serves GET /posts/{post_id} already"),
    ],
)
def test_what_is_taken_or_cannot_be_is_refused(name: str, route: str, sentence: str) -> None:
    with pytest.raises(SystemExit, match=sentence.replace("{", r"\{")):
        scaffold.read(name, route)


def test_a_free_name_and_route_are_taken() -> None:
    route = f"{NEW.method} {NEW.path}"
    assert scaffold.read("saved/pin_collection", route) == NEW
