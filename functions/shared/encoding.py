"""JSON as Hoshi writes it: compact, and in UTF-8 rather than escapes."""

import json

to_json = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
