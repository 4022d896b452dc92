"""The @names of a text."""

import pytest

from posts.mentions import names_in


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@abc and @ABC, @d_1", ["abc", "d_1"]),
        ("(@abc) .@def @ghi's @abc/@jkl!", ["abc", "def", "ghi", "jkl"]),
        ("谢谢@abc的照片", ["abc"]),
        ("\N{FULLWIDTH COMMERCIAL AT}abc ❤️@def❤️", ["abc", "def"]),
        ("@ab @" + "x" * 31, []),
        ("abc@example.com josé@example.com @@abc", []),
        ("@josé @abc\N{COMBINING CARON}", []),
        ("https://example.com/@abc/post and @def", ["def"]),
    ],
)
def test_names(text: str, names: list[str]) -> None:
    assert names_in(text) == names
