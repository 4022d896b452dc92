"""The methods of a path, with the table that is deployed."""

import json

import pytest

from infra.routes import METHODS_FILE
from web.route_table import methods_of

TABLE = json.loads(METHODS_FILE.read_text())


@pytest.mark.parametrize("path", ["", "/", "//"])
def test_the_root_is_a_path(path: str) -> None:
    assert methods_of(path) == ["GET"]


@pytest.mark.parametrize("path", ["health", "/health", "/health/", "//health"])
def test_slashes_around_segments_do_not_count(path: str) -> None:
    assert methods_of(path) == ["GET"]


def test_a_parameter_matches_any_segment() -> None:
    assert methods_of("posts/anything/like") == ["DELETE", "POST"]


def test_a_literal_segment_takes_precedence_over_a_parameter() -> None:
    assert methods_of("users/follow/somebody") == TABLE["/users/follow/{user}"]
    assert methods_of("users/somebody/follow") == TABLE["/users/{user}/follow"]


@pytest.mark.parametrize("path", ["nope", "health/more", "posts/1/like/2"])
def test_other_paths_have_no_methods(path: str) -> None:
    assert methods_of(path) == []


@pytest.mark.parametrize("path", TABLE)
def test_every_route_is_known(path: str) -> None:
    assert methods_of(path) == TABLE[path]
