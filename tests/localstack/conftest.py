"""The part of the stack that LocalStack's core takes, for all tests of it."""

from collections.abc import Iterator

import pytest

from infra.local.localstack_core import LocalStackCore, core_part
from infra.templates import FOUNDATION, TEMPLATE

STACK = "hoshi"


@pytest.fixture(scope="session")
def core() -> Iterator[LocalStackCore]:
    with LocalStackCore() as core:
        yield core


@pytest.fixture(scope="session")
def foundation(core: LocalStackCore) -> dict[str, str]:
    """The physical ids of the foundation's resources."""
    part = core_part(FOUNDATION)
    return core.deploy(f"{STACK}-foundation", part, Stack=STACK, Stage="localstack")


@pytest.fixture(scope="session")
def bucket(core: LocalStackCore) -> str:
    """The bucket of media, as the template has it."""
    part = core_part(TEMPLATE, ["AWS::S3::Bucket"])
    part.pop("Transform")
    part.pop("Globals")
    return core.deploy(STACK, part, Stack=STACK, Stage="localstack")["MediaBucket"]
