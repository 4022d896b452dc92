"""Search entries are synced with the account, in any order and any number of times."""

import json
from typing import Any

import pytest

from shared.words import words_of
from tests.support.events import load_event
from tests.support.memory_aws import MemoryAws
from tests.support.people import Join
from users import earlier_search, search_index
from users.index_user import app as index_app
from users.models import User, UserSearch
from users.on_users_changed import app as stream_app
from users.search_terms import terms_of


def index(user: User) -> None:
    event = load_event("users", "index_user")
    event["Records"][0]["body"] = json.dumps({"user_id": user.user_id})
    assert index_app(event, None) == {"batchItemFailures": []}


def change(user: User, **values: Any) -> None:
    for name, value in values.items():
        setattr(user, name, value)
    user.save()


def entries(aws: MemoryAws, user: User) -> set[tuple[str, str]]:
    """The entries of a user; all of them must contain the same terms as the record."""
    found = [UserSearch.from_raw_data(item) for item in aws.dynamo.items("hoshi-user-search")]
    record = UserSearch.find(f"#{user.user_id}", "record")
    mine = [each for each in found if each.user_id == user.user_id]
    assert {each.terms for each in mine} <= {record.terms if record else None}
    ids = (user.user_id, user.user_id[::-1])
    return {(each.prefix, each.place.removesuffix(ids[0]).removesuffix(ids[1])) for each in mine}


def partitions(aws: MemoryAws, user: User) -> set[str]:
    return {prefix for prefix, _ in entries(aws, user)}


