"""The models of all tables, found by importing every service's models."""

import sys
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from infra.generated import ROOT

if TYPE_CHECKING:
    from shared.dynamodb.model import Table


@cache
def models() -> "list[tuple[str, type[Table]]]":
    """Every model with its table's name without the stack's. Two services may have items of their
    own in a table of the kernel."""
    functions = ROOT / "functions"
    if str(functions) not in sys.path:
        sys.path.insert(0, str(functions))
    from shared.dynamodb.model import Table

    for file in sorted(functions.rglob("*.py")):
        if "(Table)" in file.read_text():
            import_module(".".join(file.relative_to(functions).with_suffix("").parts))
    found = [
        (vars(model.Meta)["table_name"].name, model)
        for model in Table.__subclasses__()
        if model.__module__.partition(".")[0] != "tests"
    ]
    return sorted(found, key=lambda each: (each[0], each[1].__name__))


@cache
def models_by_table() -> "dict[str, type[Table]]":
    """The model of each table, by the table's name without the stack's."""
    return dict(models())
