"""Tables: models, queries, conditional writes, transactions, batches, exact counters."""
