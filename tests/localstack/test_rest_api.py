"""The document of the REST API: what LocalStack makes of it, and of another one in its place."""

import copy
from typing import Any

import pytest

from infra.local import localstack_gaps
from infra.local.localstack_core import LocalStackCore
from infra.local.localstack_gaps import document, put_document
from infra.templates import functions

METHODS = {"get", "post", "put", "patch", "delete", "head", "options"}
STACK = "hoshi-rest"


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    """The core has no Lambdas: the document names them by their logical ids."""
    defaults = localstack_gaps.defaults("template.yaml") | {"Stack": "hoshi", "Stage": "localstack"}
    return document({name: name for name in functions()}, defaults)


def template_of(document: dict[str, Any]) -> dict[str, Any]:
    """The API as the template has it, but for its Lambdas."""
    properties = {
        "StageName": "live",
        "AlwaysDeploy": True,
        "OpenApiVersion": "3.0.1",
    }
    return {
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {
            "Api": {
                "Type": "AWS::Serverless::Api",
                "Properties": properties | {"DefinitionBody": document},
            }
        },
    }


@pytest.fixture(scope="module")
def api(core: LocalStackCore, written: dict[str, Any]) -> str:
    """The id of the deployed API."""
    api_id = core.deploy(STACK, template_of(written))["Api"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(localstack_gaps, "document", lambda *_: written)
        put_document(core.endpoint, STACK, {})
    return api_id


def routes_of(given: dict[str, Any]) -> set[tuple[str, str]]:
    return {
        (path, method.upper())
        for path, item in given["paths"].items()
        for method in item
        if method in METHODS
    }


def methods(core: LocalStackCore, api: str) -> dict[tuple[str, str], Any]:
    """What the gateway knows of each route."""
    gateway = core.client("apigateway")
    pages = gateway.get_paginator("get_resources").paginate(restApiId=api, embed=["methods"])
    return {
        (resource["path"], method): details
        for page in pages
        for resource in page["items"]
        for method, details in resource.get("resourceMethods", {}).items()
    }


def test_every_route_is_imported_with_its_lambda_and_authorizer(
    core: LocalStackCore, api: str, written: dict[str, Any]
) -> None:
    found = methods(core, api)
    assert set(found) == routes_of(written)
    for (path, method), details in found.items():
        said = written["paths"][path][method.lower()]
        kind = "CUSTOM" if said.get("security") else "NONE"
        assert details["authorizationType"] == kind, path
        assert (
            details["methodIntegration"]["uri"] == said["x-amazon-apigateway-integration"]["uri"]
        ), path


def test_another_document_takes_the_place_of_the_first(
    core: LocalStackCore, api: str, written: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """CloudFormation of LocalStack updates no API, so a step of the deployment does."""
    gateway = core.client("apigateway")
    before = gateway.get_stage(restApiId=api, stageName="live")["deploymentId"]
    changed = copy.deepcopy(written)
    monkeypatch.setattr(localstack_gaps, "document", lambda *_: changed)
    for path in ("/another", "/yet-another"):
        changed["paths"][path] = changed["paths"].popitem()[1]
        assert core.deploy(STACK, template_of(changed))["Api"] == api
        put_document(core.endpoint, STACK, {})
    assert "/another" not in changed["paths"]
    assert set(methods(core, api)) == routes_of(changed)
    assert gateway.get_stage(restApiId=api, stageName="live")["deploymentId"] != before
    assert len(gateway.get_authorizers(restApiId=api)["items"]) == 1


def test_the_senders_of_mails_are_verified(core: LocalStackCore) -> None:
    """By the first version of the service; the second one, which Hoshi sends with, is not in the
    core, and has the same identities."""
    ses = core.client("ses")
    mail = {
        "Source": "Hoshi <hello@hoshi.localhost>",
        "Destination": {"ToAddresses": ["someone@example.com"]},
        "Message": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "b"}}},
    }
    with pytest.raises(ses.exceptions.MessageRejected):
        ses.send_email(**mail)
    localstack_gaps.verify_senders(core.endpoint, {})
    assert ses.send_email(**mail)["MessageId"]
