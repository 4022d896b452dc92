"""The foundation on an emulator of its own, once for all of these tests.

Handlers run in this process, as root of that emulator: what a service's role may not do is tested
where everything is deployed. Tables are shared, so every test uses keys of its own.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from infra.generated import ROOT
from infra.local.clients import CREDENTIALS, REGION
from infra.local.ministack import MiniStack
from infra.templates import FOUNDATION, TEMPLATE, load
from shared import config, hot_reads
from shared.access import signing_keys
from shared.aws import clients, media_urls
from shared.dynamodb import recounts
from shared.http import idempotency

ACCOUNT = "000000000000"
STACK = "hoshi"
# Parameters that differ from their defaults: one address plays many people, quickly.
PARAMETERS = {"Stack": STACK, "RateScale": "1000", "PasswordCost": "4"}


@pytest.fixture(scope="session")
def foundation() -> Iterator[MiniStack]:
    """An emulator that has the foundation, and this process's environment set up for it."""
    with MiniStack() as emulator, pytest.MonkeyPatch.context() as patch:
        _deploy_foundation(emulator)
        for name, value in _environment(emulator.endpoint).items():
            patch.setenv(name, value)
        _forget()
        yield emulator
    _forget()


@pytest.fixture(autouse=True)
def cold_reads() -> None:
    """Every test begins in a process that has kept nothing."""
    hot_reads.forget()


@pytest.fixture(autouse=True)
def short_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a repair of a count wait just until the next second of the emulator's clock."""
    monkeypatch.setattr(recounts, "QUIET", 1.1)


def _deploy_foundation(emulator: MiniStack) -> None:
    cloudformation, name = emulator.client("cloudformation"), f"{STACK}-foundation"
    # By way of a bucket, as `sam deploy` does: a request takes no template above 51,200 bytes.
    emulator.client("s3").create_bucket(Bucket="templates")
    emulator.client("s3").upload_file(str(ROOT / FOUNDATION), "templates", name)
    cloudformation.create_stack(
        StackName=name,
        TemplateURL=f"{emulator.endpoint}/templates/{name}",
        Parameters=[{"ParameterKey": "Stack", "ParameterValue": STACK}],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    ready = cloudformation.get_waiter("stack_create_complete")
    ready.wait(StackName=name, WaiterConfig={"Delay": 0.2, "MaxAttempts": 300})


def _environment(endpoint: str) -> dict[str, str]:
    """What `template.yaml` gives its functions, its parameters at their defaults."""
    template = load(TEMPLATE)
    known = {name: str(each.get("Default", "")) for name, each in template["Parameters"].items()}
    known |= {"AWS::AccountId": ACCOUNT, "AWS::Partition": "aws", **PARAMETERS}
    given: dict[str, Any] = dict(template["Globals"]["Function"]["Environment"]["Variables"])
    for function in template["Resources"].values():  # the own variables of some, as the brand
        if function["Type"] == "AWS::Serverless::Function":
            given |= function["Properties"].get("Environment", {}).get("Variables", {})
    return {
        **{
            name: known[each["Ref"]]
            for name, each in given.items()
            if isinstance(each, dict) and each.get("Ref") in known
        },
        **CREDENTIALS,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_LAMBDA_FUNCTION_NAME": f"{STACK}-IntegrationTest",
        "AWS_REGION": REGION,
        "POWERTOOLS_TRACE_DISABLED": "true",
        "PUBLIC_URL": "https://api.example.com",
        "WEBSOCKET_PUSH_URL": f"{endpoint}/_aws/execute-api/{STACK}-chat/live",
        "WEBSOCKET_URL": f"{endpoint.replace('http', 'ws', 1)}/_aws/execute-api/{STACK}-chat/live",
    }


def _forget() -> None:
    """Let this process forget the deployment that it knew, and its clients."""
    vars(config.config).clear()
    for remembered in (
        clients._make,
        clients.session,
        idempotency._store,
        signing_keys._keys,
        media_urls._credentials,
        media_urls._signer,
    ):
        remembered.cache_clear()
