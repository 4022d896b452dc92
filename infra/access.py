"""The table of infra/access.yaml: what its names and verbs mean, as statements of IAM policies."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

import yaml

from infra.generated import ROOT
from infra.templates import FOUNDATION, TEMPLATE, load, name_of, resources

FILE = ROOT / "infra" / "access.yaml"
ABOUT_THE_ROLE = {"assumed_by", "policy"}
IN_TEMPLATE = {"sockets"}  # the API of sockets has its id there
ALSO = ["sid", "why", "actions", "resources"]
ALSO_MAY = ["on_emulators", "condition"]

_HERE = "${AWS::Region}:${AWS::AccountId}"
_TABLE = f"arn:${{AWS::Partition}}:dynamodb:{_HERE}:table/${{Stack}}-"
_TOPIC = f"arn:${{AWS::Partition}}:sns:{_HERE}:${{Stack}}-"
_QUEUE = f"arn:${{AWS::Partition}}:sqs:{_HERE}:${{Stack}}-"
_SECRET = f"arn:${{AWS::Partition}}:secretsmanager:{_HERE}:secret:${{Stack}}/"
_BUCKET = "arn:${AWS::Partition}:s3:::${Stack}-media-${AWS::AccountId}-${AWS::Region}"


# ── Names, as ARNs: LookupError for one that no template declares ─────────────────────────────────


@cache
def _tables(having: str = "TableName") -> set[str]:
    """The names of the tables, or of those that have indexes or a stream."""
    tables = resources(FOUNDATION, "AWS::DynamoDB::Table").values()
    return {name_of(table["TableName"]) for table in tables if having in table}


@cache
def _named(kind: str, attribute: str) -> set[str]:
    return {name_of(each[attribute]) for each in resources(FOUNDATION, kind).values()}


@cache
def _prefixes() -> set[str]:
    """Those that have a rule in the bucket's life cycle, and `/` for the whole bucket."""
    bucket = load(TEMPLATE)["Resources"]["MediaBucket"]["Properties"]
    return {"/", *(rule["Prefix"] for rule in bucket["LifecycleConfiguration"]["Rules"])}


def _declared(kind: str, name: str, known: Iterable[str]) -> None:
    if name not in known:
        raise LookupError(f"there is no {kind} {name}")


def _table(name: str) -> Iterator[str]:
    _declared("table", name, _tables())
    yield _TABLE + name


def _table_or_indexes(name: str) -> Iterator[str]:
    """`posts` is a table, `posts/index` are its indexes, `posts+index` is both."""
    table = name.removesuffix("/index").removesuffix("+index")
    if not name.endswith("/index"):
        yield from _table(table)
    if table != name:
        _declared("table with indexes", table, _tables("GlobalSecondaryIndexes"))
        yield f"{_TABLE}{table}/index/*"


def _stream(name: str) -> Iterator[str]:
    _declared("table with a stream", name, _tables("StreamSpecification"))
    yield f"{_TABLE}{name}/stream/*"


def _topic(name: str) -> Iterator[str]:
    _declared("topic", name, _named("AWS::SNS::Topic", "TopicName"))
    yield _TOPIC + name


def _queue(name: str) -> Iterator[str]:
    _declared("queue", name, _named("AWS::SQS::Queue", "QueueName"))
    yield _QUEUE + name


def _secret(name: str) -> Iterator[str]:
    """Secrets Manager appends a hyphen and six characters to the name in the ARN."""
    _declared("secret", name, _named("AWS::SecretsManager::Secret", "Name"))
    yield f"{_SECRET}{name}-*"


def _files(prefix: str) -> Iterator[str]:
    _declared("prefix in the bucket", prefix, _prefixes())
    yield f"{_BUCKET}/{prefix.lstrip('/')}*"


def _bucket(prefix: str) -> Iterator[str]:
    _declared("prefix in the bucket", prefix, _prefixes())
    yield _BUCKET


def _key(name: str) -> Iterator[str]:
    """Requests name a key by its alias, policies by its ARN."""
    aliases = resources(FOUNDATION, "AWS::KMS::Alias").values()
    keys = {_alias(each["AliasName"]): each["TargetKeyId"]["Ref"] for each in aliases}
    _declared("key", name, keys)
    yield f"${{{keys[name]}.Arn}}"


def _alias(name: Any) -> str:
    return name_of(name).removeprefix("alias/").removeprefix("${Stack}-")


def _any_resource(name: str) -> Iterator[str]:
    """A resource of `also`."""
    kinds = {"table": _table, "topic": _topic, "queue": _queue}
    kind, _, rest = name.partition("/")
    if name == "*" or name.startswith("arn:"):
        yield name
    elif kind in kinds:
        yield from kinds[kind](rest)
    else:
        raise LookupError(f"{name} is neither *, nor an ARN, nor one of {'/…, '.join(kinds)}/…")


# ── Verbs ─────────────────────────────────────────────────────────────────────────────────────────


