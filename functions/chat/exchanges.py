"""What every frame of a socket goes through, in either protocol: the log line, and the answer to a
failure.
"""

from abc import ABC, abstractmethod
from typing import Any, TypeGuard

from chat.connections import close, post
from shared import observability
from shared.access.caller import Caller, caller_of
from shared.access.frame_rates import FRAMES, is_first_refusal
from shared.clock import now_ms
from shared.errors import (
    DependencyUnavailable,
    HoshiError,
    InternalError,
    InvalidInput,
    RateLimited,
    Unauthorized,
)
from shared.realtime.delivery import send
from shared.realtime.frames import Frame, encoded
from shared.realtime.sockets import Connection
from shared.transient import is_transient

_MAX_NAME = 64  # characters of a request id, and of an action that is sent back

# Without a body, which API Gateway would send to the client.
_ACCEPTED = {"statusCode": 200}


class Exchange(ABC):
    """One frame of a socket; a subclass says how it is read and answered."""

    name = "$default"  # the action, for the log

    def __init__(self, event: dict[str, Any]) -> None:
        context = event["requestContext"]
        self.text: str = event.get("body") or ""
        self.connection_id: str = context["connectionId"]
        self.gateway_id: str = context["requestId"]
        self.caller: Caller | None = caller_of(event)
        self.protocol = protocol_of(event)

    @property
    def socket(self) -> Connection:
        """The socket, as far as frames are sent to it."""
        user_id = self.caller.user_id if self.caller else None
        return Connection(self.connection_id, user_id=user_id, protocol=self.protocol)

    @abstractmethod
    def take(self) -> None:
        """Do what the frame asks for; every failure is answered to the client."""

    @abstractmethod
    def refuse(self, problem: HoshiError) -> None:
        """Answer a failure."""

    def is_ended_by(self, problem: HoshiError) -> bool:
        """Whether the socket is closed after this failure."""
        return isinstance(problem, Unauthorized)

    def run(self) -> dict[str, Any]:
        """Handle the frame; return what the gateway gets."""
        observability.start_tracing()
        started, status = now_ms(), 200
        refusal: dict[str, Any] = {"code": None}
        try:
            self.take()
        except Exception as error:  # noqa: BLE001  # every failure is answered to the client
            problem = _as_problem(error)
            status, refusal = problem.status, problem.log_fields()
            self._end(problem)
        observability.log(
            "frame",
            action=self.name,
            status=status,
            **refusal,
            ms=now_ms() - started,
            request_id=self.gateway_id,
            user_id=self.caller.user_id if self.caller else None,
        )
        return _ACCEPTED

    def _end(self, problem: HoshiError) -> None:
        try:
            try:
                if _is_answered(problem, self.caller):
                    self.refuse(problem)
            finally:
                if self.is_ended_by(problem):
                    close(self.connection_id)
        except Exception:  # noqa: BLE001  # the gateway would send its text to the client
            observability.log_failure("a refusal was not answered")

    def send_error(self, problem: HoshiError, fields: dict[str, Any], action: object) -> None:
        """Send the frame `error`, which answers a frame with these fields."""
        try:
            request_id = given_request_id(fields)
        except InvalidInput:
            request_id = None
        data = self.error_data(problem, action, request_id)
        frame = Frame("error", data)
        if self.caller:
            send([self.socket], frame, request_id)
        else:  # a socket without a user is not stored
            post(self.connection_id, encoded(frame, self.protocol, request_id))

    def error_data(
        self, problem: HoshiError, action: object, request_id: str | None = None
    ) -> dict[str, Any]:
        """The data of the frame `error`; the action is null unless it is a text."""
        known = action[:_MAX_NAME] if is_text(action) else None
        return {**problem.body(request_id or self.gateway_id), "action": known}


def protocol_of(event: dict[str, Any]) -> str | None:
    """The protocol of a gateway event's socket, which the authorizer saw at the handshake."""
    context = event["requestContext"].get("authorizer") or {}
    protocol: str | None = context.get("protocol")
    return protocol


def given_request_id(fields: dict[str, Any]) -> str | None:
    """The client's id of its frame; raises `InvalidInput` if it is not 1 to 64 characters."""
    given = fields.get("request_id")
    if given is None or (is_text(given) and 1 <= len(given) <= _MAX_NAME):
        return given
    raise InvalidInput(("request_id", "1 to 64 characters."))


def is_text(given: object) -> TypeGuard[str]:
    """Whether this can be sent back: JSON can express half of a surrogate pair, UTF-8 cannot."""
    return isinstance(given, str) and not any("\ud800" <= each <= "\udfff" for each in given)


def _is_answered(problem: HoshiError, caller: Caller | None) -> bool:
    """Whether the client is answered: of the frames over its rate, one in a second."""
    budget = problem.refused_by if isinstance(problem, RateLimited) else None
    if caller is None or budget is None or budget.scope != FRAMES:
        return True
    return is_first_refusal(caller.user_id)


def _as_problem(error: Exception) -> HoshiError:
    if isinstance(error, HoshiError):
        return error
    observability.log_failure("failure")
    return DependencyUnavailable() if is_transient(error) else InternalError()
