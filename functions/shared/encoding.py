"""JSON as Hoshi writes it: compact, in UTF-8 instead of escapes."""

import json

to_json = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
