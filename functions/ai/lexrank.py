"""LexRank: which sentences of a text say most of what the others say, too.

Continuous LexRank of Erkan and Radev (2004): the sentences are nodes, weighted by the cosine of
their words' tf-idf, and ranked as PageRank ranks pages.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

from shared.characters import UNSPACED

_DAMPING = 0.85
_ROUNDS = 100
_PRECISION = 1e-7
_RUNS = re.compile(rf"[{UNSPACED}]+|[^\W{UNSPACED}]+")
_UNSPACED = re.compile(f"[{UNSPACED}]")

type Matrix = list[list[float]]


def terms_of(sentence: str) -> Counter[str]:
    """How often a sentence has each word; of scripts without spaces, each pair of characters."""
    terms: Counter[str] = Counter()
    for run in _RUNS.findall(unicodedata.normalize("NFKC", sentence).casefold()):
        if _UNSPACED.match(run) and len(run) > 1:
            terms.update(run[at : at + 2] for at in range(len(run) - 1))
        else:
            terms[run] += 1
    return terms


def similarities(sentences: Sequence[Mapping[str, int]]) -> Matrix:
    """The cosine of each two sentences, given as terms and how often they have them; the rarer a
    term is among the sentences, the more it counts. No sentence may be empty. The diagonal is 0:
    what only a sentence itself says makes it no better."""
    count = len(sentences)
    held_by = Counter(term for sentence in sentences for term in sentence)
    idf = {term: math.log(1 + count / number) for term, number in held_by.items()}
    vectors = [_unit({term: n * idf[term] for term, n in each.items()}) for each in sentences]
    matrix = [[0.0] * count for _ in sentences]
    for row, one in enumerate(vectors):
        for column in range(row):
            other = vectors[column]
            cosine = sum(one[term] * other[term] for term in one.keys() & other.keys())
            matrix[row][column] = matrix[column][row] = cosine
    return matrix


def ranks(matrix: Matrix) -> list[float]:
    """The PageRank of each row of symmetric weights; their sum is 1. A row without weights links
    to all."""
    count = len(matrix)
    links = [
        [(column, weight / total) for column, weight in enumerate(row) if weight]
        for row, total in zip(matrix, map(sum, matrix), strict=True)
    ]
    alone = [row for row, weights in enumerate(links) if not weights]
    rank = [1 / count] * count
    for _ in range(_ROUNDS):
        for_all = 1 - _DAMPING + _DAMPING * sum(rank[row] for row in alone)
        following = [for_all / count] * count
        for row, weights in enumerate(links):
            for column, weight in weights:
                following[column] += _DAMPING * rank[row] * weight
        change = sum(abs(new - old) for new, old in zip(following, rank, strict=True))
        rank = following
        if change < _PRECISION:
            break
    return rank


def _unit(vector: Mapping[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(value * value for value in vector.values()))
    return {term: value / length for term, value in vector.items()}
