"""Packages whose private parts the kernel replaces are pinned to the version it was tested with."""

import re
import tomllib
from importlib.metadata import version

import pytest

from infra.generated import ROOT
from shared.aws.fast_dynamodb import TESTED_VERSIONS

PATCHED = ["botocore", "pynamodb"]


def pin(package: str) -> str:
    """The version that pyproject.toml requires of the functions."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    [found] = [each for each in project["dependencies"] if re.match(rf"{package}\b", each)]
    exact = re.fullmatch(rf"{package}==([0-9.]+)", found)
    assert exact, f"{found} is not one exact version"
    return exact[1]


@pytest.mark.parametrize("package", PATCHED)
def test_what_is_patched_is_pinned_locked_and_installed_in_one_version(package: str) -> None:
    packages = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    locked = [each["version"] for each in packages if each["name"] == package]
    assert locked == [pin(package)]
    assert version(package) == pin(package)


def test_the_pinned_botocore_is_one_that_the_faster_calls_were_tested_with() -> None:
    assert (pin("botocore"),) == TESTED_VERSIONS
