"""Bytecode for the functions of a `sam build`: `python -m infra.bytecode .aws-sam/build`.

Where a Lambda runs, its folder cannot be written to, so every cold start would compile all that it
imports anew: a third of its time.
"""

import compileall
import py_compile
import shutil
import sys
from pathlib import Path

VALID_ANYWHERE = py_compile.PycInvalidationMode.UNCHECKED_HASH


def compile_functions(build: Path) -> None:
    """Put the bytecode beside the sources of every function in the folder of a build. All have the
    same code, so that it is compiled once and copied."""
    first, *others = (folder for folder in sorted(build.iterdir()) if (folder / "shared").is_dir())
    if not compileall.compile_dir(
        first, quiet=1, invalidation_mode=VALID_ANYWHERE, stripdir=str(first), force=True
    ):
        raise SystemExit(f"not every module of {first} can be compiled")
    for compiled in sorted(first.rglob("__pycache__")):
        for other in others:
            shutil.copytree(compiled, other / compiled.relative_to(first), dirs_exist_ok=True)


if __name__ == "__main__":
    compile_functions(Path(sys.argv[1]))
