"""`make run`: the local stack, ready to be called, from whatever state it is in."""

import importlib.util
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table

from infra.local.build import ROOT
from infra.local.deploy import deploy, remember, remembered
from infra.local.ministack import MiniStack, MiniStackError
from infra.local.sam import SamError

PORT = 4566
STATE = ROOT / ".local" / "state"
LOCALSTACK = f"http://localhost.localstack.cloud:{PORT}"

console = Console(highlight=False)


def main(stack: str) -> None:
    forget_aws_settings()
    began = time.monotonic()
    console.print(f"[bold]Hoshi[/] on {'LocalStack' if stack == 'localstack' else 'MiniStack'}")
    try:
        endpoint = find_localstack() if stack == "localstack" else start_ministack()
        with step("Stacks up to date") as say:
            outputs = deploy(endpoint, config_env=stack, say=say)
        seed(endpoint)
    except (MiniStackError, SamError) as error:
        console.print(f"[red]✗[/] {error}", markup=False)
        raise SystemExit(1) from error
    show(endpoint, outputs, time.monotonic() - began)


def forget_aws_settings() -> None:
    """Whatever profile, keys or endpoint the developer has set for AWS is not meant here."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]


def start_ministack() -> str:
    with step("MiniStack started"):
        return MiniStack(PORT, STATE).start(background=True).endpoint


def find_localstack() -> str:
    with step("LocalStack found"):
        try:
            urllib.request.urlopen(f"{LOCALSTACK}/_localstack/health", timeout=5).close()
        except (OSError, urllib.error.URLError) as error:
            start = "docker compose -f infra/local/compose.yaml up -d --wait"
            raise MiniStackError(f"No LocalStack on port {PORT}. Start one: {start}") from error
    return LOCALSTACK


def seed(endpoint: str) -> None:
    """Fill the demo network in, once: the note of it is lost with the people."""
    if importlib.util.find_spec("infra.local.seed") and not remembered(endpoint, "/hoshi/seeded"):
        with step("Demo network seeded") as say:
            module = importlib.import_module("infra.local.seed")
            module.seed(endpoint, say)
            remember(endpoint, "/hoshi/seeded", "yes")


@contextmanager
def step(done: str) -> Iterator[Callable[[str], None]]:
    """Show what goes on, then that it is done and how long it took."""
    began = time.monotonic()
    with console.status(f"{done} …") as status:
        yield lambda doing: status.update(f"{doing} …")
    console.print(f"[green]✓[/] {done} [dim]{time.monotonic() - began:.1f} s[/]")


def show(endpoint: str, outputs: dict[str, str], seconds: float) -> None:
    table = Table.grid(padding=(0, 3))
    table.add_column(style="dim")
    table.add_column(style="bold", overflow="fold")
    api = outputs["ApiUrl"]
    table.add_row("API", api)
    table.add_row("WebSocket", outputs["WebSocketUrl"] + "?token=…")
    table.add_row("Documentation", f"{api}/docs")
    table.add_row("AWS endpoint", f"{endpoint} (key test, secret test, us-east-1)")
    table.add_row("Mails", "make inbox")
    if importlib.util.find_spec("infra.local.seed"):
        for log_in in importlib.import_module("infra.local.seed").LOG_INS:
            table.add_row("Log-in", f"{log_in.username} / {log_in.password}")
    if endpoint != LOCALSTACK:
        table.add_row("Log file", str((STATE / "ministack.log").relative_to(ROOT)))
        table.add_row("End", "make stop (keeps the data) · make clean (forgets it)")
    console.print(f"\nReady in {seconds:.0f} s\n", table, "", sep="\n")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "local")
