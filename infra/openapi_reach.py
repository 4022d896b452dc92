"""The classes and functions that a view names, directly or in our functions and methods that it
calls."""

from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

from infra.generated import FUNCTIONS

_OURS = {folder.name for folder in FUNCTIONS.iterdir()}


def named_by(function: FunctionType) -> set[Any]:
    """The classes and functions that `function`, and our functions that it names, refer to; also
    those that it chooses from a dictionary of its module, and what the methods of its service's
    classes refer to.

    They are read from the byte code.
    """
    found: set[Any] = set()
    _follow(function, found)
    return found


def _follow(function: FunctionType, found: set[Any]) -> None:
    if function in found:
        return
    found.add(function)
    if _service(function) not in _OURS:
        return
    names = set(_names(function.__code__))
    for name in sorted(names & function.__globals__.keys()):
        value = function.__globals__[name]
        inside = vars(value) if isinstance(value, ModuleType) else {}
        chosen_from = value.values() if isinstance(value, dict) else ()
        for each in (
            value,
            *chosen_from,
            *(inside[other] for other in sorted(names & inside.keys())),
        ):
            if isinstance(each, FunctionType):
                _follow(each, found)
            elif isinstance(each, type) and each not in found:
                found.add(each)
                if _service(each) == _service(function):
                    for method in vars(each).values():
                        if isinstance(method, FunctionType):
                            _follow(method, found)


def _service(named: FunctionType | type) -> str:
    return named.__module__.partition(".")[0]


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
