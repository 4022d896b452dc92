"""What importing the kernel must not cost a function that starts."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FUNCTIONS = Path(__file__).parents[3] / "functions"
HEAVY = {
    "pydantic": "bodies",
    "email_validator": "bodies with an address",
    "jwt": "auth",
    "boto3": "nobody: botocore makes the clients",
    "multipart": "forms",
    "aws_lambda_powertools.utilities.idempotency": "requests with an Idempotency-Key",
    "aws_lambda_powertools.utilities.parameters": "nobody",
    "aws_xray_sdk": "deployments that trace",
    "concurrent.futures.thread": "calls in parallel",
    "asyncio": "nobody",
    "PIL": "media",
}


def modules_after(statement: str) -> set[str]:
    """The modules that a fresh process has loaded after `statement`."""
    code = f"import json, sys; {statement}; print(json.dumps(list(sys.modules)))"
    environment = {**os.environ, "PYTHONPATH": str(FUNCTIONS)}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return set(json.loads(ran.stdout))


@pytest.fixture(scope="module")
def modules() -> set[str]:
    kernel = (
        "shared.access.revocation",
        "shared.aws.media_urls",
        "shared.dynamodb.tables",
        "shared.events.catalogue",
        "shared.http.idempotency",
        "shared.http.multipart",
        "shared.http.paging",
        "shared.messaging.queues",
        "shared.messaging.streams",
        "shared.realtime",
    )
    return modules_after(f"import {', '.join(kernel)}")


@pytest.mark.parametrize("module", HEAVY)
def test_a_function_that_does_not_need_it_does_not_import_it(
    modules: set[str], module: str
) -> None:
    assert module not in modules, f"only for {HEAVY[module]}"


def test_a_route_without_a_table_does_not_import_pynamodb() -> None:
    modules = modules_after("import shared.http.endpoint")
    assert "pynamodb" not in modules
    assert "botocore.client" not in modules


def test_importing_reads_no_setting_and_makes_no_client() -> None:
    """A module is imported by tools too, which have no deployment."""
    assert modules_after(
        "import os; os.environ.clear(); import shared.access.tokens, shared.dynamodb.tables, "
        "shared.http.endpoint, shared.messaging.streams, shared.realtime"
    )


def test_a_start_is_not_held_up_by_looking_for_garbage() -> None:
    code = "import posts.create_post, gc; print([each['collections'] for each in gc.get_stats()])"
    environment = {**os.environ, "PYTHONPATH": str(FUNCTIONS)}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    looked = sum(json.loads(ran.stdout))
    assert looked < 15, "it is four times before the kernel is imported, and forty without its word"
