"""The network as it has to be: what people did, and what each of them must see of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

TAG = "drill"  # which every post has


@dataclass
class Room:
    """A conversation, its messages with their senders, and how many of them each member has read or
    sent themselves last."""

    members: list[str]
    messages: list[tuple[str, str]] = field(default_factory=list)  # (id, sender)
    read: dict[str, int] = field(default_factory=dict)  # messages up to the position

    def unread(self, name: str) -> int:
        """How many messages of others are after a member's position."""
        return sum(sender != name for _, sender in self.messages[self.read.get(name, 0) :])


@dataclass
class Model:
    """Everything that people did, by username."""

    names: list[str] = field(default_factory=list)
    follows: set[tuple[str, str]] = field(default_factory=set)
    notifies: set[tuple[str, str]] = field(default_factory=set)  # follows with story notifications
    posts: dict[str, str] = field(default_factory=dict)  # id: author
    files: dict[str, str] = field(default_factory=dict)  # post id: hash of its picture
    likes: set[tuple[str, str]] = field(default_factory=set)  # (name, post id)
    shares: set[tuple[str, str]] = field(default_factory=set)
    saves: dict[tuple[str, str], None] = field(default_factory=dict)
    comments: dict[str, tuple[str, str]] = field(default_factory=dict)  # id: (name, post id)
    comment_likes: set[tuple[str, str]] = field(default_factory=set)
    stories: dict[str, str] = field(default_factory=dict)  # id: author
    views: set[tuple[str, str]] = field(default_factory=set)
    story_likes: set[tuple[str, str]] = field(default_factory=set)
    rooms: dict[str, Room] = field(default_factory=dict)
    announced: set[tuple[str, str, str]] = field(default_factory=set)  # (reader, author, story)
    # The entries that were read, each after its reader.
    seen_entries: set[tuple[str, str, str, str]] = field(default_factory=set)

    def expected(self, name: str) -> dict[str, Any]:
        """What a person must see."""
        followed = {other for one, other in self.follows if one == name}
        shown = [
            post_id
            for post_id, author in self.posts.items()
            if author == name or author in followed
        ]
        entries = self.entries(name)
        return {
            "profile": {
                "follower_count": sum(other == name for _, other in self.follows),
                "following_count": len(followed),
                "post_count": self._count(self.posts.values(), name),
            },
            "home": sorted(shown, reverse=True),
            "explore": sorted(set(self.posts) - set(shown)),
            "posts": {post_id: self._post(name, post_id) for post_id in self.posts},
            "comments": {
                each: sum(liked == each for _, liked in self.comment_likes)
                for each in self.comments
            },
            "notifications": sorted((kind, actor) for kind, actor, _ in entries),
            "unread_notifications": sum((name, *each) not in self.seen_entries for each in entries),
            "inbox": {
                room_id: (room.messages[-1][0] if room.messages else None, room.unread(name))
                for room_id, room in self.rooms.items()
                if name in room.members and (room.messages or len(room.members) > 2)
            },
            "trays": {
                author: author == name
                or all((name, each) in self.views for each in self._stories_of(author))
                for author in {*self.stories.values()} & (followed | {name})
            },
            "story_counts": {
                each: (
                    sum(story == each for _, story in self.views),
                    sum(story == each for _, story in self.story_likes),
                )
                for each in self._stories_of(name)
            },
            "saved": [post_id for one, post_id in reversed(self.saves) if one == name],
            "tag": len(self.posts),
            "files": self.files,
        }

    def entries(self, name: str) -> set[tuple[str, str, str]]:
        """The notifications of a person, each as type, actor and what it is about."""
        posts, stories = self.posts, self.stories
        authors = {each: one for each, (one, _) in self.comments.items()}
        facts = [
            *(("post.liked", one, each, posts[each]) for one, each in self.likes),
            *(("post.shared", one, each, posts[each]) for one, each in self.shares),
            *(
                ("post.commented", one, each, posts[on])
                for each, (one, on) in self.comments.items()
            ),
            *(("comment.liked", one, each, authors[each]) for one, each in self.comment_likes),
            *(("story.liked", one, each, stories[each]) for one, each in self.story_likes),
            *(("user.followed", one, other, other) for one, other in self.follows),
            *(("story.created", one, each, reader) for reader, one, each in self.announced),
        ]
        found = {(kind, one, about) for kind, one, about, owner in facts if owner == name != one}
        found |= {("post.created", name, each) for each, author in posts.items() if author == name}
        for room_id, room in self.rooms.items():
            if name in room.members and room.unread(name):
                after = (sender for _, sender in room.messages[room.read.get(name, 0) :])
                begun = next(sender for sender in after if sender != name)
                found.add(("message.received", begun, room_id))
        return found

    def read_all_entries(self, name: str) -> None:
        """A person marks all their notifications as read."""
        self.seen_entries |= {(name, *entry) for entry in self.entries(name)}

    def _post(self, name: str, post_id: str) -> dict[str, Any]:
        return {
            "like_count": sum(liked == post_id for _, liked in self.likes),
            "comment_count": sum(about == post_id for _, about in self.comments.values()),
            "share_count": sum(shared == post_id for _, shared in self.shares),
            "is_liked": (name, post_id) in self.likes,
            "is_saved": (name, post_id) in self.saves,
        }

    def _stories_of(self, author: str) -> list[str]:
        return [each for each, one in self.stories.items() if one == author]

    @staticmethod
    def _count(names: Iterable[str], name: str) -> int:
        return sum(each == name for each in names)
