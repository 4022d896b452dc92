"""Walking through the fresh public posts in random order, each once, without reading them all.

A hash gives every post a spot on a line that is cut into cells, all alike, of some twenty posts.
A walk takes the cells in an order of its own, and the posts of a cell in an order of its own; both
follow from its seed. Its cursor holds the seed and where it is, so it meets no post twice, and a
post that arrives meanwhile is met, or not, once.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from typing import Any

from feeds.discovery_index import SHARD_BITS, SPOT_BITS, shard_of
from feeds.models import ExplorePost
from posts.public import Part, Ref, Source
from shared.aws.clients import client
from shared.clock import now
from shared.dynamodb.tables import in_parallel

_IN_A_CELL = 20  # posts, about
_SAMPLE = 100  # posts, from which their number is guessed
_MOST_BITS = 20
_MOST_CELLS = 8  # read at once
_MOST_IN_A_CELL = 200  # posts read of one, should the network have grown so much during a walk


@dataclass(frozen=True, slots=True)
class Walk:
    """Where a walk is: before the cell number `step` of its own order, or in it, behind `turn`."""

    seed: int
    bits: int  # the line is cut into 2^bits cells
    density: int  # posts that a cell holds, about
    step: int = 0
    turn: str = ""

    @property
    def cell(self) -> int:
        """The cell to read. An odd factor makes `step` go through all of them in another order."""
        return ((self.seed >> 16 | 1) * self.step + self.seed) % (1 << self.bits)

    def turn_of(self, post_id: str) -> str:
        """What orders the posts of a cell."""
        key = self.seed.to_bytes(8)
        return hashlib.blake2b(post_id.encode(), digest_size=6, key=key).hexdigest()


def explore(seed: int | None) -> Source:
    """The posts of a new walk (with a seed of its own, if none is given), or of one to go on."""

    def read(place: list[Any] | None, count: int) -> Part:
        walk = Walk(*place) if place else _begin(secrets.randbits(48) if seed is None else seed)
        return _read(walk, count)

    return read


def hourly_seed(user_id: str) -> int:
    """The seed for who asks for pages by number, with no cursor that could hold one: an hour long
    the pages fit together."""
    text = f"{user_id}#{int(now() // 3600)}"
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest())


def _begin(seed: int) -> Walk:
    """A walk over cells of about the size that is handy, by how close the posts of one partition
    lie to each other."""
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
    """The next cells of a walk, as many as `count` posts may take."""
    # Half as many again: a cell may hold fewer, and a second reading costs more than a few keys.
    enough = -(-3 * count // (2 * walk.density))
    cells = min(enough, _MOST_CELLS, (1 << walk.bits) - walk.step)
    steps = [replace(walk, step=walk.step + each, turn="") for each in range(cells)]
    steps[0] = walk
    refs = [ref for part in in_parallel(*map(_reading, steps)) for ref in part]
    following = replace(walk, step=walk.step + cells, turn="")
    return Part(refs, list(astuple(following)) if following.step < 1 << walk.bits else None)


def _reading(walk: Walk) -> Callable[[], list[Ref]]:
    return lambda: _read_cell(walk)


def _read_cell(walk: Walk) -> list[Ref]:
    """What of a cell is still ahead."""
    size, moment = 1 << (SPOT_BITS - walk.bits), now()
    first = walk.cell * size
    posts = [
        (walk.turn_of(item["post_id"]["S"]), item["post_id"]["S"], item["author_id"]["S"])
        for item in _query(first, first + size - 1, _MOST_IN_A_CELL)
        if int(item["expires_at"]["N"]) > moment
    ]
    return [
        Ref(post_id, author_id, list(astuple(replace(walk, turn=turn))))
        for turn, post_id, author_id in sorted(posts)
        if turn > walk.turn
    ]


def _query(first: int, last: int, limit: int) -> Sequence[Mapping[str, Any]]:
    """What there is between two spots of one partition, as DynamoDB has it."""
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
