"""`action("ping")`: the handler of one WebSocket route, and everything around its view.

A frame is `{"action", "request_id"?, …}`, or an event of Socket.IO (`socket_io.py`). Each one
passes the caller's gate, so a logout or a ban takes effect at the next frame; every failure is
answered with the frame `error`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from chat.exchanges import Exchange, given_request_id
from shared.access.caller import Caller
from shared.access.frame_rates import admit_frame
from shared.errors import HoshiError, InvalidJson, PayloadTooLarge, Unauthorized, UnknownAction
from shared.parallel import in_parallel
from shared.realtime.delivery import send
from shared.realtime.frames import Frame
from shared.realtime.sockets import Connection

if TYPE_CHECKING:
    from shared.http.fields import Body

_MAX_FRAME = 131_072  # bytes: the limit of API Gateway on AWS


@dataclass(frozen=True, slots=True)
class Received[B = None, F = None]:
    """A frame whose sender, rate and fields have been checked."""

    caller: Caller
    socket: Connection  # as far as frames are sent to it
    request_id: str | None  # the client's own id of this frame
    body: B
    found: F = None  # type: ignore[assignment]  # what was read beside the admission
    answers: list[Frame] = field(default_factory=list)  # those that were sent

    @property
    def connection_id(self) -> str:
        """The id of the socket."""
        return self.socket.connection_id

    def answer(self, frame: Frame) -> None:
        """Send `frame` to the socket that asked."""
        self.answers.append(frame)
        send([self.socket], frame, self.request_id)

    def forward(self, frame: Frame) -> bool:
        """Send a logged frame to the socket that asked for what it missed; return whether the
        gateway took it."""
        return send([self.socket], frame)


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
        return _JsonFrame(event, self).run()

    def act(self, exchange: Exchange, read: Callable[[], dict[str, Any]]) -> list[Frame]:
        """Admit a frame and run the view; `read` gives its fields. Return the answers it sent."""
        caller = exchange.caller
        if caller is None or self._view is None:
            raise Unauthorized
        admit = partial(admit_frame, caller.user_id, caller.session_id)
        try:
            frame = self._received(caller, exchange.socket, read())
        except HoshiError:
            admit()  # what cannot be read counts, too
            raise
        if self.beside is None:
            admit()
        else:  # a refusal comes first, whatever the reads raise
            _, found = in_parallel(admit, partial(self.beside, frame))
            frame = replace(frame, found=found)
        self._view(frame)
        return frame.answers

    def _received(
        self, caller: Caller, socket: Connection, fields: dict[str, Any]
    ) -> Received[Any, Any]:
        body = None
        if self.body is not None:
            from shared.http.requests import validated

            body = validated(self.body, fields)
        return Received(caller, socket, given_request_id(fields), body)


class _JsonFrame(Exchange):
    """A frame of plain JSON, which the gateway gave to the route of its action."""

    def __init__(self, event: dict[str, Any], action: Action) -> None:
        super().__init__(event)
        self.name = action.name
        self._action = action

    def take(self) -> None:
        self._action.act(self, self._fields)

    def _fields(self) -> dict[str, Any]:
        if self.protocol:  # a frame that is no packet of its protocol
            raise InvalidJson
        return read_frame(self.text)

    def refuse(self, problem: HoshiError) -> None:
        try:
            fields = read_frame(self.text)
        except HoshiError:
            fields = {}
        self.send_error(problem, fields, fields.get("action"))


def action(name: str, body: "type[Body] | None" = None, beside: View | None = None) -> Action:
    """The handler of the frames whose `action` is `name`; its `serve` decorates the view.

    `beside` makes the view's first reads while the frame is admitted; the view finds its result in
    `found`. It must not write or push anything: the frame may be refused.
    """
    return Action(name, body, beside)


def answer_unknown(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer a frame for which there is no action."""
    return unknown_action(event, context)


unknown_action = Action("$default")


@unknown_action.serve
def _refuse(frame: Received) -> None:
    raise UnknownAction


def check_size(text: str) -> None:
    """Raise `PayloadTooLarge` for a frame that is larger than API Gateway takes on AWS."""
    if len(text.encode(errors="surrogatepass")) > _MAX_FRAME:
        raise PayloadTooLarge("The frame is too large.")


def read_frame(text: str) -> dict[str, Any]:
    """The JSON object in a frame; raises `PayloadTooLarge` or `InvalidJson`."""
    check_size(text)
    try:
        fields = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidJson from error
    if not isinstance(fields, dict):
        raise InvalidJson
    return fields


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")  # but Python would accept NaN and Infinity
