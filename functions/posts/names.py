"""The @names of a text, as people write them."""

import re

from shared.hashtags import without_links

# Who writes without spaces puts an @ right behind a word, and other words right behind the name; in
# an address Latin letters and digits stand before it. A name that goes on in letters which no
# username has is nobody's: "@josé" is not "@jos".
_LATIN = "A-Za-z0-9_\u00c0-\u024f"
_NAME = re.compile(
    rf"(?<![{_LATIN}@\uff20])[@\uff20]([A-Za-z0-9_]{{3,30}})(?![{_LATIN}\u0300-\u036f])"
)


def names_in(text: str) -> list[str]:
    """The @names of a text in lower case, each once, in the order of the text."""
    return list(dict.fromkeys(name.lower() for name in _NAME.findall(without_links(text))))
