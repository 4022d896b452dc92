"""Run one handler and kill its process right after its first successful DynamoDB write of a kind.

    python -m tests.e2e.killed <module> <operation> < event.json

The process exits with 9 as soon as DynamoDB has answered `operation` with success, before the
handler gets the answer: like a Lambda that is stopped between its write and its answer.
"""

import importlib
import json
import os
import sys
from typing import Any


class Context:
    """The part of Lambda's context that handlers use, with a second left."""

    aws_request_id = "00000000-0000-0000-0000-000000000000"
    function_name = "killed"
    memory_limit_in_mb = 128
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:killed"

    def get_remaining_time_in_millis(self) -> int:
        return 1000


def main() -> None:
    module, operation = sys.argv[1:]
    from shared.aws.clients import client

    def die(http_response: Any, **_: Any) -> None:
        if http_response.status_code == 200:
            os._exit(9)

    client("dynamodb").meta.events.register(f"after-call.dynamodb.{operation}", die)
    importlib.import_module(module).app(json.load(sys.stdin), Context())
    sys.exit("the handler ended without that write")


if __name__ == "__main__":
    main()
