"""DynamoDB: models, queries, conditional writes, transactions, batches, counters.

Tables: `recounts`, `recount-lists`, `tallies`
Library: `attributes` (attribute types, quick reading of items), `batches` (many items at once),
  `changes` (one change of a stream), `conditions` (errors of conditional writes), `counters` (exact
  counts from a stream), `model` (the base of every table), `prefixes` (places of a search index),
  `projections` (items that follow from a record), `queries` (pages of tables and indexes),
  `recount_lists` (what was counted on), `recount_notes` (differences, progress), `recount_queries`
  (what a count should be), `recount_repairs` (storing it), `recounts` (finding and repairing wrong
  counts), `retries` (lost races and conflicts), `tables` (what services import), `tallies` (how
  often a thing happened within ten minutes), `transactions` (all writes or none), `versions`
  (reading items of an earlier version), `watermarks` (which changes of a stream an item has
  counted)
"""
