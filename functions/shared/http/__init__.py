"""HTTP endpoints: declaration, admission, validation and answer.

Tables: `idempotency`
Library: `admission` (whether a call may be made now), `endpoint` (the app of one route), `enums`
  (words of answers), `fields` (types of body fields), `idempotency` (repeated keys), `multipart`
  (forms with files), `paging` (signed cursors), `queries` (parameters of queries), `requests`
  (declarations, requests, answers), `texts` (texts as they are stored)
"""
