"""From each version of accounts and edges to the next (`shared/dynamodb/versions.py`)."""

from shared.dynamodb.versions import RawItem


def list_subscriber(account: RawItem) -> None:
    """Version 2: who subscribed to the newsletter is in the index of subscribers."""
    if account.get("newsletter", {}).get("BOOL"):
        account.setdefault("subscription", {"S": "newsletter"})


def list_edge(edge: RawItem) -> None:
    """Version 2: an active edge has its place in the lists. (`size#…` is the size of one.)"""
    kind, _, other = edge.get("edge", {}).get("S", "").partition("#")
    is_active = edge.get("is_active", {}).get("BOOL")
    if other and kind != "size" and is_active and "since" in edge:
        edge.setdefault("listed", {"S": f"{kind}#{edge['since']['S']}"})
