import pytest

from auth.user_agents import device_name

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36"
)
EDGE = CHROME + " Edg/142.0.0.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
    " Gecko) Version/19.0 Mobile/15E148 Safari/604.1"
)
ANDROID = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile"
    " Safari/537.36"
)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (CHROME, "Chrome on Windows"),
        (EDGE, "Edge on Windows"),
        (SAFARI, "Safari on iPhone"),
        (ANDROID, "Chrome on Android"),
        ("curl/8.5.0", "curl 8.5.0"),
        ("", "Unknown device"),
        (" \n ", "Unknown device"),
    ],
)
def test_a_device_is_named_as_people_call_it(user_agent: str, name: str) -> None:
    assert device_name(user_agent) == name


def test_a_name_is_bounded_and_printable() -> None:
    name = device_name("x\x00y" * 10_000)
    assert len(name) == 100
    assert name.isprintable()
