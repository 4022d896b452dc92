"""The `sam` command with what samconfig.toml says, in an environment of its own."""

import json
import subprocess
import sys
import time
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.local.clients import CREDENTIALS
from infra.local.ministack import clean_environment

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "samconfig.toml"


class SamError(RuntimeError):
    """A `sam` command failed; the message ends with its last output."""


def sam(*arguments: str, more: Mapping[str, str]) -> None:
    """Run `sam` without the developer's environment, with the variables `more`."""
    environment = clean_environment(_home()) | CREDENTIALS | dict(more)
    environment |= {"SAM_CLI_TELEMETRY": "0", "SAM_CLI_POLL_DELAY": "0.2"}
    # All functions share one folder of code: it is built and packed once.
    environment |= {"SAM_CLI_BETA_BUILD_PERFORMANCE": "1", "SAM_CLI_BETA_PACKAGE_PERFORMANCE": "1"}
    command = Path(sys.executable).parent / "sam"
    done = subprocess.run(
        [str(command), *arguments, "--config-file", str(CONFIG)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        said = "\n".join(done.stdout.splitlines()[-40:])
        raise SamError(f"sam {arguments[0]} failed:\n{said}")


def _home() -> Path:
    """A home folder whose files keep `sam` from asking the internet for a newer version."""
    home = ROOT / ".local" / "home"
    notes = home / ".aws-sam" / "metadata.json"
    notes.parent.mkdir(parents=True, exist_ok=True)
    notes.write_text(json.dumps({"telemetryEnabled": False, "lastVersionCheck": time.time()}))
    return home


def stack_name(config_env: str) -> str:
    return str(_config(config_env)["global"]["parameters"]["stack_name"])


def parameters(config_env: str) -> dict[str, str]:
    """The template parameters that samconfig.toml gives."""
    pairs = _config(config_env)["deploy"]["parameters"].get("parameter_overrides", [])
    return dict(pair.split("=", 1) for pair in pairs)


def _config(config_env: str) -> dict[str, Any]:
    config: dict[str, Any] = tomllib.loads(CONFIG.read_text())[config_env]
    return config
