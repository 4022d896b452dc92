"""Clients with the faster calls of `shared/aws/fast_dynamodb.py`, and without them."""

from collections.abc import Iterator
from contextlib import contextmanager

import botocore
import pytest

from shared.aws import clients, fast_dynamodb

TESTED, UNTESTED = "tested botocore", "untested botocore"


@contextmanager
def use_botocore(kind: str) -> Iterator[None]:
    """Create this process's clients as with a botocore that was tested, or with another version."""
    with pytest.MonkeyPatch.context() as patch:
        if kind == UNTESTED:
            patch.setattr(botocore, "__version__", "1.999.0")
        _forget_clients()
        yield
    _forget_clients()


def _forget_clients() -> None:
    clients._make.cache_clear()
    fast_dynamodb._is_tested.cache_clear()
