"""A session of Socket.IO over a socket: packets in, the actions of plain JSON behind them.

API Gateway holds the connection, so a session is no more than the socket and its user, whom the
authorizer saw at the handshake or the packet CONNECT has proved. Until there is one, a socket can
do nothing but connect; everything else closes it.
"""

import importlib
from typing import Any

from chat.connections import close, forget, open_socket, post
from chat.exchanges import Exchange
from chat.handshakes import caller_by_token, proven_caller
from chat.websocket import Action, check_size, unknown_action
from shared.access.caller import Caller
from shared.access.frame_rates import admit_frame
from shared.access.rate_limits import admit, public_budget, uncount
from shared.dynamodb.tables import ConditionFailed
from shared.errors import HoshiError, InvalidInput, RateLimited, Unauthorized
from shared.realtime import packets
from shared.realtime.packets import Packet

# The routes of the WebSocket: an event of Socket.IO goes to the action of its name.
ACTIONS = frozenset(
    {
        *("join_room", "leave_room", "send_message", "typing", "mark_read", "react", "unsend"),
        *("ping", "presence", "sync"),
    }
)


class PacketExchange(Exchange):
    """One packet of a client."""

    def __init__(self, event: dict[str, Any]) -> None:
        super().__init__(event)
        self.address: str = event["requestContext"]["identity"]["sourceIp"]
        self.packet: Packet | None = None

    def take(self) -> None:
        """Answer the packet."""
        try:
            check_size(self.text)
            self.packet = packets.read_packet(self.text)
        except HoshiError:
            self._admit()
            raise
        kind = self.packet.kind
        self.name = "connect" if kind == packets.CONNECT else "packet"
        is_ours = self.packet.namespace == "/"
        if kind == packets.CLOSE or (kind == packets.DISCONNECT and is_ours):
            close(self.connection_id)
        elif kind == packets.CONNECT:
            self._connect(self.packet)
        elif kind == packets.EVENT:
            self._act(self.packet)
        else:
            self._admit()
            if kind == packets.PING:
                post(self.connection_id, packets.PONG + self.packet.data)

    def _admit(self) -> None:
        """Admit a packet that no action does."""
        caller = self._identify()
        if caller is None:
            raise Unauthorized
        admit_frame(caller.user_id, caller.session_id)

    def _identify(self) -> Caller | None:
        if self.caller is None:
            self.caller = proven_caller(self.connection_id)
        return self.caller

    def _act(self, packet: Packet) -> None:
        self._identify()
        answers = self._action(packet).act(self, lambda: _fields(packet))
        if packet.ack_id is not None:
            data = answers[0].data if answers else {}
            post(self.connection_id, packets.ack_packet(packet.ack_id, data))

    def _action(self, packet: Packet) -> Action:
        name: str = packet.data[0]
        if name not in ACTIONS or packet.namespace != "/":
            return unknown_action
        self.name = name
        # Each action imports what it needs, so that a cold start pays for one of them only.
        found: Action = importlib.import_module(f"chat.ws_{name}").app
        return found

    def _connect(self, packet: Packet) -> None:
        if self._identify():
            self._admit()
            _check_namespace(packet)
        else:
            # Each try counts; a socket that has a user counts on them instead.
            budget = public_budget(self.address)
            admit(budget)
            _check_namespace(packet)
            self._open(caller_by_token((packet.data or {}).get("token")))
            uncount(budget, calls=2)
        if not post(self.connection_id, packets.connect_packet()):
            forget(self.connection_id)  # it was closed before it was stored

    def _open(self, caller: Caller) -> None:
        try:
            open_socket(self.connection_id, caller, self.protocol)
        except ConditionFailed:  # another packet was quicker
            raise Unauthorized from None
        self.caller = caller

    def refuse(self, problem: HoshiError) -> None:
        """Answer a failure where the client waits for it."""
        packet = self.packet
        if packet and packet.kind == packets.CONNECT:
            error = {"message": problem.sentence, "data": self.error_data(problem, None)}
            post(self.connection_id, packets.connect_error_packet(packet.namespace, error))
            return
        name = packet.data[0] if packet and packet.kind == packets.EVENT else None
        if packet and packet.ack_id is not None:
            data = self.error_data(problem, name)
            post(self.connection_id, packets.ack_packet(packet.ack_id, data))
            return
        fields: Any = packet.data[1] if packet and name and len(packet.data) > 1 else {}
        self.send_error(problem, fields if isinstance(fields, dict) else {}, name)

    def is_ended_by(self, problem: HoshiError) -> bool:
        """A client may try another token, within the budget of its address."""
        if self.packet and self.packet.kind == packets.CONNECT and self.caller is None:
            return isinstance(problem, RateLimited)
        return super().is_ended_by(problem)


def _check_namespace(packet: Packet) -> None:
    """Raise `InvalidInput`, in the words of other servers, for a namespace of a client's own."""
    if packet.namespace != "/":
        problem = InvalidInput(("namespace", "There is only /."))
        problem.sentence = "Invalid namespace"
        raise problem


def _fields(packet: Packet) -> dict[str, Any]:
    """The fields of an event: its first argument."""
    fields = packet.data[1] if len(packet.data) > 1 else {}
    if not isinstance(fields, dict):
        raise InvalidInput(("data", "The argument of an event is an object."))
    return fields
