"""What AWS asks of a deployment, the first one included, and the emulator does not."""

from typing import Any

import pytest

from infra.templates import FOUNDATION, OBSERVABILITY, TEMPLATE, load, resources

TEMPLATES = [FOUNDATION, OBSERVABILITY, TEMPLATE]
KEEPS_DATA = {
    "AWS::DynamoDB::Table",
    "AWS::KMS::Key",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
}


def declared(file: str) -> dict[str, dict[str, Any]]:
    """The resources of a template, with their policies."""
    found: dict[str, dict[str, Any]] = load(file)["Resources"]
    return found


@pytest.mark.parametrize("file", TEMPLATES)
def test_what_keeps_data_outlives_its_stack_but_not_a_failed_creation(file: str) -> None:
    """With Retain, a first deployment that fails leaves its tables behind, and every later one
    fails because their names are taken."""
    for name, resource in declared(file).items():
        policies = resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy")
        kept = resource["Type"] in KEEPS_DATA
        wanted = ("RetainExceptOnCreate", "Retain") if kept else (None, None)
        assert policies == wanted, f"{file}: {name}: DeletionPolicy, UpdateReplacePolicy: {wanted}"


def test_a_table_is_protected_once_a_deployment_succeeded() -> None:
    """What is protected cannot be rolled back."""
    template = load(FOUNDATION)
    parameter = template["Parameters"]["DeletionProtection"]
    assert parameter["Default"] == "false"
    assert template["Conditions"]["Protected"] == {
        "Fn::Equals": [{"Ref": "DeletionProtection"}, "true"]
    }
    for name, table in resources(FOUNDATION, "AWS::DynamoDB::Table").items():
        wanted = {"Fn::If": ["Protected", True, False]}
        assert table.get("DeletionProtectionEnabled") == wanted, f"{name}: {wanted}"
