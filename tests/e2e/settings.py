"""Change the settings of a deployed Lambda for the time of a test."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.e2e.conftest import Deployed


@contextmanager
def settings(stack: Deployed, function: str, **changes: str) -> Iterator[None]:
    """A Lambda with other environment variables, inside the block."""
    functions, name = stack.client("lambda"), stack.function(function)
    before = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    functions.update_function_configuration(
        FunctionName=name, Environment={"Variables": {**before, **changes}}
    )
    try:
        yield
    finally:
        functions.update_function_configuration(
            FunctionName=name, Environment={"Variables": before}
        )
