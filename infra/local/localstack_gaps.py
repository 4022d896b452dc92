"""What LocalStack does not make of the templates, made after each deployment."""

import json
from typing import Any

from infra.gateway_responses import gateway_responses
from infra.local.clients import client
from infra.templates import FOUNDATION, TEMPLATE, load

_STAGE = "live"


def close_gaps(endpoint: str, stack: str, parameters: dict[str, str]) -> None:
    """Verify whom mails are sent from, and give the gateway's own answers the contract's shape."""
    ses = client("sesv2", endpoint)
    domain = parameters.get("MailDomain", _default(FOUNDATION, "MailDomain"))
    for identity in (
        domain,
        _address(parameters.get("MailSender", _default(TEMPLATE, "MailSender"))),
    ):
        try:
            ses.create_email_identity(EmailIdentity=identity)
        except ses.exceptions.AlreadyExistsException:
            continue
    found = client("cloudformation", endpoint).describe_stack_resource(
        StackName=stack, LogicalResourceId="Api"
    )
    api = found["StackResourceDetail"]["PhysicalResourceId"]
    gateway = client("apigateway", endpoint)
    put_gateway_responses(
        gateway, api, parameters.get("AllowedOrigin", _default(TEMPLATE, "AllowedOrigin"))
    )
    gateway.create_deployment(restApiId=api, stageName=_STAGE)


def put_gateway_responses(gateway: Any, api: str, origin: str) -> None:
    """Say what the gateway itself answers: LocalStack does not read it in the API's document. It is
    in effect with the next deployment of the API."""
    for kind, response in gateway_responses().items():
        parameters = json.dumps(response["responseParameters"])
        gateway.put_gateway_response(
            restApiId=api,
            responseType=kind,
            **({"statusCode": response["statusCode"]} if "statusCode" in response else {}),
            responseParameters={
                name: value["Fn::Sub"].replace("${AllowedOrigin}", origin)
                if isinstance(value, dict)
                else value
                for name, value in json.loads(parameters).items()
            },
            responseTemplates=response["responseTemplates"],
        )


def _default(file: str, parameter: str) -> str:
    return str(load(file)["Parameters"][parameter]["Default"])


def _address(sender: str) -> str:
    """`hello@example.com` of `Hoshi <hello@example.com>`."""
    return sender.rpartition("<")[2].rstrip(">")
