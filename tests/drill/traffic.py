"""What people do, on the API and in the model alike."""

import hashlib
from collections.abc import Sequence
from typing import Any

import httpx

from tests.drill.model import TAG, Model, Room
from tests.e2e.client import Person


class Traffic:
    """The people of a network, who act."""

    def __init__(self, people: Sequence[Person], model: Model, picture: bytes) -> None:
        self.people = list(people)
        self.model = model
        self._picture = picture
        model.names = [person.username for person in people]

    def first_round(self) -> None:
        """Everything once: a ring of follows, posts, stories, rooms."""
        for number, person in enumerate(self.people):
            for step in (1, 2):
                self.follow(person, self._other(number, step), notify=step == 1)
        for number, person in enumerate(self.people):
            self.post(person, with_picture=number < 2)
            self.post(person)
        self._react(remainder=0)
        for person in self.people[:3]:
            self.story(person)
        self._watch(self.people[1:])
        self._chat()

    def second_round(self) -> None:
        """More of all of it on what is there, and some of it withdrawn."""
        liked = sorted(self.model.likes)[::3]
        for name, post_id in liked:
            self.unlike(self._named(name), post_id)
        self.unfollow(self.people[0], self.people[2])
        self.follow(self.people[0], self.people[3])
        for person in self.people:
            self.post(person)
        self._react(remainder=1)
        self.story(self.people[4])
        self._watch(self.people[::2])
        for room_id in self.model.rooms:
            self._talk(room_id, 3)

    def follow(self, one: Person, other: Person, *, notify: bool = False) -> None:
        one.expect(200, "POST", f"/users/{other.id}/follow", {"notify_stories": notify})
        self.model.follows.add((one.username, other.username))
        if notify:
            self.model.notifies.add((one.username, other.username))

    def unfollow(self, one: Person, other: Person) -> None:
        one.expect(200, "DELETE", f"/users/{other.id}/follow")
        edge = (one.username, other.username)
        self.model.follows.discard(edge)
        self.model.notifies.discard(edge)

    def post(self, author: Person, *, with_picture: bool = False) -> None:
        body: dict[str, Any] = {"content": f"Look! #{TAG}"}
        if with_picture:
            body["upload_ids"] = [self._upload(author, "post")]
        post = author.expect(201, "POST", "/posts", body)
        self.model.posts[post["id"]] = author.username
        if with_picture:
            self.model.files[post["id"]] = hash_of(author.get(f"/posts/{post['id']}"))

    def unlike(self, person: Person, post_id: str) -> None:
        person.expect(200, "DELETE", f"/posts/{post_id}/like")
        self.model.likes.discard((person.username, post_id))

    def story(self, author: Person) -> None:
        upload_id = self._upload(author, "story")
        story = author.expect(201, "POST", "/stories", {"upload_id": upload_id})
        self.model.stories[story["id"]] = author.username
        for reader, followed in self.model.notifies:
            if followed == author.username:
                self.model.announced.add((reader, followed, story["id"]))

    def say(self, person: Person, room_id: str) -> None:
        path = f"/conversations/{room_id}/messages"
        message = person.expect(201, "POST", path, {"content": "Hello!"})
        self.model.rooms[room_id].messages.append((message["id"], person.username))

    def read(self, person: Person, room_id: str, upto: int) -> None:
        room = self.model.rooms[room_id]
        body = {"message_id": room.messages[upto - 1][0]}
        person.expect(200, "POST", f"/conversations/{room_id}/read", body)
        room.read[person.username] = max(upto, room.read.get(person.username, 0))

    def _react(self, remainder: int) -> None:
        """Everybody likes, comments on, shares and saves some of the posts."""
        for number, person in enumerate(self.people):
            name = person.username
            for place, (post_id, author) in enumerate(list(self.model.posts.items())):
                if (number + place) % 2 == remainder and (name, post_id) not in self.model.likes:
                    person.expect(200, "POST", f"/posts/{post_id}/like")
                    self.model.likes.add((name, post_id))
                if (number + place) % 5 == remainder and author != name:
                    self._comment(person, post_id)
                if (number + place) % 7 == remainder and (name, post_id) not in self.model.shares:
                    person.expect(201, "POST", f"/posts/{post_id}/share")
                    self.model.shares.add((name, post_id))
                if (number + place) % 6 == remainder and (name, post_id) not in self.model.saves:
                    body = {"post_id": post_id}
                    person.expect(200, "POST", "/collections/default/save", body)
                    self.model.saves[name, post_id] = None

    def _comment(self, person: Person, post_id: str) -> None:
        body = {"post_id": post_id, "content": "Nice."}
        comment_id = str(person.expect(201, "POST", "/comments", body)["id"])
        self.model.comments[comment_id] = (person.username, post_id)
        fan = self._named(self.model.posts[post_id])
        fan.expect(200, "POST", f"/comments/{comment_id}/like")
        self.model.comment_likes.add((fan.username, comment_id))

    def _watch(self, people: Sequence[Person]) -> None:
        """These people see, and like, the stories of one whom they follow."""
        for person in people:
            name = person.username
            for story_id, author in self.model.stories.items():
                is_new = (name, story_id) not in self.model.views
                if is_new and (name, author) in self.model.follows:
                    person.get(f"/stories/{story_id}")
                    self.model.views.add((name, story_id))
                    person.expect(200, "POST", f"/stories/{story_id}/like")
                    self.model.story_likes.add((name, story_id))
                    break

    def _chat(self) -> None:
        """A room for two who follow each other, and a group of their friends."""
        first, second, third = self.people[:3]
        self.follow(second, first)
        self.follow(third, first)  # else the group would be among the requests
        for members, more in (([second], {}), ([second, third], {"group_name": "Drill"})):
            body = {"participant_ids": [each.id for each in members], **more}
            room_id = str(first.expect(201, "POST", "/conversations", body)["id"])
            self.model.rooms[room_id] = Room([first.username, *(each.username for each in members)])
            self._talk(room_id, 4)

    def _talk(self, room_id: str, messages: int) -> None:
        """The first member writes, the second reads some of it and answers."""
        room = self.model.rooms[room_id]
        first, second = map(self._named, room.members[:2])
        for _ in range(messages):
            self.say(first, room_id)
        self.read(second, room_id, len(room.messages) - 1)
        self.say(second, room_id)

    def _upload(self, person: Person, purpose: str) -> str:
        upload_id = person.upload(self._picture, "image/jpeg", purpose)
        assert person.processed(upload_id)["status"] == "ready"
        return upload_id

    def _named(self, name: str) -> Person:
        return next(person for person in self.people if person.username == name)

    def _other(self, number: int, step: int) -> Person:
        return self.people[(number + step) % len(self.people)]


def hash_of(post: dict[str, Any]) -> str:
    """What identifies the first picture of a post, as its signed URL gives it."""
    answer = httpx.get(post["media"][0]["url"], timeout=30)
    answer.raise_for_status()
    return hashlib.sha256(answer.content).hexdigest()
