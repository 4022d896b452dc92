"""The deployed version."""

import os


def version() -> str:
    """The version that was deployed (parameter Version of template.yaml)."""
    return os.environ["VERSION"]
