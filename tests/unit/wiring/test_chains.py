"""Lambdas that invoke themselves, through queues and topics.

SQS and SNS carry the lineage of a message, and Lambda ends a chain in which a function comes about
16 times, unless the function has `RecursiveLoop: Allow`. Streams of tables carry none.
"""

import ast
from collections.abc import Iterator
from functools import cache

from infra import templates
from infra.events import catalogue, listeners, modules
from tests.unit.wiring.house import handlers_made_by, imported

FUNCTIONS = {
    name: ".".join(templates.module_of(function))
    for name, function in templates.functions().items()
}
STREAMS, ERASURES = handlers_made_by("stream"), handlers_made_by("erasure")
CONSUMERS = {queue: ".".join(module) for queue, module in templates.queue_consumers().items()}


@cache
def names_in(module: str) -> dict[str, ast.AST]:
    """What a module's top level defines or imports, by name."""
    found: dict[str, ast.AST] = {}
    for node in ast.walk(modules()[module]):
        if isinstance(node, ast.ImportFrom):
            found |= {(each.asname or each.name): node for each in node.names}
    for node in modules()[module].body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node
    return found


def home_of(module: str, name: str) -> tuple[str, str]:
    """Where a name of a module comes from; `(module, "")` for a module."""
    node = names_in(module).get(name)
    if not isinstance(node, ast.ImportFrom):
        return module, name
    original = next(each.name for each in node.names if name in (each.asname, each.name))
    if f"{node.module}.{original}" in modules():
        return f"{node.module}.{original}", ""
    return (home_of(str(node.module), original)) if node.module in modules() else (module, name)


def resolved(module: str, node: ast.expr) -> tuple[str, str]:
    """The home of what an expression names: `send`, `queues.send`."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        owner, name = home_of(module, node.value.id)
        return (home_of(owner, node.attr)) if not name else (module, "")
    return home_of(module, node.id) if isinstance(node, ast.Name) else (module, "")


def calls_of(module: str) -> Iterator[tuple[str, ast.Call]]:
    """The calls that a handler may make: its own, and those of what it uses of its service."""
    waiting = [(module, name) for name in names_in(module)]
    seen = set(waiting)
    while waiting:
        place, name = waiting.pop()
        for node in ast.walk(names_in(place).get(name, ast.Pass())):
            if isinstance(node, ast.Call):
                yield place, node
            if isinstance(node, ast.Name | ast.Attribute):
                used = resolved(place, node)
                if used not in seen and used[0].partition(".")[0] == module.partition(".")[0]:
                    seen.add(used)
                    waiting.append(used)


SENDING = {("shared.messaging.queues", name) for name in ("send", "send_jobs", "send_rest")}
CONTINUING = ("shared.messaging.queues", "send_rest")
# Its jobs name the people of one page, and send no other.
LEAVES = {"notifications.story_jobs"}


def text_of(module: str, node: ast.expr) -> object:
    """The value of a constant, named or written."""
    if isinstance(node, ast.Constant):
        return node.value
    place, name = resolved(module, node)
    assigned = names_in(place).get(name)
    return text_of(place, assigned.value) if isinstance(assigned, ast.Assign) else None


def queues_of(module: str) -> set[str]:
    """The queues that a Lambda sends to."""
    sent = {
        str(text_of(place, call.args[0]))
        for place, call in calls_of(module)
        if resolved(place, call.func) in SENDING and call.args
    }
    own = {imported(module).app.queue} if module in ERASURES else set()
    return own | (sent & set(CONSUMERS))


@cache
def constructed_in(service: str) -> set[str]:
    """The names that a service calls: those of the events that it publishes are among them."""
    return {
        node.func.id
        for name, tree in modules().items()
        if name.startswith(f"{service}.")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


@cache
def invokes(module: str) -> frozenset[str]:
    """The Lambdas that run on what a Lambda sends or publishes."""
    consumers = {CONSUMERS[queue] for queue in queues_of(module)}
    if module in STREAMS:  # they alone publish, for their services
        called = constructed_in(module.partition(".")[0])
        for event, kind in catalogue().items():
            if kind.__name__ in called:
                consumers |= set(listeners(event))
    return frozenset(consumers)


def invokes_itself(module: str) -> bool:
    reached = set(invokes(module))
    waiting = list(reached)
    while waiting:
        found = invokes(waiting.pop()) - reached
        reached |= found
        waiting += found
    return module in reached


def test_a_chain_that_is_meant_is_allowed_and_no_other() -> None:
    """An erasure, or the clean-up of a post, goes on in its own queue for as long as it finds
    something: each message does at least a page, so that the chain ends by itself."""
    meant = {name for name, module in FUNCTIONS.items() if invokes_itself(module)}
    allowed = {
        name
        for name, function in templates.functions().items()
        if function.get("RecursiveLoop") == "Allow"
    }
    assert meant - allowed == set(), "template.yaml: these invoke themselves: RecursiveLoop: Allow"
    assert allowed - meant == set(), "template.yaml: these have no use for RecursiveLoop: Allow"


def unbounded(module: str, queue: str) -> list[str]:
    """What a Lambda sends to the queue that invokes it, neither as the rest of its message nor for
    later."""
    return [
        f"{place}:{call.lineno}"
        for place, call in calls_of(module)
        if place not in LEAVES
        and resolved(place, call.func) in SENDING - {CONTINUING}
        and call.args
        and text_of(place, call.args[0]) == queue
        and not any(each.arg == "delay" for each in call.keywords)
    ]


def test_a_chain_compares_where_its_messages_end() -> None:
    """What may go on for ever ends when it makes no progress (see `shared.messaging.chains`)."""
    found = {each for queue, module in CONSUMERS.items() for each in unbounded(module, queue)}
    assert found == set(), "this should be `send_rest`"


def test_chains_are_found() -> None:
    assert invokes_itself("saved.empty_collection")
    assert invokes_itself("posts.on_user_erased")
    assert not invokes_itself("posts.on_posts_changed")
    assert "notifications.on_event" in invokes("posts.on_posts_changed")
