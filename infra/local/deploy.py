"""Build the SAM application and deploy its two stacks to an emulator, as `sam` would to AWS.

    outputs = deploy("http://localhost:4566")                                  # what `make run` does
    outputs = deploy(ministack.endpoint, overrides={"RateScale": "1"})         # a test's own stack

A build is kept under the hash of what it was made from, so runs and tests share it and never disturb each other;
the hash is also left in the stack, so a stack that is up to date is not deployed again.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import yaml
from botocore.exceptions import ClientError

from infra.local.ministack import CREDENTIALS, REGION, clean_environment

ROOT = Path(__file__).parents[2]
FOUNDATION = "infra/foundation.yaml"
SOURCES = ["functions", "infra", "layers", "template.yaml", "samconfig.toml", "uv.lock"]
BUILDS_KEPT = 4


class DeployError(RuntimeError):
    """A `sam` command failed; the message ends with what it said last."""


def fingerprint(root: Path = ROOT) -> str:
    """The hash of everything a build is made from."""
    digest = hashlib.sha256()
    for source in SOURCES:
        path = root / source
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(f"{file.relative_to(root)}\0".encode())
                digest.update(hashlib.file_digest(file.open("rb"), "sha256").digest())
    return digest.hexdigest()[:16]


def build(root: Path = ROOT) -> Path:
    """`sam build` into a folder of its own, unless that exact build exists; returns the built template.

    The layers stay empty: an emulator's functions find packages where the emulator does, in this environment.
    """
    made_from = fingerprint(root)
    builds = root / ".local" / "builds"
    with _only_one(builds):
        built = builds / made_from / "build" / "template.yaml"
        if built.exists():
            os.utime(builds / made_from)
            return built
        scratch = builds / f"{made_from}.unfinished"
        shutil.rmtree(scratch, ignore_errors=True)
        _sam(root, "build", "--config-env", "local", "--build-dir", str(scratch / "build"))
        scratch.rename(builds / made_from)
        _forget_old(builds)
    return built


def deploy(
    endpoint: str,
    config_env: str = "local",
    overrides: Mapping[str, str] | None = None,
    root: Path = ROOT,
) -> dict[str, str]:
    """Bring both stacks at `endpoint` up to date with the sources; returns the outputs of both.

    `overrides` are template parameters that differ from those of `config_env` in samconfig.toml.
    """
    parameters = _parameters(root, config_env) | dict(overrides or {})
    stack = _stack_name(root, config_env)
    made_from = f"{fingerprint(root)} {sorted(parameters.items())}"
    if _deployed_from(endpoint, stack) != made_from:
        template = build(root)
        if (root / FOUNDATION).exists():
            _sam_deploy(root, endpoint, config_env, root / FOUNDATION, f"{stack}-foundation", parameters)
            _enable_expiry(root, endpoint, f"{stack}-foundation")
        _sam_deploy(root, endpoint, config_env, template, stack, parameters)
        _remember(endpoint, stack, made_from)
    return outputs(endpoint, f"{stack}-foundation") | outputs(endpoint, stack)


def outputs(endpoint: str, stack: str) -> dict[str, str]:
    """The outputs of one stack; none when there is no such stack."""
    try:
        [found] = client("cloudformation", endpoint).describe_stacks(StackName=stack)["Stacks"]
    except ClientError:
        return {}
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}


def client(service: str, endpoint: str) -> Any:
    """A boto3 client of the emulator at `endpoint`, as its root user."""
    return boto3.client(  # type: ignore[call-overload]
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
    )


def _sam_deploy(
    root: Path,
    endpoint: str,
    config_env: str,
    template: Path,
    stack: str,
    parameters: Mapping[str, str],
) -> None:
    pairs = [f"{name}={value}" for name, value in parameters.items()]
    arguments = ["--config-env", config_env, "--template-file", str(template), "--stack-name", stack]
    _sam(root, "deploy", *arguments, "--parameter-overrides", *pairs, endpoint=endpoint)


def _sam(root: Path, *arguments: str, endpoint: str = "") -> None:
    home = root / ".local" / "home"
    home.mkdir(parents=True, exist_ok=True)
    environment = clean_environment(home) | CREDENTIALS
    environment |= {"SAM_CLI_TELEMETRY": "0", "SAM_CLI_POLL_DELAY": "0.2", "LAYERS": "none"}
    if endpoint:
        environment["AWS_ENDPOINT_URL"] = endpoint
    sam = Path(sys.executable).parent / "sam"
    done = subprocess.run(
        [str(sam), *arguments, "--config-file", str(root / "samconfig.toml")],
        cwd=root,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        said = "\n".join(done.stdout.splitlines()[-40:])
        raise DeployError(f"sam {arguments[0]} failed:\n{said}")


def _parameters(root: Path, config_env: str) -> dict[str, str]:
    pairs = _config(root, config_env)["deploy"]["parameters"].get("parameter_overrides", [])
    return dict(pair.split("=", 1) for pair in pairs)


def _stack_name(root: Path, config_env: str) -> str:
    return str(_config(root, config_env)["global"]["parameters"]["stack_name"])


def _config(root: Path, config_env: str) -> dict[str, Any]:
    config: dict[str, Any] = tomllib.loads((root / "samconfig.toml").read_text())[config_env]
    return config


class _Template(yaml.SafeLoader):
    """CloudFormation's YAML, whose !Ref, !Sub … are read as nothing."""


_Template.add_multi_constructor("!", lambda loader, suffix, node: None)


def _enable_expiry(root: Path, endpoint: str, stack: str) -> None:
    """Switch TTL on as the template says: MiniStack drops it when it creates a table."""
    resources = yaml.load((root / FOUNDATION).read_text(), _Template)["Resources"]
    dynamodb = client("dynamodb", endpoint)
    pages = client("cloudformation", endpoint).get_paginator("list_stack_resources")
    for page in pages.paginate(StackName=stack):
        for summary in page["StackResourceSummaries"]:
            properties = resources[summary["LogicalResourceId"]].get("Properties", {})
            table = summary["PhysicalResourceId"]
            wanted = properties.get("TimeToLiveSpecification")
            if wanted and _expires_by(dynamodb, table) != wanted["AttributeName"]:
                dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=wanted)


def _expires_by(dynamodb: Any, table: str) -> str | None:
    described = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    name: str | None = described.get("AttributeName")
    return name


def _deployed_from(endpoint: str, stack: str) -> str:
    ssm = client("ssm", endpoint)
    try:
        return str(ssm.get_parameter(Name=f"/{stack}/deployed-from")["Parameter"]["Value"])
    except ssm.exceptions.ParameterNotFound:
        return ""


def _remember(endpoint: str, stack: str, made_from: str) -> None:
    name = f"/{stack}/deployed-from"
    client("ssm", endpoint).put_parameter(Name=name, Value=made_from, Type="String", Overwrite=True)


@contextlib.contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _forget_old(builds: Path) -> None:
    finished = [folder for folder in builds.iterdir() if folder.is_dir()]
    for folder in sorted(finished, key=lambda folder: folder.stat().st_mtime)[:-BUILDS_KEPT]:
        shutil.rmtree(folder)
