"""The bodies and queries of saved."""

from typing import Annotated

from pydantic import AliasChoices, Field

from shared.http.fields import Body, Query, Ulid, text

type _Name = Annotated[str, text(1, 100)]


class NewCollection(Body):
    """What a collection is called."""

    name: _Name


class NewName(Body):
    """What a collection is called from now on."""

    name: Annotated[_Name, Field(validation_alias=AliasChoices("name", "new_name"))]


class ToSave(Body):
    """The post that goes into a collection."""

    post_id: Ulid


class ToUnsave(Body):
    """The post that leaves a collection, where the path does not name it."""

    post_id: Ulid | None = None


class ToUnsaveQuery(Query):
    """The same in the query."""

    post_id: Ulid | None = None
