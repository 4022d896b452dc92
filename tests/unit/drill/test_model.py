"""The model of the restore drill says what a person must see, and what differs is reported."""

from tests.drill.model import Model, Room
from tests.drill.observation import differences


def a_network() -> Model:
    room = Room(["ada", "ben"], [("m1", "ada"), ("m2", "ada"), ("m3", "ben")], {"ben": 1})
    return Model(
        names=["ada", "ben"],
        follows={("ben", "ada")},
        posts={"1": "ada", "2": "ben"},
        likes={("ben", "1"), ("ada", "1")},
        comments={"c": ("ben", "1")},
        comment_likes={("ada", "c")},
        stories={"s": "ada"},
        rooms={"r": room},
    )


def test_what_a_follower_must_see() -> None:
    seen = a_network().expected("ben")
    assert seen["profile"] == {"follower_count": 0, "following_count": 1, "post_count": 1}
    assert (seen["home"], seen["explore"]) == (["2", "1"], [])
    assert (seen["posts"]["1"]["like_count"], seen["posts"]["1"]["comment_count"]) == (2, 1)
    assert seen["inbox"] == {"r": ("m3", 1)}
    assert seen["trays"] == {"ada": False}
    assert seen["notifications"] == [
        ("comment.liked", "ada"),
        ("message.received", "ada"),
        ("post.created", "ben"),
    ]


def test_entries_that_were_read_are_not_unread_and_new_ones_are() -> None:
    model = a_network()
    assert model.expected("ada")["unread_notifications"] == 5
    model.read_all_entries("ada")
    assert model.expected("ada")["unread_notifications"] == 0
    model.likes.remove(("ben", "1"))
    model.posts["3"] = "ada"
    model.likes.add(("ben", "3"))
    assert model.expected("ada")["unread_notifications"] == 2, "the post, and its like"


def test_each_difference_is_a_line() -> None:
    model = a_network()
    before = model.expected("ada")
    assert differences(before, model.expected("ada")) == []
    model.likes.clear()
    lines = differences(before, model.expected("ada"))
    assert len(lines) == 3
    assert lines[0].startswith("posts 1:")
