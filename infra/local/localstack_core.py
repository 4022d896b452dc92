"""LocalStack's core as a process: its open-source part, in a virtual environment of its own.

    with LocalStackCore() as core:        # a free port, nothing kept, ends with the block
        core.deploy("hoshi-foundation", core_part(FOUNDATION))

`make localstack-check` installs it. Without Docker it has no Lambda, and without Java no
DynamoDB; its WebSocket APIs and layers need the licensed image (docs/emulator.md).
"""

import copy
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Collection, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from infra.generated import ROOT
from infra.local.clients import client
from infra.local.ministack import HOST, clean_environment, free_port
from infra.templates import load

PYTHON = ROOT / ".local" / "localstack" / "bin" / "python"
_START_SECONDS = 120.0
_DEPLOY_SECONDS = 300.0
_TEMPLATES = "templates"  # the bucket of templates, which are too long for a request
# What the core makes of the foundation.
CORE_TYPES = {
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Role",
    "AWS::KMS::Alias",
    "AWS::KMS::Key",
    "AWS::S3::Bucket",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::Queue",
    "AWS::SQS::QueuePolicy",
    "AWS::SecretsManager::Secret",
}


class LocalStackError(RuntimeError):
    """The core is not installed, did not start, or refused a stack."""


def core_part(file: str, types: Collection[str] = CORE_TYPES) -> dict[str, Any]:
    """A template with the resources of some types only, without outputs and rules."""
    template = copy.deepcopy(load(file))
    template["Resources"] = {
        name: resource
        for name, resource in template["Resources"].items()
        if resource["Type"] in types
    }
    for section in ("Outputs", "Rules"):
        template.pop(section, None)
    return template


class LocalStackCore:
    """One emulator on a free port, whose files are in a temporary folder that `stop` removes."""

    def __init__(self) -> None:
        self.port = free_port()
        self.home = Path(tempfile.mkdtemp(prefix="hoshi-localstack-"))
        self.log = self.home / "localstack.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        return f"http://localhost:{self.port}"

    def client(self, service: str) -> Any:
        """A boto3 client of this emulator."""
        return client(service, self.endpoint)

    def start(self) -> "LocalStackCore":
        """Start it and wait until it answers."""
        if not PYTHON.exists():
            raise LocalStackError("LocalStack's core is not installed: make localstack-check")
        environment = clean_environment(self.home) | {
            "GATEWAY_LISTEN": f"{HOST}:{self.port}",
            "FILESYSTEM_ROOT": str(self.home / "files"),
            "TMPDIR": str(self.home),
            # It neither reports what is called nor downloads anything.
            "DISABLE_EVENTS": "1",
            "SKIP_SSL_CERT_DOWNLOAD": "1",
            "DNS_ADDRESS": "0",
        }
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [str(PYTHON), "-m", "localstack.runtime.main"],
                cwd=self.home,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + _START_SECONDS
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise LocalStackError(f"LocalStack does not start.\n{self.log_end()}")
            time.sleep(0.2)
        return self

    def stop(self) -> None:
        """End it with everything that it started."""
        if self._process:
            self._process.terminate()
            try:
                self._process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
        shutil.rmtree(self.home, ignore_errors=True)

    def deploy(self, stack: str, template: Mapping[str, Any], **parameters: str) -> dict[str, str]:
        """Create or update a stack; return the physical ids by the logical ones."""
        s3, cloudformation = self.client("s3"), self.client("cloudformation")
        s3.create_bucket(Bucket=_TEMPLATES)
        s3.put_object(Bucket=_TEMPLATES, Key=stack, Body=json.dumps(template).encode())
        is_there = self._status(stack) is not None
        (cloudformation.update_stack if is_there else cloudformation.create_stack)(
            StackName=stack,
            TemplateURL=f"{self.endpoint}/{_TEMPLATES}/{stack}",
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
            ],
            Capabilities=["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        deadline = time.monotonic() + _DEPLOY_SECONDS
        while (status := str(self._status(stack))).endswith("_IN_PROGRESS"):
            if time.monotonic() > deadline:
                break
            time.sleep(0.5)
        if status != ("UPDATE_COMPLETE" if is_there else "CREATE_COMPLETE"):
            raise LocalStackError(f"{stack} is {status}.\n{self._failures(stack)}")
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
        return {
            resource["LogicalResourceId"]: resource["PhysicalResourceId"]
            for page in pages
            for resource in page["StackResourceSummaries"]
        }

    def log_end(self) -> str:
        """The last lines that it logged."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])

    def __enter__(self) -> "LocalStackCore":
        try:
            return self.start()
        except LocalStackError:
            self.stop()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _is_ready(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.endpoint}/_localstack/health", timeout=5).close()
        except OSError:
            return False
        return True

    def _status(self, stack: str) -> str | None:
        """The status of a stack; None if there is none of this name."""
        pages = self.client("cloudformation").get_paginator("list_stacks").paginate()
        found = {
            each["StackName"]: each["StackStatus"]
            for page in pages
            for each in page["StackSummaries"]
            if each["StackStatus"] != "DELETE_COMPLETE"
        }
        return found.get(stack)

    def _failures(self, stack: str) -> str:
        events = self.client("cloudformation").describe_stack_events(StackName=stack)
        return "\n".join(
            f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}"
            for event in events["StackEvents"]
            if event["ResourceStatus"].endswith("_FAILED")
        )
