"""Job of the queue socket-handshakes: open a session of Socket.IO, and close one without a user."""

from typing import Any

from botocore.exceptions import ClientError

from chat.connections import post
from chat.handshakes import GREET
from shared.aws.clients import push_client
from shared.messaging.queues import consumer
from shared.parallel import back_off
from shared.realtime.packets import open_packet
from shared.realtime.sockets import Connection

_TRIES = 12  # some four seconds, from the end of $connect to the answer of the gateway

app = consumer()


@app.on_job
def greet_socket(job: dict[str, Any], record: dict[str, Any]) -> None:
    """Send the packet that opens the session; later, check that somebody uses it.

    A second greeting lets a client connect again, which changes nothing.
    """
    if job["step"] == GREET:
        _greet(job["connection_id"])
    elif Connection.find(job["connection_id"], consistent=True) is None:
        _close(job["connection_id"])


def _greet(connection_id: str) -> None:
    """Greet a socket as soon as the gateway knows it; one that stays unknown has been closed."""
    for attempt in range(_TRIES):
        if post(connection_id, open_packet()):
            return
        back_off(attempt)


def _close(connection_id: str) -> None:
    try:
        push_client().delete_connection(ConnectionId=connection_id)
    except ClientError as error:
        if error.response["Error"]["Code"] != "GoneException":
            raise
