"""The search index on real tables, under concurrent renames and jobs."""

import json
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from profiles.profile_edits import edit_profile
from shared.dynamodb.prefixes import partitions_of
from shared.dynamodb.tables import retry_conflicts
from shared.errors import UsernameTaken
from shared.ids import new_id
from shared.words import words_of
from tests.integration.users.conftest import Join, records_of, stored
from tests.support.events import load_event
from users.claims import is_username_taken
from users.index_user import app as index_app
from users.models import User, UserSearch
from users.on_users_changed import app as stream_app
from users.search import find_people
from users.search_terms import joined, terms_of


@dataclass
class Edit:
    """New values without a picture."""

    values: dict[str, Any]
    has_picture: bool = False
    picture: str | None = None


def index(user: User) -> None:
    event = load_event("users", "index_user")
    event["Records"][0]["body"] = json.dumps({"user_id": user.user_id})
    index_app(event, None)  # a failed message would be retried


def entries_of(user: User, words: set[str]) -> set[str]:
    """The partitions with entries of a user, of those of any of these words and of all pairs."""
    pairs = {first + second for first in words for second in words}
    partitions = {each for word in words | pairs for each in partitions_of(word)}
    return {
        partition
        for partition in partitions | {"#everybody"}
        for entry in UserSearch.query(partition, consistent_read=True)
        if entry.user_id == user.user_id
    }


def expected_entries(user: User) -> set[str]:
    terms = {*terms_of(user), joined(words_of(user.name))} - {""}
    return {"#everybody"} | {each for term in terms for each in partitions_of(term)}


def test_concurrent_renames_and_jobs_leave_the_right_entries(join: Join) -> None:
    ada = join("ada")
    words = {f"w{number}{new_id()[-6:].lower()}" for number in range(8)}
    names = sorted(words)

    def rename(number: int) -> None:
        choice = random.Random(number)
        name = " ".join(choice.sample(names, 2))
        edit = Edit({"username": choice.choice(names), "name": name})
        # Six threads change one account, so conflicts are retried.
        retry_conflicts(lambda: edit_profile(ada.user_id, edit))
        index(ada)

    acts: list[Callable[[], None]] = [lambda number=number: rename(number) for number in range(10)]  # type: ignore[misc]
    acts += [lambda: index(ada) for _ in range(10)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda act: act(), acts))
    index(ada)
    known = words | {ada.username.casefold(), *terms_of(ada)}
    assert entries_of(ada, known) == expected_entries(stored(ada))
    # Of all its names, the account holds only the last one.
    assert [name for name in known if is_username_taken(name)] == [stored(ada).username]


def test_one_of_many_concurrent_claims_of_a_name_succeeds(join: Join) -> None:
    people, name = [join("person") for _ in range(6)], f"Star_{new_id()[-8:]}"

    def claim(user: User) -> bool:
        try:
            edit_profile(user.user_id, Edit({"username": name}))
        except UsernameTaken:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(claim, people))
    assert sum(outcomes) == 1
    assert [stored(user).username == name for user in people] == outcomes
    # The others still hold their old names.
    assert all(is_username_taken(stored(user).username) for user in people)


def test_concurrent_equal_changes_are_one_change(join: Join) -> None:
    user, name = join("person"), f"Star_{new_id()[-8:]}"
    with ThreadPoolExecutor(4) as pool:
        changed = list(
            pool.map(lambda _: edit_profile(user.user_id, Edit({"username": name})), range(4))
        )
    assert {each.username for each in changed} == {name}
    assert not is_username_taken(user.username)


def test_from_the_stream_to_the_search(join: Join) -> None:
    viewer, mark = join("viewer"), new_id()[-8:].lower()
    user = join("person")
    edit_profile(user.user_id, Edit({"name": f"Renée {mark}"}))
    assert stream_app({"Records": records_of("users", [user])}, None) == {"batchItemFailures": []}
    index(user)
    assert [each.user_id for each in find_people(viewer.user_id, f"renee {mark}")] == [user.user_id]
    assert [each.user_id for each in find_people(viewer.user_id, mark[:6])] == [user.user_id]
    user.delete()
    index(user)
    assert find_people(viewer.user_id, mark) == []
    assert UserSearch.find(f"#{user.user_id}", "record") is None
