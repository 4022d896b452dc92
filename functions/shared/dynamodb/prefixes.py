"""Entries that are found by the first characters of a word, the most popular first.

A word has an entry in the partition of each of its prefixes of `LENGTHS`, and in that of the whole
word. An entry's place begins with its rank, the logarithm of a popularity: an entry moves when its
popularity has doubled, and a search that reads the first entries of a partition misses none that
is twice as popular as one that it found.

Where most entries are, ranks below a bound are one: no one reads that far, and small popularities
double all the time.
"""

from collections.abc import Iterator

LENGTHS = (1, 2, 3, 4, 5, 6, 8)
EVERYTHING = "#"  # how the name of a partition of all entries begins; prefixes never do
MARK = "r"  # how places begin; those of an earlier version begin with a digit
_TOP = 20  # the rank from a million on
_BROAD = 2  # characters of a prefix; in these partitions, and in those of all entries,
_LEAST = 4  # ranks below this one, that of 8, are one


def partitions_of(word: str) -> Iterator[str]:
    """The partitions in which a word has an entry."""
    yield whole(word)
    yield from prefixes_of(word)


def prefixes_of(word: str) -> Iterator[str]:
    """The beginnings of a word that are partitions."""
    for length in LENGTHS:
        if length <= len(word):
            yield word[:length]


def whole(word: str) -> str:
    """The partition of the entries that have this very word."""
    return f"{word}$"


def partition_for(beginning: str) -> str:
    """The narrowest partition with all the words that begin so."""
    return beginning[: max(length for length in LENGTHS if length <= len(beginning))]


def rank(popularity: int) -> int:
    """The rank of a popularity: 0, then one more for each doubling, up to 20."""
    return min(max(popularity, 0).bit_length(), _TOP)


def ranked(partition: str, rank: int) -> str:
    """How the places of a rank begin in a partition, in descending order of ranks."""
    is_broad = partition.startswith(EVERYTHING) or len(partition) <= _BROAD
    counted = 0 if is_broad and rank < _LEAST else rank
    return f"{MARK}{_TOP - counted:02d}#"


def rank_of(place: str) -> str:
    """How a place says its rank: in the order of partitions."""
    return place.partition("#")[0]


def is_ranked(place: str) -> bool:
    """Whether a place is of this version."""
    return place.startswith(MARK)