class Verb(NamedTuple):
    """What a row may say: the resources that its names stand for, and the actions on them."""

    arns: Callable[[str], Iterator[str]]
    service: str
    actions: str


VERBS = {
    "reads": Verb(_table_or_indexes, "dynamodb", "GetItem BatchGetItem Query ConditionCheckItem"),
    "gathers": Verb(_table_or_indexes, "dynamodb", "GetItem BatchGetItem Query"),
    "scans": Verb(_table, "dynamodb", "Scan"),
    "writes": Verb(_table, "dynamodb", "PutItem UpdateItem DeleteItem BatchWriteItem"),
    "puts": Verb(_table, "dynamodb", "PutItem"),
    "puts_many": Verb(_table, "dynamodb", "PutItem BatchWriteItem"),
    "updates": Verb(_table, "dynamodb", "UpdateItem"),
    "deletes": Verb(_table, "dynamodb", "DeleteItem"),
    "streams": Verb(_stream, "dynamodb", "DescribeStream GetRecords GetShardIterator ListStreams"),
    "publishes": Verb(_topic, "sns", "Publish*"),
    "sends": Verb(_queue, "sqs", "SendMessage*"),
    "consumes": Verb(
        _queue, "sqs", "ReceiveMessage DeleteMessage* GetQueueAttributes ChangeMessageVisibility*"
    ),
    "secrets": Verb(_secret, "secretsmanager", "GetSecretValue"),
    "gets_files": Verb(_files, "s3", "GetObject"),
    "puts_files": Verb(_files, "s3", "PutObject"),
    "aborts_files": Verb(_files, "s3", "AbortMultipartUpload"),
    "deletes_files": Verb(_files, "s3", "DeleteObject"),
    "lists_files": Verb(_bucket, "s3", "ListBucket"),
    "encrypts": Verb(_key, "kms", "Encrypt GenerateDataKey"),
    "decrypts": Verb(_key, "kms", "Decrypt"),
}


# ── The table ─────────────────────────────────────────────────────────────────────────────────────


class Statement(NamedTuple):
    """Allow these actions on these resources, on an emulator on others; `condition` narrows it."""

    sid: str
    actions: list[str]
    arns: list[str]
    why: str = ""
    on_emulators: list[str] | None = None
    condition: str = ""


class _Loader(yaml.SafeLoader):
    """YAML in which a mapping has each key once: a merge may leave a row or a verb twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value]
        for key, _ in node.value:
            if keys.count(key.value) > 1:
                line = key.start_mark.line + 1
                raise SystemExit(f"infra/access.yaml, line {line}: {key.value} is there twice")
        return super().construct_mapping(node, deep)


def rows() -> dict[str, dict[str, Any]]:
    """What infra/access.yaml says of each role."""
    found: dict[str, dict[str, Any]] = yaml.load(FILE.read_text(), _Loader)  # noqa: S506  # a SafeLoader
    return found


def statements(row: str, said: Mapping[str, Any]) -> Iterator[Statement]:
    """What a row allows.

    SystemExit names the row and the verb of an unknown verb, of a name that no template declares,
    and of a name that is there twice.
    """
    unknown = set(said) - set(VERBS) - ABOUT_THE_ROLE - IN_TEMPLATE - {"also"}
    if unknown:
        raise SystemExit(f"infra/access.yaml: {row}: there is no verb {', '.join(sorted(unknown))}")
    for word in said:
        if word in VERBS:
            verb, names = VERBS[word], said[word]
            yield Statement(
                word.title().replace("_", ""),
                [f"{verb.service}:{action}" for action in verb.actions.split()],
                _arns(f"{row}, {word}", names, verb.arns),
                condition=_below(names) if word == "lists_files" and "/" not in names else "",
            )
    for also in said.get("also", []):
        if not set(ALSO) <= set(also) <= {*ALSO, *ALSO_MAY}:
            raise SystemExit(f"infra/access.yaml: {row}, also: {', '.join(ALSO)}, not {set(also)}")
        sid, why = also["sid"], also["why"]
        arns = _arns(f"{row}, {sid}", also["resources"], _any_resource)
        narrowed = also.get("on_emulators"), also.get("condition", "")
        yield Statement(sid, also["actions"], arns, why, *narrowed)


def _below(prefixes: list[str]) -> str:
    """The condition that only keys below these prefixes are listed."""
    keys = ", ".join(f"{prefix}*" for prefix in prefixes)
    return f'StringLike: {{"s3:prefix": {keys if len(prefixes) == 1 else f"[{keys}]"}}}'


def _arns(place: str, names: list[str], arns: Callable[[str], Iterator[str]]) -> list[str]:
    try:
        found = [arn for name in names for arn in arns(name)]
    except LookupError as error:
        raise SystemExit(f"infra/access.yaml: {place}: {error.args[0]}") from None
    if len(set(names)) < len(names):
        raise SystemExit(f"infra/access.yaml: {place}: a name is there twice in {names}")
    return list(dict.fromkeys(found))
