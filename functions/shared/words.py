"""The words of a text, folded, so that a search and what it searches can be compared."""

import re
import unicodedata

LONGEST_WORD = 40  # characters; the rest of a longer word is not compared
# Letters that Unicode does not decompose.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})


def words_of(text: str) -> list[str]:
    """The words of a text, folded: without case, accents and punctuation (except underscores)."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    letters = (each for each in decomposed if not unicodedata.category(each).startswith("M"))
    folded = "".join(letters).translate(_PLAIN)
    return [word[:LONGEST_WORD] for word in re.findall(r"\w+", folded)]
