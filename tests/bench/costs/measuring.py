"""The AWS usage of each endpoint: of the request, and of everything that follows from it."""

import copy
import json
import statistics
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from infra import templates
from infra.costs.prices import total
from infra.costs.runs import Measured
from infra.routes import http_lambdas
from shared.access.caller import Caller
from tests.bench.costs import rendering_ms
from tests.bench.costs.scenes import SCENES
from tests.bench.costs.stage import Failed, Stage, fresh_aws
from tests.bench.costs.world import Request, Trigger, World


def routes() -> dict[str, str]:
    """The first route of every HTTP Lambda: `posts/like_post` -> `POST /posts/{post_id}/like`."""
    found = {}
    for service, module, declaration in http_lambdas():
        route = declaration.routes[0]
        method = "GET" if route.method == "ANY" else route.method
        found[f"{service}/{module}"] = f"{method} {route.path}"
    return found


def others() -> list[str]:
    """The other Lambdas that start something: WebSocket routes, authorizers, uploaded files."""
    modules = map(templates.module_of, templates.functions().values())
    return [
        f"{service}/{module}"
        for service, module in modules
        if module.startswith("ws_") or module.endswith(("authorizer", "_uploaded"))
    ]


class Measuring:
    """Measures scenes, each in a copy of the same world."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        stage.aws = fresh_aws()
        self._world = World(stage)
        self._routes = routes()
        # So that rate limits have counted before: a request is rarely the first of its hour.
        self._warm(self._world.reader)
        stage.discard_pending()
        self._tables = stage.aws.dynamo.tables

    def names(self) -> list[str]:
        """The Lambdas that can be measured: those with a scene."""
        return [name for name in (*self._routes, *others()) if name in SCENES]

    def once(self, name: str) -> Measured:
        """Measure one scene."""
        stage = self._stage
        stage.aws = fresh_aws()
        stage.mails.clear()
        stage.aws.dynamo.tables = copy.deepcopy(self._tables)
        start = SCENES[name](self._world)
        own: dict[str, float] = {}
        if isinstance(start, Request):
            self._warm(start.caller)
            start = Trigger(start.event(self._routes[name]))
            own = {"http_requests": 1}
        elif "body" in start.event:
            own = {"frames": 1}
        stage.discard_pending()
        request = stage.run(name, start.event, start.handler)
        if name in self._routes:
            _assert_full(name, request.answer)
        request = replace(request, billed=total(own, request.billed))
        return Measured(request, tuple(stage.run_consumers()))

    def _warm(self, caller: Caller | None) -> None:
        if caller:
            self._stage.run("profiles/get_privacy", Request(caller).event("GET /settings/privacy"))
        self._stage.run("web/get_config", Request(None).event("GET /config"))


def _assert_full(name: str, answer: dict[str, Any]) -> None:
    """Fail for an empty list, which would not measure anything."""
    if not answer["headers"].get("Content-Type", "").startswith("application/json"):
        return
    body = json.loads(answer["body"] or "{}")
    if "next_cursor" in body and not any(each for each in body.values() if isinstance(each, list)):
        raise Failed(f"{name} answers an empty page")


def measured(stage: Stage) -> tuple[dict[str, Measured], dict[str, str]]:
    """Measure every endpoint that can be measured; and say why the others failed."""
    measuring, found, failed = Measuring(stage), {}, {}
    for name in measuring.names():
        try:
            found[name] = measuring.once(name)
        except Exception as error:  # noqa: BLE001  # the others can still be measured
            failed[name] = f"{type(error).__name__}: {error}"
    return found, failed


def processor_times(stage: Stage, found: Mapping[str, Measured]) -> dict[str, float]:
    """Milliseconds of processor time per invocation, by function: medians of another round, in
    which nothing is imported or created for the first time."""
    stage.times.clear()
    measured(stage)
    rendering = {
        "media/on_image_uploaded": rendering_ms.photograph(),
        "media/on_video_uploaded": rendering_ms.reel(),
    }
    functions = {run.function for each in found.values() for run in each.runs}
    return {
        function: statistics.median(stage.times[function]) + rendering.get(function, 0)
        for function in sorted(functions)
    }
