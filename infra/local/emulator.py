"""The emulator's process: MiniStack, which can end with the process that started it.

MiniStack differs from AWS in three ways, two of which are corrected here. It answers `/health` and
`POST /login` of every host itself, and it answers a bad token at `$connect` with 500 instead of
401. A socket that `$connect` refuses (its session has ended) is 401 on AWS and 403 here.
"""

import hashlib
import os
import shutil
import signal
import sys
import threading
import zipfile
from contextvars import ContextVar
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ministack import app
from ministack.core import iam_actions, lambda_runtime
from ministack.services import apigateway, apigateway_v1, kms

_orphaned = threading.Event()
_unpacking = threading.Lock()


def _end_with_parent() -> None:
    os.read(0, 1)  # returns when the parent has ended, for whatever reason
    _orphaned.set()
    os.kill(os.getpid(), signal.SIGTERM)


def _know_unauthorized_on_websockets() -> None:
    """An authorizer that raises "Unauthorized" is a 401 on AWS and in MiniStack's REST APIs; its
    WebSocket APIs answer 500."""
    said: ContextVar[str] = ContextVar("said", default="")
    run, authorize = apigateway.run_reentrant, apigateway._authorize_ws_connect

    async def noting(*arguments: Any, **options: Any) -> Any:
        result = await run(*arguments, **options)
        body = result.get("body") if isinstance(result, dict) and result.get("error") else None
        said.set(body.get("errorMessage", "") if isinstance(body, dict) else "")
        return result

    async def authorizing(*arguments: Any) -> Any:
        refusal, context = await authorize(*arguments)
        if refusal == (500, "") and said.get() == "Unauthorized":
            refusal = (401, "Unauthorized")
        return refusal, context

    apigateway.run_reentrant, apigateway._authorize_ws_connect = noting, authorizing


def _know_gateway_responses_of_a_document() -> None:
    """On AWS the document of a REST API may hold its gateway responses; MiniStack knows those alone
    that are resources of their own."""
    create = apigateway_v1._import_rest_api

    def importing(document: dict[str, Any], *more: Any) -> str:
        api_id: str = create(document, *more)
        responses = document.get("x-amazon-apigateway-gateway-responses", {})
        for response_type, response in responses.items():
            apigateway_v1._put_gateway_response(api_id, response_type, response)
        return api_id

    apigateway_v1._import_rest_api = importing


def _know_who_may_converse() -> None:
    """On AWS the permission `bedrock:InvokeModel` covers Converse; MiniStack requires an action
    `bedrock:Converse`, which does not exist."""
    extract = iam_actions.extract_iam_action

    def extracting(*request: Any) -> str | None:
        action = extract(*request)
        return "bedrock:InvokeModel" if action == "bedrock:Converse" else action

    iam_actions.extract_iam_action = extracting


def _know_keys_by_their_aliases() -> None:
    """On AWS a policy names a KMS key by its ARN, also for a request that names an alias of it;
    MiniStack compares the policy with the alias."""
    extract = iam_actions.extract_resource_arn

    def extracting(service: str, *request: Any, **more: Any) -> str:
        named: str = extract(service, *request, **more)
        key = kms._resolve_key(named) if service == "kms" and ":alias/" in named else None
        return str(key["Arn"]) if key else named

    iam_actions.extract_resource_arn = extracting


class _UnpackedOnce(zipfile.ZipFile):
    """The code of a function, unpacked once for all workers that run the same code.

    MiniStack would unpack it for each worker, and each would compile its modules: a third of a cold
    start. All of our functions have the same code.
    """

    def extractall(self, path: Any = None, members: Any = None, pwd: Any = None) -> None:
        packed, target = Path(str(self.filename)), Path(path)
        if packed.name != "code.zip":  # a layer
            super().extractall(path, members, pwd)
            return
        digest = hashlib.sha256(packed.read_bytes()).hexdigest()
        shared = Path(os.environ["TMPDIR"]) / f"code-{digest}"
        with _unpacking:
            if not shared.exists():
                unfinished = shared.with_suffix(".unfinished")
                super().extractall(unfinished)
                unfinished.rename(shared)
        target.rmdir()
        target.symlink_to(shared)


async def _not_here(*request: Any) -> None:
    """No answer: the next handler's turn."""


if __name__ == "__main__":
    if "--with-parent" in sys.argv:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.argv = ["ministack"]  # its own parser reads the rest
    # MiniStack would answer /health of every host itself: that path is the application's.
    app._HEALTH_PATHS = ("/_ministack/health", "/_localstack/health")
    # And POST /login, as Cognito's page: that path is the application's, too.
    app._handle_cognito_body_request = _not_here
    _know_unauthorized_on_websockets()
    _know_gateway_responses_of_a_document()
    _know_who_may_converse()
    _know_keys_by_their_aliases()
    lambda_runtime.zipfile = SimpleNamespace(**vars(zipfile) | {"ZipFile": _UnpackedOnce})
    try:
        app.main()
    finally:
        if _orphaned.is_set() and "PERSIST_STATE" not in os.environ:
            shutil.rmtree(Path(os.environ["TMPDIR"]).parent, ignore_errors=True)
