"""What a cold start that imports the kernel must not load."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FUNCTIONS = Path(__file__).parents[3] / "functions"
HEAVY = {
    "pydantic": "bodies",
    "email_validator": "bodies with an e-mail address",
    "jwt": "auth",
    "multipart": "forms",
    "boto3": "idempotency and transfers of files: botocore makes the clients",
    "aws_lambda_powertools.utilities.idempotency": "requests with an Idempotency-Key",
    "aws_lambda_powertools.utilities.parameters": "nothing",
    "aws_xray_sdk": "deployments that trace",
    "concurrent.futures.thread": "calls in parallel",
    "asyncio": "nothing",
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
        "shared.realtime.delivery",
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
    """Tools import the modules too, without a deployment."""
    assert modules_after(
        "import os; os.environ.clear(); import shared.access.tokens, shared.dynamodb.tables, "
        "shared.http.endpoint, shared.messaging.streams, shared.realtime.delivery"
    )


def test_a_cold_start_does_not_search_for_garbage() -> None:
    code = "import posts.create_post, gc; print([each['collections'] for each in gc.get_stats()])"
    environment = {**os.environ, "PYTHONPATH": str(FUNCTIONS)}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    collections = sum(json.loads(ran.stdout))
    assert collections < 15, (
        "four times before the kernel is imported; forty times without its threshold"
    )
