"""Mails: how many at once and how often, and what returns from SES: who may publish it."""

from typing import Any

import pytest

from emails import attempts, deliveries
from infra import templates
from shared.aws.clients import client


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


QUEUES = {
    templates.name_of(each["QueueName"]): each for each in of_kind("AWS::SQS::Queue").values()
}
SENDERS = {"emails": "SendEmail", "newsletters": "MailSubscribers"}


def source_of(queue: str) -> dict[str, Any]:
    [source] = templates.sources(templates.functions()[SENDERS[queue]], "SQS")
    assert templates.name_of(source["Queue"]) == queue
    return source


@pytest.mark.parametrize("queue", SENDERS)
def test_a_queue_of_mails_gives_as_many_tries_as_its_consumer_counts(queue: str) -> None:
    assert QUEUES[queue]["RedrivePolicy"]["maxReceiveCount"] == attempts.TRIES


@pytest.mark.parametrize("queue", SENDERS)
def test_a_mail_is_hidden_for_six_times_its_lambdas_timeout(queue: str) -> None:
    """AWS's advice: a Lambda that is throttled does not get to every message at once."""
    timeout = templates.functions()[SENDERS[queue]]["Timeout"]
    assert QUEUES[queue]["VisibilityTimeout"] >= 6 * timeout


@pytest.mark.parametrize("queue", SENDERS)
def test_how_many_mails_are_sent_at_once_is_bounded_and_none_waits_for_another(queue: str) -> None:
    """A batch whose Lambda dies is delivered again as a whole, with mails beside a poison one."""
    source = source_of(queue)
    assert source["ScalingConfig"]["MaximumConcurrency"]
    assert source["BatchSize"] == 1


def test_newsletters_leave_room_for_codes() -> None:
    at_once = {queue: source_of(queue)["ScalingConfig"]["MaximumConcurrency"] for queue in SENDERS}
    assert at_once["newsletters"] < at_once["emails"]


def test_a_mail_is_marked_as_being_sent_for_longer_than_ses_may_take() -> None:
    """Otherwise a second invocation would send it while the first one waits for the answer."""
    settings = client("sesv2").meta.config
    tries = settings.retries["total_max_attempts"]
    waits = sum(2**number for number in range(tries - 1))  # botocore's standard mode
    longest = tries * (settings.connect_timeout + settings.read_timeout) + waits
    assert longest < deliveries._BUSY < templates.functions()["SendEmail"]["Timeout"]
