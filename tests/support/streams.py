"""Records of a table's stream, as Lambda receives them."""

from typing import Any

from shared.dynamodb.tables import Table

MOMENT = 1_767_614_400.25


def stream_record(
    sequence: int, *, old: Table | None = None, new: Table | None = None
) -> dict[str, Any]:
    """The record of a change; without `old` the item was created, without `new` it was removed."""
    item = new or old
    assert item is not None
    name = {(True, False): "INSERT", (False, True): "REMOVE"}.get(
        (old is None, new is None), "MODIFY"
    )
    return {
        "eventID": f"record-{sequence}",
        "eventName": name,
        "eventSource": "aws:dynamodb",
        "eventSourceARN": (
            f"arn:aws:dynamodb:us-east-1:000000000000:table/{item.Meta.table_name}"
            "/stream/2026-01-05T00:00:00.000"
        ),
        "dynamodb": {
            "ApproximateCreationDateTime": MOMENT,
            "SequenceNumber": str(sequence),
            "Keys": item.key(),
            **({"OldImage": old.serialize()} if old else {}),
            **({"NewImage": new.serialize()} if new else {}),
        },
    }


def batch(*records: dict[str, Any]) -> dict[str, Any]:
    return {"Records": list(records)}
