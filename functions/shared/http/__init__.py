"""HTTP endpoints: declaration, admission, validation and answer.

Tables: `idempotency`
Library: `admission` (whether a call may be made now), `endpoint` (the app of one route),
  `fields` (types of body and query fields), `idempotency` (repeated keys), `multipart` (forms
  with files), `paging` (signed cursors), `requests` (declarations, requests, answers)
"""
