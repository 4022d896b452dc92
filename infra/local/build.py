"""`sam build`, kept under the hash of its sources.

So `make run` and the tests share a build, and none disturbs another.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from infra.bytecode import compile_functions
from infra.local.sam import ROOT, sam
from layers.build import build as build_layer

SOURCES = [
    *("functions", "infra/api.yaml", "infra/bytecode.py", "layers", "template.yaml"),
    *("samconfig.toml", "uv.lock"),
]
BUILDS_KEPT = 4


def fingerprint() -> str:
    """The hash of all sources of a build."""
    return digest(*SOURCES)


def digest(*sources: str) -> str:
    """The hash of files and folders of the repository, with their names."""
    hashed = hashlib.sha256()
    for source in sources:
        path = ROOT / source
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                hashed.update(f"{file.relative_to(ROOT)}\0".encode())
                hashed.update(hashlib.sha256(file.read_bytes()).digest())
    return hashed.hexdigest()[:16]


def build(*, with_layers: bool = False) -> Path:
    """The template of an up-to-date build.

    MiniStack needs no layers: its functions find packages where it finds its own.
    """
    builds = ROOT / ".local" / "builds"
    folder = builds / (fingerprint() + ("-with-layers" if with_layers else ""))
    with _only_one(builds):
        if folder.exists():
            os.utime(folder)
        else:
            _build(folder, with_layers)
            _forget_old(builds)
    return folder / "build" / "template.yaml"


def _build(folder: Path, with_layers: bool) -> None:
    if with_layers:  # built here, where the package registry can be reached; `sam` only copies
        build_layer("dependencies")
        build_layer("media")
    unfinished = folder.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    target = str(unfinished / "build")
    layers = {} if with_layers else {"LAYERS": "none"}
    sam("build", "--config-env", "local", "--build-dir", target, more=layers)
    compile_functions(Path(target))
    unfinished.rename(folder)


@contextlib.contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _forget_old(builds: Path) -> None:
    finished = [folder for folder in builds.iterdir() if folder.is_dir()]
    for folder in sorted(finished, key=lambda folder: folder.stat().st_mtime)[:-BUILDS_KEPT]:
        shutil.rmtree(folder)
