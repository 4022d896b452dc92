"""What services need of DynamoDB tables, in one import.

Models, queries, conditional writes, transactions, batches and parallel calls each have a module.
"""

from shared.dynamodb.attributes import IntegerAttribute, JSONAttribute
from shared.dynamodb.batches import Found, Key, read_items, send_writes, write_items
from shared.dynamodb.conditions import ConditionFailed, LostRace, WriteConflict, conditions
from shared.dynamodb.model import Table, TableName
from shared.dynamodb.queries import query, resume_key
from shared.dynamodb.retries import retry_conflicts, retry_lost_races
from shared.dynamodb.transactions import Transaction, transaction
from shared.parallel import in_parallel, parallel_map

__all__ = [
    "ConditionFailed",
    "Found",
    "IntegerAttribute",
    "JSONAttribute",
    "Key",
    "LostRace",
    "Table",
    "TableName",
    "Transaction",
    "WriteConflict",
    "conditions",
    "in_parallel",
    "parallel_map",
    "query",
    "read_items",
    "resume_key",
    "retry_conflicts",
    "retry_lost_races",
    "send_writes",
    "transaction",
    "write_items",
]
