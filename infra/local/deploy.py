"""Deploy the three stacks to an emulator, with the same `sam` commands as to AWS.

outputs = deploy("http://localhost:4566")                           # what `make run` does
outputs = deploy(ministack.endpoint, overrides={"RateScale": "1"})  # a test's own stack
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.local.build import build, digest, fingerprint
from infra.local.clients import client
from infra.local.localstack_gaps import put_document, verify_senders
from infra.local.sam import ROOT, parameters, sam, stack_name
from infra.templates import FOUNDATION, OBSERVABILITY, resources

PARTS = {"foundation": FOUNDATION, "observability": OBSERVABILITY}
__all__ = ["build", "deploy", "outputs", "remember", "remembered"]


def deploy(
    endpoint: str,
    config_env: str = "local",
    overrides: Mapping[str, str] | None = None,
    say: Callable[[str], object] = lambda step: None,
) -> dict[str, str]:
    """Update the stacks at `endpoint` to the sources; return their outputs, and the `PublicUrl`.

    `overrides` are template parameters that differ from those of `config_env` in samconfig.toml.
    A stack made from the same sources and parameters is neither built nor deployed again.
    """
    stack, wanted = stack_name(config_env), _wanted(endpoint, config_env, overrides)
    with ThreadPoolExecutor() as pool:
        building = pool.submit(build, with_layers=config_env != "local")
        for part, file in PARTS.items():
            say(f"Deploying {file}")
            _update(endpoint, config_env, f"{stack}-{part}", ROOT / file, wanted, digest(file))
        _enable_expiry(endpoint, f"{stack}-foundation")
        say("Building the functions")
        template = building.result()
    say("Deploying template.yaml")
    _update(endpoint, config_env, stack, template, wanted, fingerprint())
    if config_env == "localstack":
        verify_senders(endpoint, wanted)
        put_document(endpoint, stack, wanted)
        # No custom domain: the URL has the id of the API, which is known only now.
        wanted["PublicUrl"] = outputs(endpoint, stack)["ApiUrl"]
        _update(endpoint, config_env, stack, template, wanted, fingerprint())
    made = outputs(endpoint, f"{stack}-foundation") | outputs(endpoint, stack)
    return made | {"PublicUrl": wanted["PublicUrl"]}


def deploy_foundation(endpoint: str, overrides: Mapping[str, str]) -> None:
    """Update what keeps data alone, as before a restore (`infra.restore`)."""
    stack, wanted = stack_name("local"), _wanted(endpoint, "local", overrides)
    name = f"{stack}-foundation"
    _update(endpoint, "local", name, ROOT / FOUNDATION, wanted, digest(FOUNDATION))


def outputs(endpoint: str, stack: str) -> dict[str, str]:
    """The outputs of one stack; empty if there is no such stack."""
    try:
        [found] = client("cloudformation", endpoint).describe_stacks(StackName=stack)["Stacks"]
    except ClientError:
        return {}
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}


def remembered(endpoint: str, name: str) -> str:
    """A note kept in the emulator itself, so that it is lost with it; empty if there is none."""
    ssm = client("ssm", endpoint)
    try:
        return str(ssm.get_parameter(Name=name)["Parameter"]["Value"])
    except ssm.exceptions.ParameterNotFound:
        return ""


def remember(endpoint: str, name: str, value: str) -> None:
    """Leave a note for `remembered`."""
    ssm = client("ssm", endpoint)
    ssm.put_parameter(Name=name, Value=value, Type="String", Overwrite=True)


def _wanted(endpoint: str, config_env: str, overrides: Mapping[str, str] | None) -> dict[str, str]:
    """The template parameters of a deployment."""
    wanted, stack = parameters(config_env) | {"EmulatorUrl": endpoint}, stack_name(config_env)
    if config_env == "local":
        wanted["PublicUrl"] = f"http://api.{stack}.{endpoint.removeprefix('http://')}"
    elif known := outputs(endpoint, stack):
        wanted["PublicUrl"] = known["ApiUrl"]
    return wanted | dict(overrides or {})


def _update(
    endpoint: str,
    config_env: str,
    stack: str,
    template: Path,
    wanted: Mapping[str, str],
    sources: str,
) -> None:
    """`sam deploy`, unless the stack was made from these sources with these parameters."""
    made_from = f"{sources} {sorted(wanted.items())}"
    if remembered(endpoint, f"/{stack}/made-from") != made_from:
        sam(
            *("deploy", "--config-env", config_env, "--template-file", str(template)),
            *("--stack-name", stack, "--parameter-overrides"),
            *(f"{name}={value}" for name, value in wanted.items()),
            more={"AWS_ENDPOINT_URL": endpoint},
        )
        remember(endpoint, f"/{stack}/made-from", made_from)


def _enable_expiry(endpoint: str, stack: str) -> None:
    """Switch TTL on as the template says: MiniStack ignores it when it creates a table."""
    tables = resources(FOUNDATION, "AWS::DynamoDB::Table")
    dynamodb = client("dynamodb", endpoint)
    pages = client("cloudformation", endpoint).get_paginator("list_stack_resources")
    for page in pages.paginate(StackName=stack):
        for resource in page["StackResourceSummaries"]:
            properties = tables.get(resource["LogicalResourceId"], {})
            wanted = properties.get("TimeToLiveSpecification")
            table = resource["PhysicalResourceId"]
            if wanted and _expiry(dynamodb, table) != wanted["AttributeName"]:
                dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=wanted)


def _expiry(dynamodb: Any, table: str) -> str | None:
    described = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    name: str | None = described.get("AttributeName")
    return name
