"""What the wiring tests look at: the modules of functions/, parsed and imported."""

import ast
import importlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from infra.events import modules
from infra.generated import FUNCTIONS


def services() -> list[str]:
    """The packages of functions/ but the kernel."""
    return sorted(
        folder.name
        for folder in FUNCTIONS.iterdir()
        if (folder / "__init__.py").exists() and folder.name != "shared"
    )


def path_of(module: str) -> Path:
    """`posts.like_post` as a file."""
    return FUNCTIONS / f"{module.replace('.', '/')}.py"


def handlers() -> list[str]:
    """The modules that are a Lambda: they define `app`."""
    return [name for name, tree in modules().items() if "app" in defined_names(tree)]


def handlers_made_by(factory: str) -> list[str]:
    """The Lambdas whose `app` is what `factory(...)` returns: endpoint, stream or consumer."""
    return [name for name in handlers() if _makes_app_with(modules()[name], factory)]


def _makes_app_with(tree: ast.Module, factory: str) -> bool:
    return any(
        isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == "app"
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id == factory
        for node in tree.body
    )


def defined_names(tree: ast.Module) -> Iterator[str]:
    """The names that a module binds at its top level, imports aside."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


@cache
def imported(module: str) -> Any:
    """A module of functions/."""
    return importlib.import_module(module)
