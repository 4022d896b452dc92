"""The house rules for modules (docs/decisions/access.md and build-and-cost.md say why)."""

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

import pytest

from infra.events import modules
from infra.generated import FUNCTIONS, ROOT
from tests.unit.wiring.house import handlers, path_of

MAXIMUM_LINES = 250
# One small class per error code of the contract: one tree, one file.
LONG = {"shared.errors"}
# Names in -ing that the field uses as nouns.
FIELD_NOUNS = {
    *("decoding", "encoding", "mapping", "messaging", "paging", "processing", "purging"),
    *("rendering", "trending"),
}

IMPORT_ALL = """
import builtins, importlib, os, socket, sys
sys.path.insert(0, sys.argv[1])
os.environ.clear()

def refuse(*arguments, **named):
    raise AssertionError("work at import: a client or a connection was made")

import botocore.session
botocore.session.Session.create_client = refuse
socket.socket.connect = refuse
failed = []
for name in sys.argv[2:]:
    try:
        importlib.import_module(name)
    except Exception as error:
        failed.append(f"{name}: {type(error).__name__}: {error}")
print("\\n".join(failed))
"""


def test_handlers_import_without_settings_and_without_work() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, str(FUNCTIONS), *handlers()],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not ran.stdout.strip(), (
        f"read settings and make clients on first use, not at import:\n{ran.stdout}"
    )


def test_nothing_shadows_another_package() -> None:
    ours = {path.stem for path in FUNCTIONS.iterdir() if path.is_dir() or path.suffix == ".py"}
    elsewhere = [place for place in sys.path if Path(place).resolve() not in (FUNCTIONS, ROOT)]
    shadowed = {name for name in ours if is_code(PathFinder.find_spec(name, elsewhere))}
    shadowed |= ours & set(sys.stdlib_module_names)
    assert not shadowed, f"functions/ is on sys.path: rename {shadowed}"


def is_code(spec: ModuleSpec | None) -> bool:
    """Whether a name leads to a module, and not to a folder of data in site-packages."""
    return spec is not None and spec.origin is not None


@pytest.mark.parametrize("module", sorted(set(modules()) - LONG))
def test_a_module_is_one_concept(module: str) -> None:
    lines = len(path_of(module).read_text().splitlines())
    assert lines <= MAXIMUM_LINES, (
        f"{module} has {lines} lines: over {MAXIMUM_LINES} it is two concepts"
    )


@pytest.mark.parametrize("module", modules())
def test_a_module_says_what_it_serves_and_prints_nothing(module: str) -> None:
    tree = modules()[module]
    assert ast.get_docstring(tree), f"{module}: begin with one line that says what it serves"
    prints = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]
    assert not prints, f"{module}, lines {prints}: log by shared.observability, do not print"


@pytest.mark.parametrize("module", modules())
def test_handlers_are_not_imported(module: str) -> None:
    verbs = set(handlers())
    imported = set()
    for node in ast.walk(modules()[module]):
        if isinstance(node, ast.ImportFrom) and node.module:
            imported |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
    assert not imported & verbs, (
        f"{module} imports the Lambda {imported & verbs}: put what both need into a noun's module"
    )


@pytest.mark.parametrize("module", sorted(set(modules()) - set(handlers())))
def test_no_module_is_named_by_a_gerund_that_is_no_noun_of_the_field(module: str) -> None:
    gerunds = {part for part in module.split(".") if part.endswith("ing")}
    words = {word for name in gerunds for word in [name.rpartition("_")[2]]}
    assert words <= FIELD_NOUNS, f"{module}: name it by a noun (CONTRIBUTING.md)"


def imports_of(module: str) -> set[str]:
    """The modules of ours that a module imports, wherever in it, for types alone included."""
    found = set()
    for node in ast.walk(modules()[module]):
        if isinstance(node, ast.ImportFrom) and node.module:
            inside = {f"{node.module}.{alias.name}" for alias in node.names} & set(modules())
            found |= inside or {node.module}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found & set(modules())


def test_no_modules_import_each_other() -> None:
    graph = {module: imports_of(module) for module in modules()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"these modules import each other in a circle: {' ← '.join(error.args[1])}")


@pytest.mark.parametrize("module", modules())
def test_other_services_are_known_by_their_public_module_alone(module: str) -> None:
    own = module.split(".")[0]
    services = {name.split(".")[0] for name in modules()} - {"shared", own}
    inner = [
        node.module
        for node in ast.walk(modules()[module])
        if isinstance(node, ast.ImportFrom)
        and node.module
        and node.module.split(".")[0] in services
        and not node.module.endswith(".public")
        and not {alias.name for alias in node.names} <= {"public"}
    ]
    assert not inner, f"{module} imports {inner}: ask for it in that service's public.py"
