"""Quotas of AWS that the templates must keep, and that the emulator does not check.

CloudFormation takes 500 resources in a stack, 200 outputs and 200 parameters; IAM takes 10,240
characters in all inline policies of a role, and 6,144 in a managed policy, without white space.
"""

import json
import re
from typing import Any

import pytest

from infra.templates import FOUNDATION, OBSERVABILITY, TEMPLATE, load, resources

RESOURCES, OUTPUTS, PARAMETERS = 500, 200, 200
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
        "AWS::Serverless::Api": ("DefinitionBody", {"openapi": "3.0.1", "paths": {}}),
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
    assert len(expanded) <= RESOURCES


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
