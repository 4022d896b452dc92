"""template.yaml and docs/api.md have the limits of shared/limits.py."""

import re
from typing import Any

import pytest

from infra import templates
from infra.generated import ROOT
from shared.limits import ALL_LIMITS, Choices, Limit, Number

TEMPLATE = templates.load(templates.TEMPLATE)
PARAMETERS = TEMPLATE["Parameters"]
VARIABLES = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
CONTRACT = (ROOT / "docs" / "api.md").read_text()


def written(limit: Limit[Any]) -> int | str:
    """The default as a template writes it."""
    return ",".join(limit.default) if isinstance(limit, Choices) else limit.default


@pytest.mark.parametrize("limit", ALL_LIMITS, ids=lambda limit: limit.parameter)
def test_a_limit_is_a_parameter_with_the_same_default(limit: Limit[Any]) -> None:
    parameter = PARAMETERS.get(limit.parameter)
    assert parameter, f"template.yaml: add the parameter {limit.parameter}"
    assert parameter["Type"] == ("Number" if isinstance(limit, Number) else "String")
    assert parameter["Default"] == written(limit), f"template.yaml: {limit.parameter}"


@pytest.mark.parametrize("limit", ALL_LIMITS, ids=lambda limit: limit.parameter)
def test_a_limit_is_in_the_environment_of_every_function(limit: Limit[Any]) -> None:
    assert VARIABLES.get(limit.variable) == {"Ref": limit.parameter}, (
        f"template.yaml: Globals must give {limit.variable}: !Ref {limit.parameter}"
    )


def test_every_parameter_that_is_a_number_is_a_limit() -> None:
    of_the_account = {"ApiRate", "ApiBurst", "ImageWorkers", "VideoWorkers"}  # no call asks them
    numbers = {name for name, each in PARAMETERS.items() if each["Type"] == "Number"}
    numbers -= of_the_account
    missing = numbers - {limit.parameter for limit in ALL_LIMITS}
    assert not missing, f"shared/limits.py: add {sorted(missing)}"


@pytest.mark.parametrize("limit", ALL_LIMITS, ids=lambda limit: limit.parameter)
def test_a_public_limit_and_no_other_is_in_the_contract(limit: Limit[Any]) -> None:
    section = CONTRACT.partition("## 7. Limits")[2].partition("\n## ")[0]
    default = ", ".join(limit.default) if isinstance(limit, Choices) else f"{limit.default:,}"
    text = rf"\b{limit.parameter}={default}(?!\w|,\d)"
    # Numbers of four digits are written without a comma.
    found = re.search(text, section) or re.search(text.replace(",", "", 1), section)
    assert bool(found) == limit.is_public, f"docs/api.md section 7: {limit.parameter}={default}"


@pytest.mark.parametrize("limit", ALL_LIMITS, ids=lambda limit: limit.parameter)
def test_a_limit_is_described(limit: Limit[Any]) -> None:
    assert re.fullmatch(r"[A-Za-z].*\.", limit.sentence)
