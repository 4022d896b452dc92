"""Searching for people: matches, order and cost."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from shared.access.caller import Caller
from shared.clock import now, timestamp
from shared.dynamodb.prefixes import rank, ranked
from shared.ids import new_id
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.support.people import Join, as_caller, block, draw
from users import circles, earlier_search, search, suggestions
from users.models import Relationship, User, UserSearch
from users.search_index import refresh
from users.search_typos import slips
from users.search_users import app

type Find = Callable[..., list[str]]


@pytest.fixture
def known(join: Join) -> Join:
    """Create an account and its search entries; the name is the username unless given."""

    def make(username: str, name: str | None = None, **more: Any) -> User:
        user = join(username, name=name or username, **more)
        refresh(user.user_id)
        return user

    return make


@pytest.fixture
def ask(aws: MemoryAws) -> Callable[..., tuple[int, dict[str, Any]]]:
    def make(who: User | Caller, **query: str) -> tuple[int, dict[str, Any]]:
        caller = as_caller(who) if isinstance(who, User) else who
        event = gateway_event("GET /search/users", query=query or None, caller=caller)
        answer = app(event, LambdaContext())
        return answer["statusCode"], json.loads(answer["body"])

    return make


@pytest.fixture
def find(ask: Any) -> Find:
    """Search for users and return the usernames of all pages."""

    def make(who: User, q: str | None = None, **more: str) -> list[str]:
        query, found = {**({"q": q} if q else {}), **more}, []
        while True:
            status, body = ask(who, **query)
            assert status == 200
            found += [row["username"] for row in body["users"]]
            if body["next_cursor"] is None:
                return found
            query["cursor"] = body["next_cursor"]

    return make


def follow(who: User, whom: User) -> None:
    """Store an active edge and its mirror."""
    for of, kind, other in ((who, "follows", whom), (whom, "followed_by", who)):
        moment = timestamp()
        Relationship(
            of.user_id,
            f"{kind}#{other.user_id}",
            listed=f"{kind}#{moment}",
            since=moment,
            updated_at=moment,
        ).save()


@pytest.mark.parametrize(
    "q",
    [
        "ada_l",
        "ADA",
        "@ada_l",
        "a",
        "lov",
        "Lovélace",
        "ada love",
        "lovelace ada",
        "love a",
        " ada ",
    ],
)
def test_people_are_found_by_the_start_of_username_and_words(
    q: str, known: Join, find: Find
) -> None:
    yuki, _ = known("yuki"), known("ada_l", "Ada Lovelace")
    assert find(yuki, q) == ["ada_l"]


@pytest.mark.parametrize("q", ["lace", "xda_l", "ada byron", "yuki ada", "!!!", "🦀", "zz"])
def test_other_people_are_not_found(q: str, known: Join, find: Find) -> None:
    yuki, _ = known("yuki"), known("ada_l", "Ada Lovelace")
    assert find(yuki, q) == []


def test_the_order(known: Join, find: Find) -> None:
    yuki = known("yuki")
    known("marianne", follower_count=40_000)
    known("marius", follower_count=50)
    known("marigold", follower_count=60)
    friend = known("mariposa")
    follow(yuki, friend)
    known("m_curie", "Mari Curie", follower_count=2)
    word_friend = known("m_antonia", "Mari Antonia", follower_count=1)
    follow(yuki, word_friend)
    known("mari")
    known("maria_x", follower_count=7)
    assert find(yuki, "mari") == [
        "mari",
        "m_antonia",
        "mariposa",
        "m_curie",
        "marianne",
        "marigold",
        "marius",
        "maria_x",
    ]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("jonh", ["johnny", "john_m"]),  # swapped
        ("jhonny", ["johnny"]),
        ("ojhn", ["johnny", "john_m"]),  # the first two swapped; the rest may not be typed yet
        ("johhn", ["johnny", "john_m"]),
        ("elizbeth", ["elizabeth"]),  # one is missing
        ("elisabeht", ["elizabeth"]),  # two of nine
        ("elizabteh mill", ["elizabeth"]),
        ("elzibhet", []),  # three
        ("jon", []),  # too short to be forgiven
        ("elizabeth smith", []),
    ],
)
def test_typos_are_forgiven(q: str, found: list[str], known: Join, find: Find) -> None:
    yuki = known("yuki")
    known("elizabeth", "Elizabeth Miller")
    known("john_m", "John Miller")
    known("johnny", follower_count=3)
    assert find(yuki, q) == found


def test_near_misses_come_last(known: Join, find: Find) -> None:
    yuki, friend = known("yuki"), known("karin", follower_count=90_000)
    follow(yuki, friend)
    known("karina_o")
    known("karima")
    assert find(yuki, "karina") == ["karina_o", "karin", "karima"]


@pytest.mark.parametrize(
    ("word", "terms", "least"),
    [
        ("ada", ["ada_l"], 0),
        ("adx", ["ada"], None),
        ("lovelcae", ["ada", "lovelace"], 1),
        ("lovlcae", ["lovelace"], None),
        ("lovel", ["ada"], None),
        ("ada", [], None),
    ],
)
def test_how_typos_are_counted(word: str, terms: list[str], least: int | None) -> None:
    assert slips([word], terms) == least


def test_a_common_prefix_does_not_hide_the_exact_name(
    known: Join, find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_PER_QUERY", 5)
    yuki = known("yuki")
    for number in range(12):
        known(f"anna_{number}", follower_count=2**number)
    known("ann", "Some Body")
    assert find(yuki, "ann") == ["ann", *(f"anna_{number}" for number in (11, 10, 9, 8, 7))]


@pytest.fixture
def crowd(aws: MemoryAws) -> Callable[[int], None]:
    """Store the search entries of many accounts that are named Maria, of which most have no
    follower and few have many. (The accounts themselves are read only if they are candidates.)"""

    def make(size: int) -> None:
        items = aws.dynamo.tables["hoshi-user-search"].items
        for number in range(size):
            user_id, followers = new_id(), size // (number + 1)
            terms = f" maria{number} maria crowd"
            for partition in ("m", "ma", "mar", "mari", "maria", "maria$"):
                place = f"{ranked(partition, rank(followers))}{user_id[::-1]}"
                entry = UserSearch(partition, place, terms=terms)
                items[partition, place] = entry.serialize()

    return make


@pytest.mark.parametrize("q", ["maria", "mari", "ma", "m", "maria sol", "maria_of_the_island"])
def test_the_related_are_found_in_any_crowd(
    q: str, known: Join, find: Find, crowd: Callable[[int], None]
) -> None:
    yuki = known("yuki")
    friend, mutual, fan = (
        known(f"maria_of_the_{place}", "Maria Sol") for place in ("lake", "island", "hill")
    )
    for whom in (friend, mutual):
        follow(yuki, whom)
    for who in (mutual, fan):
        follow(who, yuki)
    crowd(600)
    found = find(yuki, q)
    if q == "maria_of_the_island":
        assert found[0] == mutual.username
    else:
        assert found[:3] == [each.username for each in (mutual, friend, fan)]


def test_of_many_acquaintances_who_begin_alike_the_one_who_matches_is_found(
    known: Join, find: Find
) -> None:
    yuki = known("yuki")
    martha = known("martha_best", "Martha Best")
    follow(yuki, martha)
    for number in range(51):
        follow(yuki, known(f"marco_{number}", "Marco Polo"))
    for number in range(60):  # more popular ones, whom nobody knows
        known(f"martha_{number}", "Martha Else", follower_count=100)
    assert find(yuki, "martha")[0] == "martha_best"


def test_the_popular_and_the_named_are_found_in_any_crowd(
    known: Join, find: Find, crowd: Callable[[int], None]
) -> None:
    yuki = known("yuki")
    star = known("the_star", "Maria Star", follower_count=5000)
    known("mariana_x", "Some Body", follower_count=4500)
    crowd(600)
    unknown = known("maria", "Some Body")
    late = known("maria_late", "Maria Late")
    assert find(yuki, "maria") == ["maria", "the_star", "mariana_x"]
    assert find(yuki, "Maria St") == find(yuki, "star maria") == [star.username]
    assert find(yuki, "MARIA_LATE") == [late.username]
    assert find(yuki, "Maria Late") == [late.username]
    assert find(yuki, unknown.username)[0] == unknown.username


def test_a_circle_follows_the_viewers_follows(
    aws: MemoryAws, known: Join, find: Find, crowd: Callable[[int], None]
) -> None:
    yuki, ada, maria = known("yuki"), known("ada"), known("maria_new", "Maria New")
    crowd(300)
    follow(yuki, ada)
    assert find(yuki, "maria") == []
    follow(yuki, maria)
    assert find(yuki, "maria") == ["maria_new"]
    aws.calls.clear()
    assert find(yuki, "maria") == ["maria_new"]
    assert "dynamodb.PutItem" not in aws.calls


def test_a_circle_says_the_last_follow_that_it_has_read(
    known: Join, find: Find, monkeypatch: pytest.MonkeyPatch, crowd: Callable[[int], None]
) -> None:
    yuki, ada, maria = known("yuki"), known("ada"), known("maria_new", "Maria New")
    crowd(300)
    follow(yuki, ada)
    # Replicas of an index: one read knows of the new follow, those of the circle not yet.
    ahead = f"follows#{timestamp()} {maria.user_id}"
    with monkeypatch.context() as replicas:
        replicas.setattr(circles, "last_follow", lambda _: ahead)
        assert find(yuki, "maria") == []
        follow(yuki, maria)
        assert find(yuki, "maria") == ["maria_new"]


def test_a_circle_is_read_again_after_an_hour(
    known: Join, find: Find, crowd: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    yuki, fan = known("yuki"), known("fan", "Nice Fan")
    follow(fan, yuki)
    crowd(300)
    assert find(yuki, "maria") == []
    fan.name = "Maria Fan"
    fan.save()
    refresh(fan.user_id)
    assert find(yuki, "maria") == []
    monkeypatch.setattr(circles, "now", lambda: now() + 3601)
    assert find(yuki, "maria") == ["fan"]


def test_an_ended_follow_is_no_relation_though_the_circle_has_it(known: Join, find: Find) -> None:
    yuki, friend = known("yuki"), known("mariposa")
    known("marianne", follower_count=7)
    follow(yuki, friend)
    assert find(yuki, "mari") == ["mariposa", "marianne"]
    Relationship.get(yuki.user_id, f"follows#{friend.user_id}").delete()
    assert find(yuki, "mari") == ["marianne", "mariposa"]


def test_whom_the_viewer_knows_may_still_be_hidden(known: Join, find: Find) -> None:
    yuki, banned, blocker = known("yuki"), known("mariposa"), known("mariner")
    for each in (banned, blocker):
        follow(yuki, each)
    assert set(find(yuki, "mari")) == {"mariposa", "mariner"}
    banned.status = "banned"
    banned.save()
    block(blocker, yuki)
    assert find(yuki, "mari") == []


@pytest.mark.parametrize("q", ["ada", "a", "love", "ada love", "lovelace", "ada_l"])
def test_accounts_of_the_version_before_are_found(q: str, join: Join, find: Find) -> None:
    yuki, ada = join("yuki"), join("ada_l", name="Ada Lovelace")
    record = UserSearch(f"#{ada.user_id}", "record", terms=" ada_l ada lovelace", tier="3")
    record.save()
    for entry in earlier_search.entries(record):
        entry.save()
    assert find(yuki, q) == ["ada_l"]
    refresh(ada.user_id)
    assert find(yuki, q) == ["ada_l"]


def test_rare_people_are_found_among_many_of_one_name(
    known: Join, find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_PER_QUERY", 5)
    yuki = known("yuki")
    for number in range(12):
        known(f"garcia{number}", "Some Garcia", follower_count=number)
    known("zoe", "Zoe Garcia")
    assert find(yuki, "zoe garcia") == ["zoe"]


def test_hidden_people_are_not_found_even_before_the_index_is_synced(
    known: Join, find: Find
) -> None:
    yuki = known("yuki")
    for status in ("banned", "deleted", "unverified"):
        user = known(f"ada_{status}")
        user.status = status
        user.save()
    over = known("ada_over", banned_until="2020-01-01T00:00:00.000Z")
    over.status = "banned"
    over.save()
    expired = known("ada_expired", expires_at=1)
    assert expired.user_id
    assert find(yuki, "ada") == ["ada_over"]


def test_a_late_index_shows_no_false_matches(known: Join, find: Find) -> None:
    yuki, ada = known("yuki"), known("ada")
    ada.username = ada.name = "countess"
    ada.save()
    assert find(yuki, "ada") == []
    refresh(ada.user_id)
    assert find(yuki, "count") == ["countess"]


def test_blocks_hide_both_and_mutes_hide_nobody(known: Join, find: Find) -> None:
    yuki, ada, byron = known("yuki"), known("ada"), known("byron")
    draw("mutes", yuki, byron)
    block(yuki, ada)
    assert find(yuki, "ada") == find(ada, "yuki") == []
    assert find(yuki, "byron") == find(byron, "byron") == ["byron"]
    assert "ada" not in find(yuki)
    assert "yuki" not in find(ada)


def test_a_row_contains_the_callers_relation(known: Join, ask: Any) -> None:
    yuki, ada = known("yuki"), known("ada", "Ada Lovelace", is_verified=True)
    draw("requested", yuki, ada)
    draw("followed_by", yuki, ada)
    assert ask(yuki, q="ada")[1]["users"] == [
        {
            "id": ada.user_id,
            "user_id": ada.user_id,
            "username": "ada",
            "name": "Ada Lovelace",
            "profile_picture_url": None,
            "is_verified": True,
            "follow_status": "pending",
            "follows_you": True,
        }
    ]


def test_pages(known: Join, ask: Any, find: Find) -> None:
    yuki = known("yuki")
    for number in range(7):
        known(f"ada_{number}", follower_count=number)
    expected = [f"ada_{number}" for number in range(6, -1, -1)]
    for limit in ("1", "3", "7", "100"):
        assert find(yuki, "ada", limit=limit) == expected
    cursor = ask(yuki, q="ada", limit="3")[1]["next_cursor"]
    assert ask(yuki, q="ad", cursor=cursor)[1]["code"] == "invalid_cursor"
    assert ask(known("omar"), q="ada", cursor=cursor)[1]["code"] == "invalid_cursor"
    assert ask(yuki, q="ada", limit="7")[1]["next_cursor"] is None


@pytest.mark.parametrize("q", ["", " ", "a" * 51])
def test_bounds(q: str, known: Join, ask: Any) -> None:
    status, body = ask(known("yuki"), q=q)
    assert (status, body["code"]) == (400, "invalid_input")


def test_unverified_callers_may_search(known: Join, ask: Any) -> None:
    known("ada")
    status, body = ask(as_caller(known("yuki"), scope="unverified"), q="ada")
    assert (status, len(body["users"])) == (200, 1)


def test_a_search_costs_few_calls_however_many_people_there_are(
    aws: MemoryAws, known: Join, ask: Any
) -> None:
    yuki = known("yuki")
    people = [known(f"ada_{number}", follower_count=number * 9) for number in range(110)]
    for number, friend in enumerate(people[:10]):
        follow(yuki, friend)
        for other in people[number : number + 20]:
            follow(friend, other)
    ask(yuki, q="ada")  # starts the caller's rate-limit count, and reads the key of cursors
    for query, calls in (
        # gate; name and circle, last follow, three queries; accounts and edges; relations
        ({"q": "a"}, 1 + 5 + 2 + 3),
        ({"q": "ada_1"}, 1 + 5 + 2 + 3),
        ({"q": "adaxxx"}, 1 + 5 + 3 + 2),  # near misses, and whom the viewer knows
        ({}, 1 + 1 + 9 + 2 + 3),  # friends; their friends and the popular
    ):
        aws.calls.clear()
        _, body = ask(yuki, **query)
        assert bool(body["users"]) is (query.get("q") != "adaxxx")
        assert len(aws.calls) <= calls, f"{query}: {aws.calls}"
        assert "dynamodb.Scan" not in aws.calls


def test_suggestions_are_friends_of_friends_then_the_popular(known: Join, find: Find) -> None:
    yuki, near, far = known("yuki"), known("near"), known("far")
    for friend in (near, far):
        follow(yuki, friend)
    one, both = known("one", follower_count=50), known("both")
    for friend, liked in ((near, one), (near, both), (far, both), (near, yuki), (near, far)):
        follow(friend, liked)
    known("star", follower_count=500)
    known("nobody")
    asked, hidden, blocker = known("asked"), known("hidden"), known("blocker")
    draw("requested", yuki, asked)
    hidden.status = "banned"
    hidden.save()
    block(blocker, yuki)
    assert find(yuki) == ["both", "one", "star", "nobody"]
    assert find(yuki, limit="1") == ["both", "one", "star", "nobody"]


def test_only_the_last_friends_are_read(
    aws: MemoryAws, known: Join, find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggestions, "_FRIENDS", 2)
    yuki = known("yuki")
    friends = [known(f"friend_{number}") for number in range(4)]
    for friend in friends:
        follow(yuki, friend)
    aws.calls.clear()
    assert find(yuki) == []  # all of them are followed already
    assert aws.calls.count("dynamodb.Query") == 2 + 2


def test_a_search_without_typos_does_not_import_the_matching_library() -> None:
    script = "import sys, users.search_users; print('rapidfuzz' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": "functions"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "False"
