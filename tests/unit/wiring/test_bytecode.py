"""The bytecode that functions are deployed with."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra.bytecode import compile_functions


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """The output of `sam build`: a folder per function, all with the same code, and a layer."""
    for function in ("LikePost", "GetPost"):
        for package in ("posts", "shared"):
            folder = tmp_path / function / package
            folder.mkdir(parents=True)
            (folder / "__init__.py").touch()
        (tmp_path / function / "posts" / "models.py").write_text("SAID = 'compiled'\n")
    (tmp_path / "DependenciesLayer" / "python").mkdir(parents=True)
    compile_functions(tmp_path)
    return tmp_path


@pytest.mark.parametrize("function", ["LikePost", "GetPost"])
def test_a_function_runs_its_bytecode_wherever_it_is_unpacked(
    build: Path, tmp_path: Path, function: str
) -> None:
    unpacked = tmp_path / "var" / "task"
    shutil.copytree(build / function, unpacked)
    source = unpacked / "posts" / "models.py"
    source.write_text("SAID = 'read from the source'\n")
    os.utime(source, (0, 315532800))  # as a zip of `sam` has it
    program = "from posts import models; print(models.SAID, models.__file__)"
    done = subprocess.run(
        [sys.executable, "-B", "-c", program], cwd=unpacked, capture_output=True, text=True
    )
    assert done.stdout.split(" ", 1) == ["compiled", f"{source}\n"], done.stderr


def test_a_layer_is_left_alone(build: Path) -> None:
    assert not [*(build / "DependenciesLayer").rglob("*.pyc")]


def test_what_cannot_be_compiled_is_not_deployed(build: Path) -> None:
    (build / "GetPost" / "posts" / "broken.py").write_text("def\n")
    with pytest.raises(SystemExit, match="some modules"):
        compile_functions(build)
