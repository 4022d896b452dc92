"""The models and infra/foundation.yaml say the same about every table."""

from typing import Any

import pytest

from infra import templates
from infra.events import modules
from tests.unit.wiring.house import handlers, handlers_made_by, imported

TABLES = {
    templates.name_of(table["TableName"]): table
    for table in templates.resources(templates.FOUNDATION, "AWS::DynamoDB::Table").values()
}


def table_names(model: Any) -> str:
    """A model's table without the stack's prefix, which only a deployment knows."""
    return str(vars(model.Meta)["table_name"].name)


def all_models() -> dict[str, Any]:
    """Every model by its table."""
    from shared.dynamodb.tables import Table

    for module in modules():
        if module.endswith(".models") or module.startswith("shared."):
            imported(module)
    return {
        table_names(model): model
        for model in subclasses(Table)
        if "Meta" in vars(model) and not model.__module__.startswith("tests.")
    }


def subclasses(kind: type) -> list[type]:
    return [each for direct in kind.__subclasses__() for each in [direct, *subclasses(direct)]]


MODELS = all_models()


def test_every_table_has_a_model_and_every_model_a_table() -> None:
    unmodelled = sorted(set(TABLES) - set(MODELS))
    assert not unmodelled, (
        f"infra/foundation.yaml has tables that no models.py describes: {unmodelled}"
    )
    missing = sorted(set(MODELS) - set(TABLES))
    assert not missing, f"declare these tables in infra/foundation.yaml: {missing}"


@pytest.mark.parametrize("table", sorted(set(TABLES) & set(MODELS)))
def test_keys_are_the_same(table: str) -> None:
    declared = TABLES[table]
    model_keys = keys_of(MODELS[table])
    assert key_schema(declared) == model_keys, (
        f"infra/foundation.yaml: {table} must have the keys {model_keys}"
    )


@pytest.mark.parametrize("table", sorted(set(TABLES) & set(MODELS)))
def test_indexes_are_the_same(table: str) -> None:
    declared = {
        index["IndexName"]: (key_schema(index), projection_of(index))
        for index in TABLES[table].get("GlobalSecondaryIndexes", [])
    }
    modelled = {
        index.Meta.index_name: (keys_of(index), modelled_projection(index))
        for index in MODELS[table]._indexes.values()
    }
    assert declared == modelled, f"infra/foundation.yaml: {table} must have the indexes {modelled}"


@pytest.mark.parametrize("table", sorted(set(TABLES) & set(MODELS)))
def test_key_attributes_have_the_types_of_the_model(table: str) -> None:
    declared = {
        each["AttributeName"]: each["AttributeType"]
        for each in TABLES[table]["AttributeDefinitions"]
    }
    model = MODELS[table]
    keys = [*keys_of(model).values()]
    for index in model._indexes.values():
        keys += keys_of(index).values()
    modelled = {name: attribute_types(model)[name] for name in keys}
    assert declared == modelled, (
        f"infra/foundation.yaml: {table}'s AttributeDefinitions must be {modelled}"
    )


@pytest.mark.parametrize("table", sorted(set(TABLES) & set(MODELS)))
def test_what_expires_says_when(table: str) -> None:
    expiry = TABLES[table].get("TimeToLiveSpecification", {}).get("AttributeName")
    has_field = "expires_at" in attribute_types(MODELS[table])
    assert expiry in (None, "expires_at"), f"{table}: the attribute of TTL is expires_at everywhere"
    assert has_field == (expiry is not None), (
        f"{table}: the model {'has' if has_field else 'lacks'} expires_at and foundation.yaml "
        f"{'has' if expiry else 'lacks'} TimeToLiveSpecification; make them agree"
    )


@pytest.mark.parametrize("table", sorted(TABLES))
def test_tables_are_safe(table: str) -> None:
    declared = TABLES[table]
    assert declared["BillingMode"] == "PAY_PER_REQUEST", f"{table}: on demand"
    assert declared["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], (
        f"{table}: PITR"
    )
    assert declared["SSESpecification"]["SSEEnabled"], f"{table}: encrypt it"


