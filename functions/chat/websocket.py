"""`action("ping")`: the handler of one WebSocket route, and everything around its view.

A frame is `{"action", "request_id"?, …}`. Each one passes the caller's gate, so a logout or a ban
takes effect at the next frame; every failure is answered with the frame `error`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chat.connections import close
from shared import observability
from shared.access.caller import Caller, caller_of
from shared.access.frame_rates import FRAMES, admit_frame, is_first_refusal
from shared.clock import now_ms
from shared.errors import (
    DependencyUnavailable,
    HoshiError,
    InternalError,
    InvalidInput,
    InvalidJson,
    PayloadTooLarge,
    RateLimited,
    Unauthorized,
    UnknownAction,
)
from shared.parallel import in_parallel
from shared.realtime.delivery import send
from shared.realtime.frames import Frame
from shared.realtime.sockets import Connection
from shared.transient import is_transient

if TYPE_CHECKING:
    from shared.http.fields import Body

_MAX_FRAME = 131_072  # bytes: the limit of API Gateway on AWS
_MAX_REQUEST_ID = 64

# Without a body, which API Gateway would send to the client.
_ACCEPTED = {"statusCode": 200}


@dataclass(frozen=True, slots=True)
class Received[B = None, F = None]:
    """A frame whose sender, rate and fields have been checked."""

    caller: Caller
    connection_id: str
    request_id: str | None  # the client's own id of this frame
    body: B
    found: F = None  # type: ignore[assignment]  # what was read beside the admission

    def answer(self, frame: Frame) -> None:
        """Send `frame` to the socket that asked."""
        send([Connection(self.connection_id, user_id=self.caller.user_id)], frame, self.request_id)

    def forward(self, frame: Frame) -> None:
        """Send a logged frame to the socket that asked for what it missed."""
        send([Connection(self.connection_id, user_id=self.caller.user_id)], frame)


type View = Callable[[Received[Any, Any]], object]


class Action:
    """The handler of one WebSocket route, with one view."""

    def __init__(
        self, name: str, body: "type[Body] | None" = None, beside: View | None = None
    ) -> None:
        self.name = name
        self.body = body
        self.beside = beside
        self._view: View | None = None

    def serve(self, view: View) -> View:
        """Decorate the view, which gets the frame and sends its answers itself."""
        self._view = view
        return view

    def __call__(self, event: dict[str, Any], context: object) -> dict[str, Any]:
        observability.start_tracing()
        started, status = now_ms(), 200
        refusal: dict[str, Any] = {"code": None}
        caller = caller_of(event)
        try:
            self._handle(event, caller)
        except Exception as error:  # noqa: BLE001  # every failure is answered to the client
            problem = _as_problem(error)
            status, refusal = problem.status, problem.log_fields()
            if _is_answered(problem, caller):
                _push_error(event, problem)
        observability.log(
            "frame",
            action=self.name,
            status=status,
            **refusal,
            ms=now_ms() - started,
            request_id=event["requestContext"]["requestId"],
            user_id=caller.user_id if caller else None,
        )
        return _ACCEPTED

    def _handle(self, event: dict[str, Any], caller: Caller | None) -> None:
        if caller is None or self._view is None:
            raise Unauthorized
        admit = partial(admit_frame, caller.user_id, caller.session_id)
        try:
            frame = self._read(event, caller)
        except HoshiError:
            admit()  # what cannot be read counts, too
            raise
        if self.beside is None:
            admit()
        else:  # the refusal comes first, whatever the reads raise
            _, found = in_parallel(admit, partial(self.beside, frame))
            frame = replace(frame, found=found)
        self._view(frame)

    def _read(self, event: dict[str, Any], caller: Caller) -> Received[Any, Any]:
        fields = read_frame(event.get("body"))
        body = None
        if self.body is not None:
            from shared.http.requests import validated

            body = validated(self.body, fields)
        request_id = given_request_id(fields)
        return Received(caller, event["requestContext"]["connectionId"], request_id, body)


def action(name: str, body: "type[Body] | None" = None, beside: View | None = None) -> Action:
    """The handler of the frames whose `action` is `name`; its `serve` decorates the view.

    `beside` makes the view's first reads while the frame is admitted; the view finds its result in
    `found`. It must not write or push anything: the frame may be refused.
    """
    return Action(name, body, beside)


def answer_unknown(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer a frame for which there is no action."""

    def refuse(frame: Received) -> None:
        raise UnknownAction

    handler = Action("$default")
    handler.serve(refuse)
    return handler(event, context)


def read_frame(text: str | None) -> dict[str, Any]:
    """The JSON object in a frame; raises `PayloadTooLarge` or `InvalidJson`."""
    text = text or ""
    if len(text.encode(errors="surrogatepass")) > _MAX_FRAME:
        raise PayloadTooLarge("The frame is too large.")
    try:
        fields = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidJson from error
    if not isinstance(fields, dict):
        raise InvalidJson
    return fields


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")  # but Python would accept NaN and Infinity


def given_request_id(fields: dict[str, Any]) -> str | None:
    """The client's id of its frame; raises `InvalidInput` if it is not 1 to 64 characters."""
    given = fields.get("request_id")
    if given is None or (_is_text(given) and 1 <= len(given) <= _MAX_REQUEST_ID):
        return given
    raise InvalidInput(("request_id", "1 to 64 characters."))


def _is_text(given: object) -> bool:
    """Whether this can be sent back: JSON can express half of a surrogate pair, UTF-8 cannot."""
    return isinstance(given, str) and not any("\ud800" <= each <= "\udfff" for each in given)


def _is_answered(problem: HoshiError, caller: Caller | None) -> bool:
    """Whether the client gets the frame `error`: of the frames over its rate, one in a second."""
    budget = problem.refused_by if isinstance(problem, RateLimited) else None
    if caller is None or budget is None or budget.scope != FRAMES:
        return True
    try:
        return is_first_refusal(caller.user_id)
    except (BotoCoreError, ClientError):
        observability.log_failure("a refusal was not answered")
        return False


def _as_problem(error: Exception) -> HoshiError:
    if isinstance(error, HoshiError):
        return error
    observability.log_failure("failure")
    return DependencyUnavailable() if is_transient(error) else InternalError()


def _push_error(event: dict[str, Any], problem: HoshiError) -> None:
    """Send the frame `error`, and then close the socket if its session has ended."""
    connection_id = event["requestContext"]["connectionId"]
    try:
        fields = read_frame(event.get("body"))
        request_id = given_request_id(fields)
    except HoshiError:
        fields, request_id = {}, None
    given = fields.get("action")
    data = {
        **problem.body(request_id or event["requestContext"]["requestId"]),
        "action": given[:_MAX_REQUEST_ID] if given is not None and _is_text(given) else None,
    }
    send([Connection(connection_id)], Frame("error", data), request_id)
    if isinstance(problem, Unauthorized):
        close(connection_id)