def store_earlier(user: User, terms: str) -> None:
    """Store the entries that the version before wrote."""
    record = UserSearch(f"#{user.user_id}", "record", terms=terms, tier="3")
    record.save()
    for entry in earlier_search.entries(record):
        entry.save()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Renée O'Brien", ["renee", "o", "brien"]),
        ("@Ada_L  ", ["ada_l"]),
        ("STRASSE straße", ["strasse", "strasse"]),
        ("Łukasz Øst İpek ısı Æsop", ["lukasz", "ost", "ipek", "isi", "aesop"]),
        ("ﬁne ² Ａｄａ", ["fine", "2", "ada"]),
        ("星 Хоши", ["星", "хоши"]),
        ("a" * 50, ["a" * 40]),
        ("!!! 🦀 #", []),
        ("", []),
    ],
)
def test_words_are_folded(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_an_account_has_few_terms(join: Join) -> None:
    assert terms_of(join("Ada", name="Ada Byron Ada")) == ["ada", "byron"]
    crowd = join("crowd", name=" ".join("abcdefghijklmnopqrstuvwxyz"))
    assert terms_of(crowd) == ["crowd", *"abcdefgh"]


def test_entries_are_the_beginnings_of_the_terms(aws: MemoryAws, join: Join) -> None:
    ada = join("Ada_L", name="Ada Lu")
    index(ada)
    assert partitions(aws, ada) == {
        "#everybody",
        *("a", "ad", "ada", "ada_", "ada_l", "ada_l$"),
        "ada$",
        *("adal", "adalu", "adalu$"),
        *("l", "lu", "lu$"),
    }


def test_a_long_name_has_as_many_entries_as_a_transaction_replaces(
    aws: MemoryAws, join: Join
) -> None:
    words = [f"{letter}bcdefgh" for letter in "bcdefghi"]
    ada = join("ada_lovelace", name=" ".join(words))
    index(ada)
    assert len(entries(aws, ada)) == 48
    assert {"ada_love", "bbcdefgh", "cbcdefgh", "dbcdefgh"} < partitions(aws, ada)
    others = [f"{letter}zyxwvut" for letter in "klmnopqr"]
    change(ada, username="xu_lovelace", name=" ".join(others))
    index(ada)
    assert len(entries(aws, ada)) == 48
    assert {"xu_lovel", "kzyxwvut", "lzyxwvut", "mzyxwvut"} < partitions(aws, ada)


@pytest.mark.parametrize(
    ("followers", "place"),
    [(-1, "r20"), (0, "r20"), (1, "r19"), (2, "r18"), (7, "r17"), (8, "r16"), (2**30, "r00")],
)
def test_an_entry_moves_when_the_followers_double(
    followers: int, place: str, aws: MemoryAws, join: Join
) -> None:
    ada = join("ada", follower_count=followers)
    index(ada)
    assert ("ada", f"{place}#") in entries(aws, ada)


@pytest.mark.parametrize(
    ("partition", "least"), [("#everybody", 8), ("a", 8), ("ad", 8), ("ada", 1), ("ada$", 1)]
)
def test_where_most_entries_are_small_accounts_do_not_move(
    partition: str, least: int, aws: MemoryAws, join: Join
) -> None:
    ada = join("ada")
    index(ada)
    assert (partition, "r20#") in entries(aws, ada)
    change(ada, follower_count=least - 1)
    index(ada)
    assert (partition, "r20#") in entries(aws, ada)
    change(ada, follower_count=least)
    index(ada)
    assert (partition, "r20#") not in entries(aws, ada)


def test_a_rename_and_a_new_rank_replace_the_entries(aws: MemoryAws, join: Join) -> None:
    ada = join("ada", name="Ada Byron")
    index(ada)
    change(ada, username="countess", name="Ada Lovelace")
    index(ada)
    found = partitions(aws, ada)
    assert {"countess", "ada$", "lovelace$", "adalovel"} < found
    assert not found & {"byron", "adabyron"}
    change(ada, follower_count=100)
    index(ada)
    assert {place for _, place in entries(aws, ada)} == {"r13#"}
    assert partitions(aws, ada) == found


def test_entries_of_the_version_before_are_replaced(aws: MemoryAws, join: Join) -> None:
    ada = join("ada", name="Ada Lu")
    store_earlier(ada, " ada lu")
    assert ("ada", "3#ada#") in entries(aws, ada)
    index(ada)
    assert {place for _, place in entries(aws, ada)} == {"r20#"}


def test_entries_of_the_version_before_are_erased(aws: MemoryAws, join: Join) -> None:
    ada = join("ada", name="Ada Lu")
    store_earlier(ada, " ada lu")
    ada.delete()
    index(ada)
    assert aws.dynamo.items("hoshi-user-search") == []


def test_a_repeated_sync_writes_nothing(aws: MemoryAws, join: Join) -> None:
    ada = join("ada")
    index(ada)
    aws.calls.clear()
    index(ada)
    assert "dynamodb.TransactWriteItems" not in aws.calls


@pytest.mark.parametrize(
    ("values", "is_found"),
    [
        ({"status": "unverified"}, False),
        ({"status": "deleted"}, False),
        ({"status": "banned"}, False),
        # The ban ends without a write, so the entry stays; searches check the time.
        ({"status": "banned", "banned_until": "2099-01-01T00:00:00.000Z"}, True),
    ],
)
def test_hidden_accounts_are_removed_and_added_again(
    values: dict[str, Any], is_found: bool, aws: MemoryAws, join: Join
) -> None:
    ada = join("ada")
    index(ada)
    change(ada, **values)
    index(ada)
    assert bool(entries(aws, ada)) is is_found
    change(ada, status="active")
    index(ada)
    assert entries(aws, ada)
    ada.delete()
    index(ada)
    assert aws.dynamo.items("hoshi-user-search") == []
    index(ada)


def test_unverified_accounts_are_found_if_verification_is_optional(
    aws: MemoryAws, join: Join, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("EMAIL_VERIFICATION", "optional")
    ada = join("ada", status="unverified")
    index(ada)
    assert entries(aws, ada)


def test_a_job_that_read_an_older_account_writes_nothing_old(
    aws: MemoryAws, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = join("ada")
    index(ada)
    change(ada, username="byron", name="byron")
    read = search_index.find_user

    def overtaken(user_id: str, consistent: bool = False) -> User | None:
        older = read(user_id, consistent)
        monkeypatch.setattr(search_index, "find_user", read)
        change(ada, username="lovelace", name="lovelace")
        index(ada)
        return older

    monkeypatch.setattr(search_index, "find_user", overtaken)
    index(ada)
    found = partitions(aws, ada)
    assert "lovelace" in {each[:8] for each in found}
    assert not found & {"ada", "byron"}


def test_a_sync_that_is_always_overtaken_is_retried(
    aws: MemoryAws, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = join("ada")
    index(ada)
    change(ada, username="byron")
    read, numbers = search_index.find_user, iter(range(100))

    def always_overtaken(user_id: str, consistent: bool = False) -> User | None:
        record = UserSearch.find(f"#{user_id}", "record")
        assert record is not None
        record.terms = f" ada{next(numbers)}"
        record.save()
        return read(user_id, consistent)

    monkeypatch.setattr(search_index, "find_user", always_overtaken)
    event = load_event("users", "index_user")
    event["Records"][0]["body"] = json.dumps({"user_id": ada.user_id})
    failed = index_app(event, None)["batchItemFailures"]
    assert failed == [{"itemIdentifier": event["Records"][0]["messageId"]}]


@pytest.mark.parametrize(
    ("values", "has_job"),
    [
        ({"username": "byron"}, True),
        ({"name": "Ada Byron"}, True),
        ({"status": "banned"}, True),
        ({"follower_count": 1}, True),
        ({"follower_count": 0}, False),
        ({"bio": "New", "picture_key": "media/1/320.jpg", "following_count": 5}, False),
    ],
)
def test_the_stream_queues_jobs_for_decisive_changes(
    values: dict[str, Any], has_job: bool, aws: MemoryAws, join: Join
) -> None:
    ada = join("ada")
    old = ada.serialize()
    change(ada, **values)
    deliver(aws, old, ada.serialize())
    assert jobs(aws) == ([{"user_id": ada.user_id}] if has_job else [])


def test_new_and_deleted_accounts_are_synced(aws: MemoryAws, join: Join) -> None:
    ada = join("ada")
    for old, new in ((None, ada.serialize()), (ada.serialize(), None)):
        deliver(aws, old, new)
        assert jobs(aws) == [{"user_id": ada.user_id}]


def deliver(aws: MemoryAws, old: dict[str, Any] | None, new: dict[str, Any] | None) -> None:
    """Deliver a change of an account to the stream's Lambda."""
    event = load_event("users", "on_users_changed")
    record = event["Records"][0]
    record["eventSourceARN"] = record["eventSourceARN"].replace("relationships", "users")
    record["dynamodb"] |= {"OldImage": old, "NewImage": new}
    assert stream_app({"Records": [record]}, None) == {"batchItemFailures": []}


def jobs(aws: MemoryAws) -> list[dict[str, Any]]:
    found = [json.loads(body) for body in aws.sent.get("user-search", [])]
    aws.sent.clear()
    return found
