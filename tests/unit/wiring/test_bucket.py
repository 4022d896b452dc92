"""The media bucket: what it forgets by itself, and who may read what is in it."""

from collections.abc import Iterator
from typing import Any

import pytest

from infra.templates import FOUNDATION, TEMPLATE, load, resources
from moderation.verifications import UNDECIDED_LIFE

DAY = 24 * 3600  # seconds
LONGEST_RETRY = 6 / 24  # days that Lambda goes on trying an event

RULES = {
    rule["Prefix"]: rule
    for rule in load(TEMPLATE)["Resources"]["MediaBucket"]["Properties"]["LifecycleConfiguration"][
        "Rules"
    ]
}


def test_a_file_as_it_came_goes_only_when_nobody_works_on_it_any_more() -> None:
    life = RULES["uploads/"]["ExpirationInDays"]
    assert LONGEST_RETRY < life <= 7


def test_what_is_shown_never_expires() -> None:
    for prefix, rule in RULES.items():
        is_about_media = prefix.startswith("media/") or "media/".startswith(prefix)
        assert not (is_about_media and "ExpirationInDays" in rule)


def test_parts_of_files_that_were_never_finished_go() -> None:
    assert {"uploads/", "media/", "exports/"} <= RULES.keys()
    for rule in RULES.values():
        assert rule["Status"] == "Enabled"
        assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}


def actions_of(statement: dict[str, Any]) -> list[str]:
    actions = statement["Action"]
    return [actions] if isinstance(actions, str) else actions


def objects_read_by(role: str) -> Iterator[str]:
    """The keys of the media bucket that a role may read, as its policy writes them."""
    for policy in resources(FOUNDATION, "AWS::IAM::Role")[role]["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            if "s3:GetObject" in actions_of(statement):
                for arn in statement["Resource"]:
                    yield arn["Fn::Sub"].partition("${AWS::Region}/")[2]


READERS = [
    role
    for role in resources(FOUNDATION, "AWS::IAM::Role")
    if role != "GatewayRole" and list(objects_read_by(role))
]


@pytest.mark.parametrize("role", READERS)
def test_what_a_person_exported_is_read_by_nobody_who_does_not_deal_with_exports(
    role: str,
) -> None:
    reads = set(objects_read_by(role)) - {"verification/*"}  # see the next test
    if role not in {"ExportsRole", "ExportWorkerRole"}:
        assert reads <= {"media/*", "uploads/*"}, f"infra/access.yaml: {role} reads {reads}"


def test_what_proves_who_a_person_is_is_opened_by_one_role() -> None:
    """The worker of exports may read any object, but decrypts none of these."""
    readers = {role for role in READERS if "verification/*" in objects_read_by(role)}
    decrypting = {
        role
        for role, declared in resources(FOUNDATION, "AWS::IAM::Role").items()
        for policy in declared["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if any(action in ("kms:Decrypt", "kms:*", "*") for action in actions_of(statement))
    }
    assert readers == decrypting == {"IdentityReviewerRole"}


def test_the_key_itself_refuses_everyone_else() -> None:
    key = load(FOUNDATION)["Resources"]["VerificationKey"]["Properties"]
    [denial] = [each for each in key["KeyPolicy"]["Statement"] if each["Effect"] == "Deny"]
    assert denial["Principal"] == {"AWS": "*"}
    assert {"kms:Decrypt", "kms:ReEncryptFrom", "kms:CreateGrant"} <= set(denial["Action"])
    excepted = denial["Condition"]["ArnNotLike"]["aws:PrincipalArn"]
    names = {each["Fn::Sub"].partition("${Stack}-")[2] for each in excepted}
    assert names == {"identity-reviewer", "identity-reviewer/*"}
    assert key["EnableKeyRotation"] is True


def test_a_face_picture_goes_when_nobody_decides() -> None:
    assert RULES["verification/"]["ExpirationInDays"] * DAY > UNDECIDED_LIFE
    assert RULES["verification/"]["ExpirationInDays"] * DAY <= UNDECIDED_LIFE + DAY


def test_the_bucket_is_private_encrypted_and_reached_by_tls_alone() -> None:
    bucket = load(TEMPLATE)["Resources"]["MediaBucket"]["Properties"]
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    [policy] = resources(TEMPLATE, "AWS::S3::BucketPolicy").values()
    [statement] = policy["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
