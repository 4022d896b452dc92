"""Lambdas that invoke themselves, through queues and topics.

SQS and SNS carry the lineage of a message, and Lambda ends a chain in which a function comes about
16 times, unless the function has `RecursiveLoop: Allow`. Streams of tables carry none.
"""

import ast
from collections.abc import Iterator
from functools import cache

import pytest

from infra import templates
from infra.events import catalogue, listeners, modules, publishers
from tests.unit.wiring.house import handlers_made_by, imported

FUNCTIONS = {
    name: ".".join(templates.module_of(function))
    for name, function in templates.functions().items()
}
CONSUMERS = {queue: ".".join(module) for queue, module in templates.queue_consumers().items()}


def at_hand(module: str) -> Iterator[ast.Module]:
    """A module, and those of its service from which it imports more than constants."""
    yield modules()[module]
    for node in ast.walk(modules()[module]):
        if not isinstance(node, ast.ImportFrom) or all(each.name.isupper() for each in node.names):
            continue
        for name in (f"{node.module}", *(f"{node.module}.{each.name}" for each in node.names)):
            if name in modules() and name.partition(".")[0] == module.partition(".")[0]:
                yield modules()[name]


def constants(tree: ast.Module) -> Iterator[object]:
    return (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))


def called(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)


def queues_of(module: str) -> set[str]:
    """The queues that a Lambda sends to: one of its modules names them, and calls `send`."""
    named = {
        str(constant)
        for tree in at_hand(module)
        if {"send", "send_jobs", "send_mail"} & {*called(tree)}
        for constant in constants(tree)
    }
    own = {imported(module).app.queue} if module in handlers_made_by("erasure") else set()
    return own | (named & set(CONSUMERS))


@cache
def invokes(module: str) -> frozenset[str]:
    """The Lambdas that run on what a Lambda sends or publishes."""
    consumers = {CONSUMERS[queue] for queue in queues_of(module)}
    if module in handlers_made_by("stream"):  # they alone publish, for their services
        service = f"{module.partition('.')[0]}."
        for event, kind in catalogue().items():
            if any(publisher.startswith(service) for publisher in publishers(kind)):
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


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_chain_that_is_meant_is_allowed_and_no_other(name: str) -> None:
    """An erasure, or the clean-up of a post, goes on in its own queue for as long as it finds
    something: each message does a page, so that the chain ends by itself."""
    meant = invokes_itself(FUNCTIONS[name])
    allowed = templates.functions()[name].get("RecursiveLoop") == "Allow"
    assert meant == allowed, (
        f"template.yaml: {name} {'invokes itself: it needs' if meant else 'has no use for'} "
        "RecursiveLoop: Allow"
    )


def test_chains_are_found() -> None:
    assert invokes_itself("saved.empty_collection")
    assert invokes_itself("posts.on_user_erased")
    assert not invokes_itself("posts.on_posts_changed")
    assert "notifications.on_event" in invokes("posts.on_posts_changed")
