"""Exports: a person's data from every service, in one archive.

Tables: `exports`
Publishes: `user.export_ready`
Consumes: `user.erased`
Library: `export_contents` (topics, files, README), `exports` (life cycle and shape), `models`
  (table), `zip_stream` (a ZIP uploaded while it is written)
"""
