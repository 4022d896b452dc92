"""What LocalStack does not make of the templates, made after each deployment.

Its CloudFormation creates no identity of SES. Of a REST API it creates a route wrongly, and it
updates none: the first document would stay (`Unable to update resource type
"AWS::ApiGateway::RestApi"` in its log).
"""

import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

from infra.generated import ROOT
from infra.local.clients import REGION, client
from infra.templates import FOUNDATION, TEMPLATE, load

_ACCOUNT = "000000000000"
_STAGE = "live"


def verify_senders(endpoint: str, parameters: Mapping[str, str]) -> None:
    """Let SES send mails of the domain, and of the sender's address."""
    ses = client("ses", endpoint)
    given = defaults(FOUNDATION) | defaults(TEMPLATE) | dict(parameters)
    ses.verify_domain_identity(Domain=given["MailDomain"])
    ses.verify_email_identity(EmailAddress=_address(given["MailSender"]))


def put_document(endpoint: str, stack: str, parameters: Mapping[str, str]) -> None:
    """Give the REST API of a stack the present document, and deploy it."""
    pages = client("cloudformation", endpoint).get_paginator("list_stack_resources")
    names = {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for page in pages.paginate(StackName=stack)
        for resource in page["StackResourceSummaries"]
    }
    body = json.dumps(document(names, defaults(TEMPLATE) | dict(parameters))).encode()
    gateway = client("apigateway", endpoint)
    for authorizer in gateway.get_authorizers(restApiId=names["Api"])["items"]:
        # It would stay beside the one of the document.
        gateway.delete_authorizer(restApiId=names["Api"], authorizerId=authorizer["id"])
    gateway.put_rest_api(restApiId=names["Api"], mode="overwrite", body=body)
    gateway.create_deployment(restApiId=names["Api"], stageName=_STAGE)


def document(names: Mapping[str, str], parameters: Mapping[str, str]) -> dict[str, Any]:
    """`infra/api.yaml` with the values that CloudFormation would put in: names of functions by
    their logical ids, and parameters."""
    values = {"AWS::Partition": "aws", "AWS::Region": REGION, "AWS::AccountId": _ACCOUNT}
    values |= parameters

    def value_of(found: re.Match[str]) -> str:
        name, is_arn, _ = found[1].partition(".Arn")
        if is_arn:
            return f"arn:aws:lambda:{REGION}:{_ACCOUNT}:function:{names[name]}"
        return values[name]

    def written(part: Any) -> Any:
        if isinstance(part, list):
            return [written(each) for each in part]
        if not isinstance(part, dict):
            return part
        if set(part) == {"Fn::Sub"}:
            return re.sub(r"\$\{([^}]+)\}", value_of, part["Fn::Sub"])
        if set(part) == {"Ref"}:
            return values[part["Ref"]]
        return {key: written(each) for key, each in part.items()}

    filled: dict[str, Any] = written(yaml.safe_load((ROOT / "infra/api.yaml").read_text()))
    return filled


def defaults(file: str) -> dict[str, str]:
    """The parameters of a template that have a default."""
    return {
        name: str(given["Default"])
        for name, given in load(file)["Parameters"].items()
        if "Default" in given
    }


def _address(sender: str) -> str:
    """`hello@example.com` of `Hoshi <hello@example.com>`."""
    return sender.rpartition("<")[2].rstrip(">")
