"""One request of each endpoint, with the data that it needs."""

from tests.bench.costs.scenes import (
    auth,
    groups,
    others,
    posts,
    stories,
    story_trays,
    users,
    verification,
)
from tests.bench.costs.world import Scene

SCENES: dict[str, Scene] = {
    **auth.SCENES,
    **users.SCENES,
    **posts.SCENES,
    **stories.SCENES,
    **others.SCENES,
    **groups.SCENES,
    **story_trays.SCENES,
    **verification.SCENES,
}
