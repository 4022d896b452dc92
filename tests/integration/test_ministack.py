"""The emulator as `make run` and the tests use it: kept state, one owner, no orphans."""

import io
import json
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from infra.local.ministack import MiniStack, MiniStackError, free_port

START_AND_DIE = """
import os
from infra.local.ministack import MiniStack

stack = MiniStack(int(os.environ["PORT"])).start()
print(stack.home, flush=True)
os._exit(9)
"""

CONSUMER = """
import boto3

def handler(event, context):
    print(len(event["Records"]))
    for record in event["Records"]:
        boto3.client("dynamodb").put_item(TableName="seen", Item=record["dynamodb"]["Keys"])
"""

WHERE = """
import os
import pathlib

def handler(event, context):
    print("here")
    return {"folder": str(pathlib.Path(__file__).resolve().parent), "process": os.getpid()}
"""


def test_a_kept_state_survives_a_stop_from_elsewhere(tmp_path: Path) -> None:
    port = free_port()
    with MiniStack(port, tmp_path) as started:
        started.client("ssm").put_parameter(Name="/kept", Value="yes", Type="String")
        started.client("s3").create_bucket(Bucket="kept")
        started.client("s3").put_object(Bucket="kept", Key="picture", Body=b"bytes")
        assert MiniStack(port, tmp_path).stop()
    with MiniStack(port, tmp_path) as again:
        assert again.client("ssm").get_parameter(Name="/kept")["Parameter"]["Value"] == "yes"
        picture = again.client("s3").get_object(Bucket="kept", Key="picture")
        assert picture["Body"].read() == b"bytes"


def make_table_with_consumer(stack: MiniStack) -> None:
    """Table `facts`, whose stream a function copies to table `seen`."""
    for name in ("facts", "seen"):
        stack.client("dynamodb").create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
        )
    make_function(stack, "consumer", CONSUMER)
    table = stack.client("dynamodb").describe_table(TableName="facts")["Table"]
    stack.client("lambda").create_event_source_mapping(
        FunctionName="consumer",
        EventSourceArn=table["LatestStreamArn"],
        StartingPosition="TRIM_HORIZON",
    )


def make_function(stack: MiniStack, name: str, code: str) -> None:
    """A function that may use every table, and its role."""
    trusted = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
    allowed = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}
    iam = stack.client("iam")
    role = iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps(
            {"Statement": [trusted | {"Action": "sts:AssumeRole"}]}
        ),
    )
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_role_policy(RoleName=name, PolicyName="tables", PolicyDocument=document)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("function.py"), code)
    stack.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="function.handler",
        Role=role["Role"]["Arn"],
        Code={"ZipFile": packed.getvalue()},
        Timeout=10,
    )


def put_and_await(stack: MiniStack, ids: set[str]) -> set[str]:
    """Put facts, and return which ids were seen once all of these are, or when the time is up."""
    tables = stack.client("dynamodb")
    for each in ids:
        tables.put_item(TableName="facts", Item={"id": {"S": each}})
    deadline = time.monotonic() + 20
    while True:
        seen = {item["id"]["S"] for item in tables.scan(TableName="seen")["Items"]}
        if ids <= seen or time.monotonic() > deadline:
            return seen
        time.sleep(0.1)


def test_streams_go_on_after_a_restart(tmp_path: Path) -> None:
    """MiniStack alone would lose as many records as its consumers had read before the stop."""
    port = free_port()
    with MiniStack(port, tmp_path) as before:
        make_table_with_consumer(before)
        assert put_and_await(before, {"1", "2", "3"}) == {"1", "2", "3"}
    with MiniStack(port, tmp_path) as after:
        assert put_and_await(after, {"4", "5"}) == {"1", "2", "3", "4", "5"}


def test_functions_of_the_same_code_share_its_folder_and_bytecode() -> None:
    """MiniStack alone would unpack it for each process, and each would compile it."""
    with MiniStack() as stack:
        codes = {"one": WHERE, "another": WHERE, "different": WHERE + "# not the same\n"}
        answers = {}
        for name, code in codes.items():
            make_function(stack, name, code)
            answer = stack.client("lambda").invoke(FunctionName=name)
            answers[name] = json.loads(answer["Payload"].read())
        folders = {name: answer["folder"] for name, answer in answers.items()}
        assert folders["one"] == folders["another"] != folders["different"]
        assert len({answer["process"] for answer in answers.values()}) == len(codes)
        assert list(Path(folders["one"]).glob("__pycache__/function.*.pyc"))


def test_a_second_start_finds_the_first(tmp_path: Path) -> None:
    with MiniStack(free_port(), tmp_path) as first:
        first.client("s3").create_bucket(Bucket="mine")
        second = MiniStack(first.port, tmp_path).start()
        assert [b["Name"] for b in second.client("s3").list_buckets()["Buckets"]] == ["mine"]


def test_another_programs_port_is_refused(tmp_path: Path) -> None:
    with MiniStack() as other, pytest.raises(MiniStackError, match="Another program"):
        MiniStack(other.port, tmp_path).start()


def test_it_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    port = free_port()
    died = subprocess.run(
        [sys.executable, "-c", START_AND_DIE],
        cwd=Path(__file__).parents[2],
        env={"PORT": str(port)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert died.returncode == 9, died.stderr
    home = Path(died.stdout.strip())
    deadline = time.monotonic() + 20
    while home.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not home.exists()
    assert not MiniStack(port, tmp_path).ready()


def test_nothing_of_the_developers_environment_reaches_a_function(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_DEVELOPER", "leaked")
    monkeypatch.setenv("AWS_PROFILE", "production")
    with MiniStack() as stack:
        assert stack.process_id is not None
        environment = Path(f"/proc/{stack.process_id}/environ").read_bytes()
    assert b"SECRET_OF_THE_DEVELOPER" not in environment
    assert b"AWS_PROFILE" not in environment
