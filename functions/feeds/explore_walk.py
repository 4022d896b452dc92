"""A walk through the fresh public posts: in random order, each once, without reading them all.

A hash gives every post a spot on a line, which is divided into cells of equal length with about
twenty posts each. The seed of a walk decides the order of the cells, and of the posts in a cell.
The cursor holds the seed and the position, so no post comes twice; a post that is created during
the walk comes at most once.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from functools import partial
from typing import Any

from feeds.discovery_index import SHARD_BITS, SPOT_BITS, shard_of
from feeds.merge import unless_throttled
from feeds.models import ExplorePost
from posts.public import Part, PostCandidate, Source
from shared.aws.clients import client
from shared.clock import now
from shared.dynamodb.tables import parallel_map

_IN_A_CELL = 20  # posts, about
_SAMPLE = 100  # posts from which the number of all is estimated
_MOST_BITS = 20
_MOST_CELLS = 8  # read at once
_MOST_IN_A_CELL = 200  # posts read of one cell, in case the network grows that much during a walk


@dataclass(frozen=True, slots=True)
class Walk:
    """The position of a walk: before cell number `step` of its order, or in it, after `turn`."""

    seed: int
    bits: int  # the line is divided into 2^bits cells
    density: int  # posts in a cell, about
    step: int = 0
    turn: str = ""

    @property
    def cell(self) -> int:
        """The cell to read. The odd factor makes `step` visit every cell once."""
        return ((self.seed >> 16 | 1) * self.step + self.seed) % (1 << self.bits)

    def turn_of(self, post_id: str) -> str:
        """The sort key of a post in its cell."""
        key = self.seed.to_bytes(8)
        return hashlib.blake2b(post_id.encode(), digest_size=6, key=key).hexdigest()


def explore(seed: int | None) -> Source:
    """The posts of a walk. A walk that begins takes this seed, or a random one if it is None."""

    def read(place: list[Any] | None, count: int) -> Part:
        walk = Walk(*place) if place else _start(secrets.randbits(48) if seed is None else seed)
        return _read(walk, count)

    return read


def hourly_seed(user_id: str) -> int:
    """The seed for requests of numbered pages, which have no cursor to hold one: for an hour the
    pages of a user fit together."""
    text = f"{user_id}#{int(now() // 3600)}"
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest())


def _start(seed: int) -> Walk:
    """A walk over cells of about `_IN_A_CELL` posts; the density of one partition gives their
    number."""
    length = 1 << (SPOT_BITS - SHARD_BITS)
    first = seed % (1 << SHARD_BITS) * length
    found = _query(first, first + length - 1, _SAMPLE)
    if len(found) == _SAMPLE:
        length = int(found[-1]["spot"]["S"], 16) - first + 1
    number = (len(found) << SPOT_BITS) // length
    bits = SHARD_BITS
    while bits < _MOST_BITS and number >> bits > _IN_A_CELL:
        bits += 1
    return Walk(seed, bits, max(number >> bits, 1))


def _read(walk: Walk, count: int) -> Part:
    """The next cells of a walk, enough for `count` posts."""
    # Half as many again: a cell may hold fewer, and a second read costs more than a few keys.
    enough = -(-3 * count // (2 * walk.density))
    cells = min(enough, _MOST_CELLS, (1 << walk.bits) - walk.step)
    steps = [replace(walk, step=walk.step + each, turn="") for each in range(cells)]
    steps[0] = walk
    calls = (partial(_read_cell, each) for each in steps)
    parts = [part for read in parallel_map(unless_throttled, calls) for part in read]
    candidates = [each for part in parts for each in part.candidates]
    is_partial = any(part.is_partial for part in parts)
    if is_partial and not candidates:  # the next cells are in the same partitions
        return Part([], None, is_partial)
    following = replace(walk, step=walk.step + cells, turn="")
    reach = list(astuple(following)) if following.step < 1 << walk.bits else None
    return Part(candidates, reach, is_partial)


def _read_cell(walk: Walk) -> list[Part]:
    """The posts of a cell that come after the position of the walk."""
    size, moment = 1 << (SPOT_BITS - walk.bits), now()
    first = walk.cell * size
    posts = [
        (walk.turn_of(item["post_id"]["S"]), item["post_id"]["S"], item["author_id"]["S"])
        for item in _query(first, first + size - 1, _MOST_IN_A_CELL)
        if int(item["expires_at"]["N"]) > moment
    ]
    candidates = [
        PostCandidate(post_id, author_id, list(astuple(replace(walk, turn=turn))))
        for turn, post_id, author_id in sorted(posts)
        if turn > walk.turn
    ]
    return [Part(candidates, None)]


def _query(first: int, last: int, limit: int) -> Sequence[Mapping[str, Any]]:
    """The posts between two spots of one partition, as DynamoDB returns them."""
    answer = client("dynamodb").query(
        TableName=ExplorePost.Meta.table_name,
        IndexName=ExplorePost.at_random.Meta.index_name,
        KeyConditionExpression="#shard = :shard AND spot BETWEEN :first AND :last",
        ProjectionExpression="post_id, author_id, expires_at, spot",
        ExpressionAttributeNames={"#shard": "shard"},  # a reserved word
        ExpressionAttributeValues={
            ":shard": {"S": shard_of(first)},
            ":first": {"S": f"{first:08x}"},
            ":last": {"S": f"{last:08x}"},
        },
        Limit=limit,
    )
    return answer["Items"]
