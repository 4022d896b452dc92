"""The document of the REST API: what LocalStack imports of it, and its gateway's own answers."""

import json
from typing import Any

import httpx
import pytest
import yaml

from infra.generated import ROOT
from infra.local.localstack_core import LocalStackCore
from infra.local.localstack_gaps import put_gateway_responses

ORIGIN = "https://hoshi.example.com"
METHODS = {"get", "post", "put", "patch", "delete", "head", "options"}


def written(value: Any) -> Any:
    """A part of the document, without CloudFormation functions: the core has no Lambdas to name."""
    if isinstance(value, list):
        return [written(each) for each in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Fn::Sub"}:
        return (
            value["Fn::Sub"].replace("${AllowedOrigin}", ORIGIN).replace("${", "").replace("}", "")
        )
    if set(value) == {"Ref"}:
        return value["Ref"]
    return {key: written(each) for key, each in value.items()}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    document: dict[str, Any] = written(yaml.safe_load((ROOT / "infra/api.yaml").read_text()))
    return document


@pytest.fixture(scope="module")
def api(core: LocalStackCore, document: dict[str, Any]) -> str:
    """The id of the API, deployed as `live`."""
    gateway = core.client("apigateway")
    api_id: str = gateway.import_rest_api(body=json.dumps(document).encode())["id"]
    put_gateway_responses(gateway, api_id, ORIGIN)
    gateway.create_deployment(restApiId=api_id, stageName="live")
    return api_id


def test_every_route_is_imported(core: LocalStackCore, api: str, document: dict[str, Any]) -> None:
    expected = {
        (path, method.upper())
        for path, item in document["paths"].items()
        for method in item
        if method in METHODS
    }
    pages = core.client("apigateway").get_paginator("get_resources").paginate(restApiId=api)
    found = {
        (resource["path"], method): details
        for page in pages
        for resource in page["items"]
        for method, details in resource.get("resourceMethods", {}).items()
    }
    assert set(found) == expected


def test_routes_are_authorized_as_the_document_says(
    core: LocalStackCore, api: str, document: dict[str, Any]
) -> None:
    gateway = core.client("apigateway")
    pages = gateway.get_paginator("get_resources").paginate(restApiId=api)
    ids = {resource["path"]: resource["id"] for page in pages for resource in page["items"]}
    for path, method, kind in [
        ("/posts/{post_id}/like", "post", "CUSTOM"),
        ("/login", "post", "NONE"),
    ]:
        found = gateway.get_method(restApiId=api, resourceId=ids[path], httpMethod=method.upper())
        assert found["authorizationType"] == kind, path
        assert bool(document["paths"][path][method].get("security")) is (kind == "CUSTOM")


def test_the_gateway_answers_in_the_shape_of_the_contract(core: LocalStackCore, api: str) -> None:
    """No token, so that no Lambda is asked."""
    answer = httpx.post(f"{core.endpoint}/_aws/execute-api/{api}/live/posts/p/like")
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthorized"
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert answer.headers["X-Request-Id"] == answer.json()["request_id"]


def test_another_deployment_takes_the_place_of_the_last_one(core: LocalStackCore, api: str) -> None:
    gateway = core.client("apigateway")
    put_gateway_responses(gateway, api, "https://another.example.com")
    gateway.create_deployment(restApiId=api, stageName="live")
    answer = httpx.post(f"{core.endpoint}/_aws/execute-api/{api}/live/posts/p/like")
    assert answer.headers["Access-Control-Allow-Origin"] == "https://another.example.com"
