"""Quotas of AWS that the templates must keep, and that the emulator does not check.

CloudFormation takes 500 resources in a stack, 200 outputs, 200 parameters and templates of 1 MB,
which the stack of functions is kept well below; Lambda takes 4 KB of variables; IAM takes 10,240
characters in all inline policies of a role, and 6,144 in a managed policy, without white space.
"""

import ast
import json
import re
from functools import cache
from typing import Any

import pytest

from infra.events import modules
from infra.routes import routing
from infra.templates import (
    FOUNDATION,
    OBSERVABILITY,
    TEMPLATE,
    functions,
    load,
    module_of,
    resources,
)

RESOURCES, OUTPUTS, PARAMETERS = 500, 200, 200
FUNCTIONS_STACK, FUNCTIONS_BYTES = 450, 900_000  # as SAM expands it
VARIABLES = 4096  # bytes of a function's names and values
INLINE, MANAGED = 10_240, 6_144
# As long as they may be in a deployment.
VALUES = {
    "AWS::Partition": "aws-us-gov",
    "AWS::Region": "ap-southeast-3",
    "AWS::AccountId": "1" * 12,
    "Stack": "hoshi-production-eu",
}
LONG = "x" * 80  # what stands for an ARN that is looked up


class NoManagedPolicies:
    """SAM's loader of the ids of managed policies; the template names its own alone."""

    def load(self) -> dict[str, str]:
        return {}


@pytest.fixture
def expanded(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The resources of template.yaml as SAM makes them."""
    from samtranslator.translator.transform import transform

    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    template = json.loads(json.dumps(load(TEMPLATE), default=str))
    template["Globals"]["Function"].pop("CodeUri")
    # As `sam package` leaves them.
    packaged = {
        "AWS::Serverless::Function": ("CodeUri", "s3://bucket/key"),
        "AWS::Serverless::LayerVersion": ("ContentUri", "s3://bucket/key"),
        "AWS::Serverless::Api": ("DefinitionBody", routing()),
    }
    for resource in template["Resources"].values():
        if resource["Type"] in packaged:
            name, value = packaged[resource["Type"]]
            resource["Properties"][name] = value
    made: dict[str, Any] = transform(template, {}, NoManagedPolicies())["Resources"]
    return made


def test_the_stack_of_functions_fits_cloudformation(expanded: dict[str, Any]) -> None:
    mappings = [each for each in expanded.values() if each["Type"].endswith("EventSourceMapping")]
    assert mappings, "SAM expanded the events"
    left = FUNCTIONS_STACK - len(expanded)
    assert left >= 0, f"{-left} resources too many: CloudFormation takes {RESOURCES}"
    bytes_left = FUNCTIONS_BYTES - len(json.dumps(expanded, separators=(",", ":")))
    assert bytes_left >= 0, (
        f"{-bytes_left} bytes too many: variables that few functions read stand with these, not "
        "in Globals"
    )
    print(f"left: {left} resources, {bytes_left // 1000} KB")  # pytest -rP shows it


def test_the_variables_of_a_function_fit_lambda(expanded: dict[str, Any]) -> None:
    """With values of 80 characters, where a value is looked up."""
    made = [each for each in expanded.values() if each["Type"] == "AWS::Lambda::Function"]
    sizes = [
        sum(len(name) + len(value_of(given)) for name, given in variables.items())
        for each in made
        for variables in [each["Properties"]["Environment"]["Variables"]]
    ]
    assert 1000 < max(sizes) <= VARIABLES


def value_of(given: Any) -> str:
    parameters = load(TEMPLATE)["Parameters"]
    if isinstance(given, dict) and given.keys() == {"Ref"} and given["Ref"] in parameters:
        parameter = parameters[given["Ref"]]
        return str(parameter["Default"]) or LONG
    return str(resolved(given))


@cache
def imports_of(module: str) -> frozenset[str]:
    """A module, and those that it imports, directly or not."""
    seen, waiting = {module}, [module]
    while waiting:
        for node in ast.walk(modules()[waiting.pop()]):
            if isinstance(node, ast.ImportFrom):
                inside = {f"{node.module}.{each.name}" for each in node.names}
                found = ({str(node.module)} | inside) & modules().keys() - seen
                seen |= found
                waiting += found
    return frozenset(seen)


def settings_read_in(module: str) -> set[str]:
    """The variables that a module asks `shared.config` for."""
    return {
        node.attr.upper()
        for node in ast.walk(modules()[module])
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "config"
    }


def test_a_variable_stands_with_every_function_that_reads_it() -> None:
    """Those of Globals are repeated in each of the functions: they are half of the template."""
    common = set(load(TEMPLATE)["Globals"]["Function"]["Environment"]["Variables"])
    own = {
        name: set(function.get("Environment", {}).get("Variables", {}))
        for name, function in functions().items()
    }
    special = set().union(*own.values()) - common
    assert "WEBSOCKET_URL" in special
    reading = {name: settings_read_in(name) & special for name in modules()}
    for name, function in functions().items():
        module = ".".join(module_of(function))
        wanted = set().union(*(reading[each] for each in imports_of(module)))
        assert wanted <= own[name], f"template.yaml: {name} needs {wanted - own[name]}"


@pytest.mark.parametrize("path", [FOUNDATION, OBSERVABILITY, TEMPLATE])
def test_a_template_fits_cloudformation(path: str) -> None:
    template = load(path)
    assert len(template["Resources"]) <= RESOURCES
    assert len(template.get("Outputs", {})) <= OUTPUTS
    assert len(template.get("Parameters", {})) <= PARAMETERS


def resolved(part: Any) -> Any:
    """The part of a policy as it is deployed, at its longest."""
    if isinstance(part, list):
        return [resolved(each) for each in part]
    if not isinstance(part, dict):
        return part
    if part.keys() == {"Fn::Sub"}:
        return re.sub(r"\$\{([^}]+)\}", lambda found: VALUES.get(found[1], LONG), part["Fn::Sub"])
    if part.keys() & {"Ref", "Fn::GetAtt", "Fn::ImportValue", "Fn::If"}:
        return LONG
    return {name: resolved(each) for name, each in part.items()}


def size(document: Any) -> int:
    return len(json.dumps(resolved(document), separators=(",", ":")))


def test_the_policies_of_a_role_fit_iam() -> None:
    roles = resources(FOUNDATION, "AWS::IAM::Role")
    sizes = {
        name: sum(size(each["PolicyDocument"]) for each in role.get("Policies", []))
        for name, role in roles.items()
    }
    assert max(sizes.values()) > 1000, "there are policies"
    assert {name: each for name, each in sizes.items() if each > INLINE} == {}


def test_a_managed_policy_fits_iam() -> None:
    policies = resources(FOUNDATION, "AWS::IAM::ManagedPolicy")
    sizes = {name: size(policy["PolicyDocument"]) for name, policy in policies.items()}
    assert sizes, "there are managed policies"
    assert {name: each for name, each in sizes.items() if each > MANAGED} == {}
