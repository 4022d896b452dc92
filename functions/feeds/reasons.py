"""Why a post is in a feed: what clients may show beside it."""

from typing import Literal, TypedDict

from posts.public import VisiblePost

type Kind = Literal["own", "follow", "collaboration", "discover", "new_reel", "trending"]


class Reason(TypedDict):
    """Why a post is shown: for programs, and as a sentence."""

    kind: Kind
    text: str


def of_people(seen: VisiblePost) -> Reason:
    """For a post of somebody whom the viewer has to do with."""
    if seen.relation is None:
        return {"kind": "own", "text": "Because it is yours"}
    if seen.collaborates:
        return {"kind": "collaboration", "text": f"Because you made it with {_name(seen)}"}
    return {"kind": "follow", "text": f"Because you follow {_name(seen)}"}


def of_discovery(seen: VisiblePost) -> Reason:
    """For a post of somebody whom the viewer does not follow."""
    return {"kind": "discover", "text": f"Because you do not follow {_name(seen)} yet"}


def of_reel(seen: VisiblePost) -> Reason:
    """For a reel out of all of them."""
    if seen.relation is None or seen.relation.follows or seen.collaborates:
        return of_people(seen)
    return {"kind": "new_reel", "text": f"Because {_name(seen)} made it for everybody"}


def of_trend(seen: VisiblePost) -> Reason:
    """For a post that trends."""
    return {"kind": "trending", "text": "Because many people like and discuss it"}


def _name(seen: VisiblePost) -> str:
    return str(seen.author.username)
