"""Whether sessions are alive: `revocation` writes to the gates of their users, this reads them."""

from collections.abc import Collection, Mapping
from typing import Any

from shared.aws.clients import client
from shared.config import config

SCOPE = "user"  # of a user's gate


def subject_of(user_id: str) -> str:
    """The subject of a user's gate."""
    return f"user#{user_id}"


def is_alive(gate: Mapping[str, Any], session_id: str) -> bool:
    """Whether a session is alive by its user's gate (as DynamoDB stores it; `{}` if none)."""
    if f"s_{session_id}" in gate:
        return False
    valid_after: str = gate.get("valid_after", {}).get("S", "")
    kept: str | None = gate.get("spared", {}).get("S")
    return session_id > valid_after or session_id == kept


def alive_condition(session_id: str) -> tuple[str, dict[str, Any], dict[str, str]]:
    """What `is_alive` asks, as a condition on the gate: its text, values and names."""
    text = (
        "attribute_not_exists(#revoked) AND"
        " (attribute_not_exists(valid_after) OR valid_after < :session OR spared = :session)"
    )
    return text, {":session": {"S": session_id}}, {"#revoked": f"s_{session_id}"}


def is_session_alive(user_id: str, session_id: str) -> bool:
    """Whether the session is alive; for calls that do not count on the user's gate."""
    answer = client("dynamodb").get_item(
        TableName=_table(), Key=_key(subject_of(user_id)), ConsistentRead=True
    )
    return is_alive(answer.get("Item") or {}, session_id)


def ended_sessions(sessions: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of the `(user id, session id)` that have ended, with one read per 100 users."""
    # Not at the top: most handlers ask for one session, and some have no other table.
    from shared.dynamodb.batches import BATCH_READ, batches, read_raw

    subjects = sorted({subject_of(user_id) for user_id, _ in sessions})
    gates = {
        gate["subject"]["S"]: gate
        for batch in batches(subjects, BATCH_READ)
        for _, gate in read_raw(
            {_table(): {"Keys": [_key(each) for each in batch], "ConsistentRead": True}}
        )
    }
    return {
        (user_id, session_id)
        for user_id, session_id in sessions
        if not is_alive(gates.get(subject_of(user_id), {}), session_id)
    }


def _table() -> str:
    return f"{config.stack}-gates"


def _key(subject: str) -> dict[str, Any]:
    return {"subject": {"S": subject}, "scope": {"S": SCOPE}}
