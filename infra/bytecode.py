"""Bytecode for the functions of a `sam build`: `python -m infra.bytecode .aws-sam/build`.

A Lambda's file system is read-only, so every cold start would compile all that it imports: a third
of its processor time. The bytecode is valid wherever it is unpacked. If this step is forgotten, it
costs time and nothing else. Locally, the one folder that all processes share has bytecode from the
start. Rejected: `BuildMethod: makefile` for each function, which ends the sharing of one build by
all of them.
"""

import compileall
import py_compile
import shutil
import sys
from pathlib import Path

VALID_ANYWHERE = py_compile.PycInvalidationMode.UNCHECKED_HASH


def compile_functions(build: Path) -> None:
    """Put the bytecode next to the sources of every function of a build. All have the same code, so
    it is compiled once and copied."""
    first, *others = (folder for folder in sorted(build.iterdir()) if (folder / "shared").is_dir())
    if not compileall.compile_dir(
        first, quiet=1, invalidation_mode=VALID_ANYWHERE, stripdir=str(first), force=True
    ):
        raise SystemExit(f"some modules of {first} do not compile")
    for compiled in sorted(first.rglob("__pycache__")):
        for other in others:
            shutil.copytree(compiled, other / compiled.relative_to(first), dirs_exist_ok=True)


if __name__ == "__main__":
    compile_functions(Path(sys.argv[1]))
