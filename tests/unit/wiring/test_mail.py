"""What returns from SES: who may publish it, from which configuration sets, and to whom it goes."""

from typing import Any

from infra import templates


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    return templates.resources(templates.FOUNDATION, kind)


def test_every_configuration_set_reports_bounces_and_complaints() -> None:
    reporting = {
        each["ConfigurationSetName"]["Ref"]
        for each in of_kind("AWS::SES::ConfigurationSetEventDestination").values()
        if each["EventDestination"]["Enabled"]
        and {"bounce", "complaint"} <= set(each["EventDestination"]["MatchingEventTypes"])
        and each["EventDestination"]["SnsDestination"]
        == {"TopicARN": {"Ref": "ReturnedMailsTopic"}}
    }
    assert reporting == set(of_kind("AWS::SES::ConfigurationSet"))


def test_a_report_needs_the_topics_policy_first() -> None:
    """SES publishes a message when a destination is made, and refuses one that it may not use."""
    every = templates.load(templates.FOUNDATION)["Resources"].values()
    made = [each for each in every if each["Type"].endswith("EventDestination")]
    assert {each.get("DependsOn") for each in made} == {"ReturnedMailsTopicPolicy"}


def test_no_list_of_ses_overrules_ours() -> None:
    """A suppression that was lifted here would go on there."""
    for name, each in of_kind("AWS::SES::ConfigurationSet").items():
        assert each["SuppressionOptions"] == {"SuppressedReasons": []}, name


def test_ses_alone_may_publish_what_returned_and_for_this_account_alone() -> None:
    [policy] = [
        each
        for each in of_kind("AWS::SNS::TopicPolicy").values()
        if each["Topics"] == [{"Ref": "ReturnedMailsTopic"}]
    ]
    [statement] = policy["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "ses.amazonaws.com"}
    assert statement["Action"] == "sns:Publish"
    assert statement["Condition"]["StringEquals"] == {
        "aws:SourceAccount": {"Ref": "AWS::AccountId"}
    }


def test_ses_can_use_the_topic() -> None:
    """It cannot use the key that AWS manages for SNS."""
    assert "KmsMasterKeyId" not in of_kind("AWS::SNS::Topic")["ReturnedMailsTopic"]
