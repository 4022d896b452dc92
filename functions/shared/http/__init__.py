"""One HTTP endpoint: its declaration, request, validation, admission and answer."""
