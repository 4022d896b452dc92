"""Three hashtags for a caption: of the words of its subject, and first those that people use."""

import re
from collections.abc import Iterable, Iterator, Sequence

from ai.phrases import FALLBACK_TAGS
from hashtags.public import post_counts_of
from shared.addresses import without_addresses
from shared.characters import UNSPACED
from shared.hashtags import hashtags_in, tag_from
from shared.translations import Language

COUNT = 3
_CANDIDATES = 40  # one batch read
_LONGEST_PHRASE = 30  # characters of a topic that is one tag as a whole
_MOST_WORDS = 3  # of it
_SHORTEST_WORD = 3  # of a script with spaces
_WORDS = re.compile(rf"[{UNSPACED}]+|[^\W{UNSPACED}]+")
_UNSPACED = re.compile(f"[{UNSPACED}]")
_LETTERS = "\u30a0-\u30ff\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff"  # katakana and Chinese letters
# Particles between words in Japanese and Chinese, where a word in these letters follows.
_PARTICLES = re.compile(rf"(?:の|と|は|が|を|に|で|へ|な|的|和)(?=[{_LETTERS}])")
_COMMON = re.compile(
    "and|are|but|for|from|has|have|her|his|its|just|not|our|out|the|their|there|they|this|that|"
    "was|were|who|with|you|your|about|after|all|into|some|then|very|what|when|where|which|over|"
    "ada|dan|dari|dengan|di|itu|ini|juga|kami|karena|ke|kita|pada|saya|untuk|yang|adalah|akan"
)


def tags_for(words: str, language: Language, suggested: Sequence[str] = ()) -> list[str]:
    """Three tags, without their signs: those that are `suggested` and those of the words, the most
    used first; then those that nobody uses yet, and the language's own."""
    found = dict.fromkeys([*suggested, *_candidates(words)])
    candidates = list(found)[:_CANDIDATES]
    used = post_counts_of(candidates)
    ranked = sorted(candidates, key=lambda tag: -used.get(tag, 0))  # stable: then their order
    return list(dict.fromkeys([*ranked, *FALLBACK_TAGS[language]]))[:COUNT]


def _candidates(text: str) -> Iterator[str]:
    yield from hashtags_in(text)
    plain = without_addresses(re.sub(r"[#＃@]\S+", " ", text))
    words = _WORDS.findall(plain)
    if len(words) <= _MOST_WORDS and len(plain.strip()) <= _LONGEST_PHRASE:
        yield from _tags(["".join(words)])
    for word in words:
        if _UNSPACED.match(word):
            yield from _tags(_PARTICLES.split(word))
        elif len(word) >= _SHORTEST_WORD and not _COMMON.fullmatch(word.casefold()):
            yield from _tags([word])


def _tags(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        tag = tag_from(word)
        if tag and not tag.isdigit():
            yield tag
