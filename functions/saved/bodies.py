"""The request bodies and queries of saved."""

from typing import Annotated

from pydantic import AliasChoices, Field

from shared.http.fields import Body, Ulid, text
from shared.http.queries import Id, Query

type _Name = Annotated[str, text(1, 100)]


class NewCollection(Body):
    """The name of a new collection."""

    name: _Name


class NewName(Body):
    """The new name of a collection."""

    name: Annotated[_Name, Field(validation_alias=AliasChoices("name", "new_name"))]


class ToSave(Body):
    """The post to save."""

    post_id: Ulid


class ToUnsave(Body):
    """The post to remove, if the path does not name it."""

    post_id: Ulid | None = None


class ToUnsaveQuery(Query):
    """The post to remove, in the query."""

    post_id = Id().optional()