def streams_of(module: str) -> set[str]:
    """The tables whose streams are sources of a Lambda in template.yaml."""
    return {
        templates.name_of(source["Stream"]["Fn::ImportValue"]).removesuffix("-stream")
        for function in templates.functions().values()
        if ".".join(templates.module_of(function)) == module
        for source in templates.sources(function, "DynamoDB")
    }


@pytest.mark.parametrize("module", handlers_made_by("stream"))
def test_a_stream_lambda_gets_the_streams_it_watches(module: str) -> None:
    watched = set(imported(module).app._models)
    assert streams_of(module) == watched, (
        f"template.yaml: {module} must have the streams of {watched}"
    )


@pytest.mark.parametrize("module", handlers_made_by("stream"))
def test_a_counted_stream_names_its_shards(module: str) -> None:
    """Lambda names the shard of a batch to functions with a tumbling window alone. Batches of one
    shard in parallel, which AWS refuses beside a window, would have no order of their own."""
    counters = imported(module).app._counters
    counted = {vars(model.Meta)["table_name"].name for model in counters} | {"messages"}
    for function in templates.functions().values():
        if ".".join(templates.module_of(function)) == module:
            for source in templates.sources(function, "DynamoDB"):
                table = templates.name_of(source["Stream"]["Fn::ImportValue"])
                if table.removesuffix("-stream") in counted:
                    assert source.get("TumblingWindowInSeconds"), f"template.yaml: {table}"
                    assert source.get("ParallelizationFactor", 1) == 1, f"template.yaml: {table}"


def test_what_is_recounted_is_listed_and_nothing_else() -> None:
    """A counter lists its items for the recount of its own count, with the same watermark."""
    listed = {
        (table_names(counter.target), counter.sequence)
        for module in handlers_made_by("stream")
        for counters in imported(module).app._counters.values()
        for counter in counters
        if counter.is_recounted
    }
    recounted = {
        (table_names(model), counting.watermark)
        for module in handlers()
        for model, countings in getattr(imported(module), "_COUNTINGS", {}).items()
        for counting in countings
        if counting.watermark
    }
    assert recounted
    assert listed == recounted


def test_a_table_streams_where_a_lambda_listens() -> None:
    streaming = {name for name, table in TABLES.items() if "StreamSpecification" in table}
    consumed = {
        table
        for function in templates.functions().values()
        for table in streams_of(".".join(templates.module_of(function)))
    }
    missing, unused = consumed - streaming, streaming - consumed
    assert not missing, f"infra/foundation.yaml: StreamSpecification for {missing}"
    assert not unused, f"no Lambda consumes the streams of {unused}: drop them"


def test_streams_are_exported() -> None:
    outputs = templates.load(templates.FOUNDATION)["Outputs"].values()
    exported = {
        templates.name_of(output["Export"]["Name"]).removesuffix("-stream")
        for output in outputs
        if "Export" in output
    }
    streaming = {name for name, table in TABLES.items() if "StreamSpecification" in table}
    assert exported == streaming, (
        f"infra/foundation.yaml: Outputs must export the streams of {streaming}"
    )


def key_schema(declared: dict[str, Any]) -> dict[str, str]:
    return {key["KeyType"]: key["AttributeName"] for key in declared["KeySchema"]}


def keys_of(model: Any) -> dict[str, str]:
    """The keys of a model or of an index."""
    attributes = (
        model.get_attributes() if hasattr(model, "get_attributes") else model.Meta.attributes
    )
    keys = {}
    for attribute in attributes.values():
        if attribute.is_hash_key:
            keys["HASH"] = attribute.attr_name
        elif attribute.is_range_key:
            keys["RANGE"] = attribute.attr_name
    return dict(sorted(keys.items()))


def attribute_types(model: Any) -> dict[str, str]:
    return {each.attr_name: each.attr_type for each in model.get_attributes().values()}


def projection_of(index: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    projection = index["Projection"]
    return projection["ProjectionType"], tuple(sorted(projection.get("NonKeyAttributes", [])))


def modelled_projection(index: Any) -> tuple[str, tuple[str, ...]]:
    projection = index.Meta.projection
    return projection.projection_type, tuple(sorted(projection.non_key_attributes or []))
