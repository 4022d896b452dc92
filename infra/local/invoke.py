"""`make invoke NAME=posts/get_post`: one Lambda in this process, where a debugger reaches it.

It gets its sample event (or the file that `EVENT` names) and the environment that the running
local stack gave it, and reads and writes that stack's tables. Unlike in the stack it has the rights
of the root user, not those of its role. `breakpoint()` in the handler stops here.
"""

import importlib
import json
import os
import sys
import uuid
from pathlib import Path
from typing import Any

from infra.generated import ROOT  # which puts functions/ on sys.path
from infra.local.clients import CREDENTIALS, REGION, client
from infra.local.run import PORT
from infra.routes import logical_id

_STACK = "hoshi"
_TIME = 900_000  # milliseconds: no one is stopped while they debug


class Context:
    """What Lambda passes to a function about its invocation."""

    aws_request_id = str(uuid.uuid4())

    def get_remaining_time_in_millis(self) -> int:
        return _TIME


def environment(function: str, endpoint: str) -> dict[str, str]:
    """The environment of a deployed Lambda, by its logical id, with the emulator's root user."""
    found = client("cloudformation", endpoint).describe_stack_resource(
        StackName=_STACK, LogicalResourceId=function
    )
    name = found["StackResourceDetail"]["PhysicalResourceId"]
    settings = client("lambda", endpoint).get_function_configuration(FunctionName=name)
    variables: dict[str, str] = settings["Environment"]["Variables"]
    return {
        **variables,
        **CREDENTIALS,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_REGION": REGION,
    }


def main(name: str, event: str | None = None) -> None:
    """Invoke `service/module` and print what it answers."""
    service, _, module = name.partition("/")
    file = Path(event) if event else ROOT / "events" / service / f"{module}.json"
    if not file.exists():
        raise SystemExit(f"there is no event {file}: NAME is <service>/<module>")
    try:
        os.environ |= environment(logical_id(service, module), f"http://localhost:{PORT}")
    except OSError as error:
        raise SystemExit("the local stack is not running: make run") from error
    given: Any = json.loads(file.read_text())
    answer = importlib.import_module(f"{service}.{module}").app(given, Context())
    if isinstance(answer, dict) and isinstance(answer.get("body"), str):
        answer["body"] = json.loads(answer["body"] or "null")
    print(json.dumps(answer, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main(*[argument for argument in sys.argv[1:3] if argument])
