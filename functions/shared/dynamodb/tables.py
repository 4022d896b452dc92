"""All that services need of DynamoDB tables: import it from here.

Models, queries, conditional writes, transactions, batches and parallel calls each have a module of
their own.
"""

from shared.dynamodb.attributes import IntegerAttribute, JSONAttribute
from shared.dynamodb.batches import Key, read_items, send_writes, write_items
from shared.dynamodb.conditions import ConditionFailed, WriteConflict, conditions
from shared.dynamodb.model import Table, TableName
from shared.dynamodb.queries import query, resume_key
from shared.dynamodb.transactions import Transaction, retry_conflicts, transaction
from shared.parallel import in_parallel

__all__ = [
    "ConditionFailed",
    "IntegerAttribute",
    "JSONAttribute",
    "Key",
    "Table",
    "TableName",
    "Transaction",
    "WriteConflict",
    "conditions",
    "in_parallel",
    "query",
    "read_items",
    "resume_key",
    "retry_conflicts",
    "send_writes",
    "transaction",
    "write_items",
]
