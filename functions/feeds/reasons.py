"""The reason why a post is in a feed, which clients may show with it."""

from typing import Literal, TypedDict

from posts.public import VisiblePost

type Kind = Literal["own", "follow", "collaboration", "discover", "new_reel", "trending"]


class Reason(TypedDict):
    """Why a post is shown: a kind for programs, and a sentence for people."""

    kind: Kind
    text: str


def of_people(visible: VisiblePost) -> Reason:
    """The reason for an own post, a collaboration, or a post of a followed account."""
    if visible.relation is None:
        return {"kind": "own", "text": "Because it is yours"}
    if visible.collaborates:
        return {"kind": "collaboration", "text": f"Because you made it with {_name(visible)}"}
    return {"kind": "follow", "text": f"Because you follow {_name(visible)}"}


def of_discovery(visible: VisiblePost) -> Reason:
    """The reason for a post of an account that the viewer does not follow."""
    return {"kind": "discover", "text": f"Because you do not follow {_name(visible)} yet"}


def of_reel(visible: VisiblePost) -> Reason:
    """The reason for a reel in the feed of all public reels."""
    if visible.relation is None or visible.relation.follows or visible.collaborates:
        return of_people(visible)
    return {"kind": "new_reel", "text": f"Because {_name(visible)} made it for everybody"}


def of_trend(visible: VisiblePost) -> Reason:
    """The reason for a post that trends."""
    return {"kind": "trending", "text": "Because many people like and discuss it"}


def _name(visible: VisiblePost) -> str:
    return str(visible.author.username)
