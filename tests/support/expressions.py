"""DynamoDB's condition, filter, key and update expressions, evaluated on one item.

It is as strict as DynamoDB where a mistake would otherwise go unnoticed: a placeholder that is not
defined, or defined and not used, is an error.
"""

import copy
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

type Item = dict[str, Any]  # in DynamoDB's form: {"name": {"S": "value"}}
type Value = dict[str, Any]

_TOKEN = re.compile(r"\s*(<>|<=|>=|[=<>(),.\[\]+-]|[#:]?\w+)")
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


class ValidationError(Exception):
    """DynamoDB would refuse this request as malformed."""


class Placeholders:
    """The `#names` and `:values` of one request, and which of them were used."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        self.names: Mapping[str, str] = request.get("ExpressionAttributeNames") or {}
        self.values: Mapping[str, Value] = request.get("ExpressionAttributeValues") or {}
        self._used: set[str] = set()

    def name(self, token: str) -> str:
        return self._get(self.names, token) if token.startswith("#") else token

    def value(self, token: str) -> Value:
        found: Value = self._get(self.values, token)
        return found

    def _get(self, given: Mapping[str, Any], token: str) -> Any:
        if token not in given:
            raise ValidationError(f"{token} is not defined")
        self._used.add(token)
        return given[token]

    def check_all_used(self) -> None:
        unused = {*self.names, *self.values} - self._used
        if unused:
            raise ValidationError(f"{sorted(unused)} are not used in expressions")


class _Parser:
    """Parses an expression from left to right, and evaluates it at the same time."""

    def __init__(self, text: str, placeholders: Placeholders, item: Item) -> None:
        self.tokens = _tokens(text)
        self.at = 0
        self.given = placeholders
        self.item = item

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str | None = None) -> str:
        token = self.peek()
        if not token or (expected is not None and token.upper() != expected):
            raise ValidationError(f"{expected or 'more'} expected at {token!r} in {self.tokens}")
        self.at += 1
        return token

    def takes(self, word: str) -> bool:
        if self.peek().upper() != word:
            return False
        self.at += 1
        return True

    # Both sides of AND and OR are always read, so that every placeholder counts as used.
    def condition(self) -> bool:
        result = self.conjunction()
        while self.takes("OR"):
            result = self.conjunction() or result
        return result

    def conjunction(self) -> bool:
        result = self.negation()
        while self.takes("AND"):
            result = self.negation() and result
        return result

    def negation(self) -> bool:
        if self.takes("NOT"):
            return not self.negation()
        if self.takes("("):
            result = self.condition()
            self.take(")")
            return result
        name = self.peek().lower()
        if name in _FUNCTIONS:
            self.take()
            return _FUNCTIONS[name](self)
        return self.comparison()

    def comparison(self) -> bool:
        left = self.operand()
        if self.takes("BETWEEN"):
            low = self.operand()
            self.take("AND")
            high = self.operand()
            return _compare(">=", left, low) and _compare("<=", left, high)
        if self.takes("IN"):
            return any(_compare("=", left, one) for one in self.arguments())
        return _compare(self.take(), left, self.operand())

    def arguments(self) -> list[Value | None]:
        self.take("(")
        found = [self.operand()]
        while self.takes(","):
            found.append(self.operand())
        self.take(")")
        return found

    def operand(self) -> Value | None:
        if self.peek().startswith(":"):
            return self.given.value(self.take())
        if self.takes("SIZE"):
            (value,) = self.arguments()
            return {"N": str(len(_plain(value)))} if value else None
        return _look_up(self.item, self.path())

    def path(self) -> list[str | int]:
        steps: list[str | int] = [self.given.name(self.take())]
        while True:
            if self.takes("."):
                steps.append(self.given.name(self.take()))
            elif self.takes("["):
                steps.append(int(self.take()))
                self.take("]")
            else:
                return steps

    # The right side of a SET.
    def new_value(self) -> Value:
        result = self.new_operand()
        while self.peek() in ("+", "-"):
            sign = 1 if self.take() == "+" else -1
            result = {"N": _number(_decimal(result) + sign * _decimal(self.new_operand()))}
        return result

    def new_operand(self) -> Value:
        if self.takes("IF_NOT_EXISTS"):
            self.take("(")
            kept = _look_up(self.item, self.path())
            self.take(",")
            fresh = self.new_value()
            self.take(")")
            return kept if kept is not None else fresh
        if self.takes("LIST_APPEND"):
            self.take("(")
            first = self.new_value()
            self.take(",")
            second = self.new_value()
            self.take(")")
            return {"L": [*first["L"], *second["L"]]}
        value = self.operand()
        if value is None:
            raise ValidationError("the expression refers to an attribute that does not exist")
        return value


def holds(text: str | None, placeholders: Placeholders, item: Item) -> bool:
    """Whether a condition (or filter, or key condition) holds for `item`; without one, True."""
    if not text:
        return True
    parser = _Parser(text, placeholders, item)
    result = parser.condition()
    if parser.peek():
        raise ValidationError(f"{parser.peek()!r} was not expected in {text!r}")
    return result


def updated(text: str, placeholders: Placeholders, item: Item) -> Item:
    """`item` after an update expression. Every right side uses the values from before it."""
    result = copy.deepcopy(item)
    parser = _Parser(text, placeholders, item)
    sections = {"SET": _set, "REMOVE": _remove, "ADD": _add, "DELETE": _delete}
    while parser.peek():
        section = parser.take().upper()
        if section not in sections:
            raise ValidationError(f"{section!r} begins no section of an update")
        sections[section](parser, result)
        while parser.takes(","):
            sections[section](parser, result)
    return result


def _set(parser: _Parser, result: Item) -> None:
    path = parser.path()
    parser.take("=")
    _put(result, path, parser.new_value())


def _remove(parser: _Parser, result: Item) -> None:
    _put(result, parser.path(), None)


def _add(parser: _Parser, result: Item) -> None:
    path, value = parser.path(), parser.operand()
    before = _look_up(parser.item, path)
    assert value is not None
    if "N" in value:
        total = _decimal(before or {"N": "0"}) + _decimal(value)
        _put(result, path, {"N": _number(total)})
    else:
        ((kind, members),) = value.items()
        _put(result, path, {kind: sorted({*(before or {}).get(kind, []), *members})})


def _delete(parser: _Parser, result: Item) -> None:
    path, value = parser.path(), parser.operand()
    before = _look_up(parser.item, path)
    assert value is not None
    ((kind, members),) = value.items()
    left = sorted(set((before or {}).get(kind, [])) - set(members))
    _put(result, path, {kind: left} if left else None)


def _exists(parser: _Parser) -> bool:
    parser.take("(")
    found = _look_up(parser.item, parser.path()) is not None
    parser.take(")")
    return found


def _begins_with(parser: _Parser) -> bool:
    value, prefix = parser.arguments()
    return bool(value and prefix and "S" in value and value["S"].startswith(prefix["S"]))


def _contains(parser: _Parser) -> bool:
    value, part = parser.arguments()
    if value is None or part is None:
        return False
    if "S" in value:
        return part.get("S", "\0") in value["S"]
    ((_, members),) = value.items()
    return part in members or next(iter(part.values())) in members


def _attribute_type(parser: _Parser) -> bool:
    value, kind = parser.arguments()
    return bool(value and kind and kind["S"] in value)


_FUNCTIONS: dict[str, Callable[[_Parser], bool]] = {
    "attribute_exists": _exists,
    "attribute_not_exists": lambda parser: not _exists(parser),
    "begins_with": _begins_with,
    "contains": _contains,
    "attribute_type": _attribute_type,
}


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValidationError(f"cannot read {text[at:]!r}")
        tokens.append(match[1])
        at = match.end()
    return tokens


def _compare(how: str, left: Value | None, right: Value | None) -> bool:
    if left is None or right is None or left.keys() != right.keys():
        return how == "<>"
    return _COMPARISONS[how](_plain(left), _plain(right))


def _plain(value: Value) -> Any:
    ((kind, plain),) = value.items()
    return Decimal(plain) if kind == "N" else plain


def _decimal(value: Value) -> Decimal:
    if "N" not in value:
        raise ValidationError("only numbers can be added")
    return Decimal(value["N"])


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _look_up(item: Item, path: list[str | int]) -> Value | None:
    found: Any = {"M": item}
    for step in path:
        held = found.get("L" if isinstance(step, int) else "M")
        try:
            found = held[step] if held is not None else None
        except (KeyError, IndexError):
            found = None
        if found is None:
            return None
    value: Value = found
    return value


def _put(item: Item, path: list[str | int], value: Value | None) -> None:
    *parents, last = path
    holder: Any = _look_up(item, parents) if parents else {"M": item}
    if holder is None:
        raise ValidationError("the document path of the update is not there")
    held = holder["L" if isinstance(last, int) else "M"]
    if isinstance(last, int):
        held[last : last + 1] = [] if value is None else [value]  # beyond its end a list grows
    elif value is None:
        held.pop(last, None)
    else:
        held[last] = value
