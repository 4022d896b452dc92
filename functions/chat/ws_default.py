"""WebSocket $default: answer frames that match no other route; all packets of Socket.IO do so."""

from typing import Any

from chat.exchanges import protocol_of
from chat.websocket import answer_unknown
from shared.realtime.packets import SOCKET_IO


def app(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer the packet, or that the action is unknown."""
    if protocol_of(event) != SOCKET_IO:
        return answer_unknown(event, context)
    from chat.socket_io import PacketExchange  # plain JSON does without

    return PacketExchange(event).run()
