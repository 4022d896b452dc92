"""Web: health, configuration, the documents of the API, and requests that match no route.

Library: `checks` (health checks), `documents` (JSON documents and HTML pages), `route_table`
  (the methods of a path)
"""
