"""The DynamoDB in memory that unit tests use answers like the emulator."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shared.aws.clients import client
from shared.ids import new_id
from tests.support.memory_dynamo import MemoryDynamo, Refused

TABLE = "hoshi-likes"  # post_id, user_id; index by_user: user_id, liked_at
ID = new_id()


def key(user: str = "u1", post: str = "p") -> dict[str, Any]:
    return {"post_id": {"S": f"{post}-{ID}"}, "user_id": {"S": f"{user}-{ID}"}}


def item(user: str = "u1", post: str = "p", **more: Any) -> dict[str, Any]:
    return {**key(user, post), "liked_at": {"S": "2026-01-05"}, "n": {"N": "1"}, **more}


def put(user: str = "u1", condition: str | None = None, **more: Any) -> tuple[str, dict[str, Any]]:
    extra = {"ConditionExpression": condition} if condition else {}
    return "put_item", {"Item": item(user, **more), **extra}


def update(
    expression: str, condition: str | None = None, **more: Any
) -> tuple[str, dict[str, Any]]:
    values = {f":{name}": value for name, value in more.pop("values", {}).items()}
    names = {f"#{name}": value for name, value in more.pop("names", {}).items()}
    return "update_item", {
        "Key": key(more.pop("user", "u1")),
        "UpdateExpression": expression,
        **({"ConditionExpression": condition} if condition else {}),
        **({"ExpressionAttributeValues": values} if values else {}),
        **({"ExpressionAttributeNames": names} if names else {}),
        "ReturnValues": "ALL_NEW",
        **more,
    }


def query(condition: str, **more: Any) -> tuple[str, dict[str, Any]]:
    values = {f":{name}": value for name, value in more.pop("values", {}).items()}
    return "query", {
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": values,
        **more,
    }


N1, N2, N9 = {"N": "1"}, {"N": "2"}, {"N": "9"}
POST, USER = key()["post_id"], key()["user_id"]
GET = ("get_item", {"Key": key()})
OLD = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
MAP = {"m": {"M": {"x": {"N": "1"}}}, "l": {"L": [{"S": "a"}, {"S": "b"}]}, "s": {"SS": ["a", "b"]}}

CONVERSATIONS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "put and get": [GET, put(), GET, put("u1", n=N2), GET],
    "put twice": [put(), put(condition="attribute_not_exists(post_id)"), GET],
    "put if": [
        put(),
        ("put_item", {"Item": item(n=N2), "ConditionExpression": "attribute_exists(n)"}),
        ("put_item", {"Item": item(n=N9), "ConditionExpression": "attribute_exists(z)", **OLD}),
        GET,
    ],
    "delete": [
        put(),
        ("delete_item", {"Key": key(), "ConditionExpression": "attribute_exists(z)", **OLD}),
        ("delete_item", {"Key": key(), "ReturnValues": "ALL_OLD"}),
        ("delete_item", {"Key": key()}),
        GET,
    ],
    "add": [
        update("ADD n :one", values={"one": N1}),
        update("ADD n :one, z :two", values={"one": N1, "two": N2}),
        update("ADD n :less", values={"less": {"N": "-5.50"}}),
        GET,
    ],
    "set": [
        put("u1"),
        update("SET a = :a, b = n", values={"a": {"S": "x"}}),
        update("SET n = n + :two - :one", values={"one": N1, "two": N2}),
        update("SET n = if_not_exists(n, :nine), z = if_not_exists(z, :nine)", values={"nine": N9}),
        update("SET c = absent"),
        update(
            "SET #n = :one REMOVE a, b ADD y :two", values={"one": N1, "two": N2}, names={"n": "n"}
        ),
        GET,
    ],
    "documents": [
        put("u1", **MAP),
        update("SET m.x = m.x + :one, m.#y = :one", values={"one": N1}, names={"y": "y"}),
        update("SET l[1] = :one, l[5] = :one", values={"one": N1}),
        update("REMOVE l[0], m.x"),
        update("SET l = list_append(l, :more)", values={"more": {"L": [{"S": "c"}]}}),
        update("SET q.x = :one", values={"one": N1}),
        update("DELETE s :a", values={"a": {"SS": ["a"]}}),
        update("ADD s :c", values={"c": {"SS": ["c"]}}),
        update("DELETE s :all", values={"all": {"SS": ["b", "c"]}}),
        GET,
    ],
    "conditions": [
        put("u1", **MAP),
        *(
            update("SET ok = :one", condition, values={"one": N1, "two": N2})
            for condition in (
                "n = :one AND NOT n = :two",
                "n = :two OR n < :two",
                "n > :two AND n = :one OR n <> :two",
                "n > :two AND (n = :one OR n <> :two)",
                "n BETWEEN :one AND :two",
                "n IN (:two, :one)",
                "size(l) = :two AND n >= :one",
                "absent <> :one AND n <= :two",
                "absent = :one OR absent < :two",
                "NOT absent > :one AND n < :two",
                "liked_at > :one OR n = :two",
                "m.x = :one AND attribute_exists(m.x) AND n < :two",
                "attribute_not_exists(m.y) AND l[0] <> :one AND n < :two",
            )
        ),
        update(
            "SET ok = :two",
            "begins_with(liked_at, :prefix) AND contains(s, :a) AND contains(liked_at, :part)"
            " AND attribute_type(liked_at, :kind)",
            values={
                "two": N2,
                "prefix": {"S": "2026"},
                "a": {"S": "a"},
                "part": {"S": "-01-"},
                "kind": {"S": "S"},
            },
        ),
        update("SET ok = :a", "contains(s, :a)", values={"a": {"S": "z"}}, **OLD),
        GET,
    ],
    "an item made by an update": [
        update("SET n = :one", "attribute_exists(post_id)", values={"one": N1}, **OLD),
        update("SET n = :one", "attribute_not_exists(post_id)", values={"one": N1}, **OLD),
        GET,
    ],
    "mistakes": [
        update("SET n = :one", values={"one": N1, "unused": N2}),
        update("SET n = :one", values={"one": N1}, names={"unused": "x"}),
        update("SET n = :undefined", values={"one": N1}),
        update("SET user_id = :s", values={"s": {"S": "other"}}),
        update("SET n = liked_at + :one", values={"one": N1}),
        ("get_item", {"Key": {"post_id": POST}}),
        ("get_item", {"Key": {**key(), "n": N1}}),
        ("put_item", {"Item": {**item(), "user_id": {"S": ""}}}),
        ("put_item", {"Item": {"post_id": POST}}),
        ("get_item", {"Key": key(), "TableName": "hoshi-nothing"}),
    ],
    "query": [
        *(put(f"u{number}", liked_at={"S": f"2026-01-0{number % 3}"}) for number in range(7)),
        query("post_id = :p", values={"p": POST}),
        query("post_id = :p", values={"p": POST}, ScanIndexForward=False, Limit=3),
        query("post_id = :p", values={"p": POST}, Limit=3, ExclusiveStartKey=key("u2")),
        query("post_id = :p AND user_id < :u", values={"p": POST, "u": key("u3")["user_id"]}),
        query(
            "post_id = :p AND begins_with(user_id, :u)",
            values={"p": POST, "u": {"S": "u4"}},
            ConsistentRead=True,
        ),
        query(
            "post_id = :p",
            values={"p": POST, "d": {"S": "2026-01-01"}},
            FilterExpression="liked_at = :d",
            Limit=4,
        ),
        query("post_id = :p", values={"p": POST}, Limit=7),
        query("post_id = :p", values={"p": {"S": "none"}}),
        query("user_id = :u", values={"u": USER}, IndexName="by_user"),
        query("post_id = :p", values={"p": POST, "unused": POST}),
        query("post_id = :p", values={"p": POST}, Limit=3, ExclusiveStartKey={"post_id": POST}),
    ],
}


def refusal(code: str, more: dict[str, Any]) -> dict[str, Any]:
    """An error by its code, and the item that it shows."""
    return {
        "refused": code.rpartition("#")[2],
        **({"Item": more["Item"]} if "Item" in more else {}),
    }


def in_memory(dynamo: MemoryDynamo, operation: str, request: dict[str, Any]) -> dict[str, Any]:
    name = operation.title().replace("_", "")
    try:
        return dynamo.answer(name, {"TableName": TABLE, **request})
    except Refused as refused:
        return refusal(refused.body["__type"], refused.body)


def on_the_emulator(operation: str, request: dict[str, Any]) -> dict[str, Any]:
    try:
        answer = getattr(client("dynamodb"), operation)(**{"TableName": TABLE, **request})
    except ClientError as error:
        given: Any = error.response
        return refusal(given["Error"]["Code"], given)
    kept = {"Item", "Items", "Attributes", "Count", "ScannedCount", "LastEvaluatedKey"}
    return {name: value for name, value in answer.items() if name in kept}


def comparable(answer: dict[str, Any]) -> str:
    """An answer as a text; sets have no order."""
    text = json.dumps(answer, sort_keys=True)
    return text.replace(f"-{ID}", "")


@pytest.fixture(autouse=True)
def clean() -> None:
    table = client("dynamodb")
    for number in range(8):
        table.delete_item(TableName=TABLE, Key=key(f"u{number}"))


@pytest.mark.parametrize("conversation", CONVERSATIONS.values(), ids=CONVERSATIONS.keys())
def test_both_answer_the_same(conversation: list[tuple[str, dict[str, Any]]]) -> None:
    dynamo = MemoryDynamo("hoshi")
    for operation, request in conversation:
        theirs = on_the_emulator(operation, request)
        ours = in_memory(dynamo, operation, request)
        assert comparable(ours) == comparable(theirs), (operation, request)


TRANSACTIONS: dict[str, list[dict[str, Any]]] = {
    "all kinds": [
        {"Put": {"Item": item("u2")}},
        {"Update": update("SET n = :nine", values={"nine": N9})[1] | {"ReturnValues": None}},
        {"Delete": {"Key": key("u3")}},
        {"ConditionCheck": {"Key": key("u4"), "ConditionExpression": "attribute_not_exists(n)"}},
    ],
    "one fails": [
        {"Put": {"Item": item("u2")}},
        {"Put": {"Item": item(), "ConditionExpression": "attribute_not_exists(n)", **OLD}},
        {"Put": {"Item": item("u3"), "ConditionExpression": "attribute_exists(n)", **OLD}},
    ],
    "one item twice": [{"Put": {"Item": item("u2")}}, {"Delete": {"Key": key("u2")}}],
}


@pytest.mark.parametrize("actions", TRANSACTIONS.values(), ids=TRANSACTIONS.keys())
def test_both_transact_the_same(actions: list[dict[str, Any]]) -> None:
    request: Any = [
        {
            kind: {"TableName": TABLE, **{n: v for n, v in given.items() if v is not None}}
            for kind, given in action.items()
        }
        for action in actions
    ]
    dynamo = MemoryDynamo("hoshi")
    operation, first = put()
    assert in_memory(dynamo, operation, first) == on_the_emulator(operation, first) == {}
    try:
        client("dynamodb").transact_write_items(TransactItems=request)
        theirs: Any = None
    except ClientError as error:
        given: Any = error.response
        theirs = (
            given["Error"]["Code"],
            [(each["Code"], each.get("Item")) for each in given.get("CancellationReasons", [])],
        )
    try:
        dynamo.answer("TransactWriteItems", {"TransactItems": request})
        ours: Any = None
    except Refused as refused:
        reasons = refused.body.get("CancellationReasons", [])
        ours = (
            refused.body["__type"].rpartition("#")[2],
            [(each["Code"], each.get("Item")) for each in reasons],
        )
    assert ours == theirs
    for number in range(5):
        look = {"Key": key(f"u{number}")}
        assert in_memory(dynamo, "get_item", look) == on_the_emulator("get_item", look)
