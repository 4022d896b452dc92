"""Extracts: the sentences of a caption that say most of it, in their order. Needs no model."""

import re

from ai.lexrank import ranks, similarities, terms_of
from ai.sentences import joined, sentences_of, shortened
from shared.addresses import without_addresses

MAX_LENGTH = 300  # characters of a summary (docs/api.md section 7)
_MOST_SENTENCES = 3
_RANKED = 100  # of a caption with more, the longest
_SAME = 0.8  # the cosine from which two sentences say the same
# A sign begins the next tag: whatever was one tag or two would be tried in exponential time.
_TAGS_AT_END = re.compile(r"(?:\s*[#＃]+[^\s#＃]+){2,}[\s#＃]*$")
_REFERENCES = re.compile(r"[#＃@]\S+")


def extract_of(caption: str) -> str:
    """The summary of a caption as one line; empty only if the caption is."""
    found = (_TAGS_AT_END.sub("", sentence) for sentence in sentences_of(caption))
    sentences = [sentence for sentence in found if terms_of(_own_words(sentence))]
    if not sentences:  # only hashtags, links or emoji
        return shortened(" ".join(caption.split()), MAX_LENGTH)
    if len(sentences) > _RANKED:
        longest = sorted(range(len(sentences)), key=lambda at: -len(sentences[at]))[:_RANKED]
        sentences = [sentences[at] for at in sorted(longest)]
    return shortened(joined([sentences[at] for at in _best(sentences)]), MAX_LENGTH)


def _best(sentences: list[str]) -> list[int]:
    """The places of the sentences to show."""
    matrix = similarities([terms_of(sentence) for sentence in sentences])
    rank = ranks(matrix)
    chosen: list[int] = []
    left = MAX_LENGTH
    # Of sentences that rank the same, but for rounding, the first counts.
    for at in sorted(range(len(sentences)), key=lambda at: (-round(rank[at], 6), at)):
        repeats = any(matrix[at][other] >= _SAME for other in chosen)
        if repeats or (chosen and len(sentences[at]) + 1 > left):
            continue
        chosen.append(at)
        left -= len(sentences[at]) + 1
        if len(chosen) == _MOST_SENTENCES:
            break
    return sorted(chosen)


def _own_words(sentence: str) -> str:
    return _REFERENCES.sub(" ", without_addresses(sentence))
