"""`make run`: make the local stack ready, whatever state it is in."""

import os
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table

from infra.local import seed as demo
from infra.local.deploy import deploy, remember, remembered
from infra.local.ministack import MiniStack, MiniStackError
from infra.local.sam import ROOT, SamError

PORT = 4566
STATE = ROOT / ".local" / "state"

console = Console(highlight=False)


def main(stack: str) -> None:
    forget_aws_settings()
    began = time.monotonic()
    console.print(f"[bold]Hoshi[/] on {'LocalStack' if stack == 'localstack' else 'MiniStack'}")
    try:
        endpoint = find_localstack() if stack == "localstack" else start_ministack()
        with step("Stacks up to date") as say:
            outputs = deploy(endpoint, config_env=stack, say=say)
        seed(endpoint, outputs["ApiUrl"])
    except (MiniStackError, SamError, demo.SeedError) as error:
        console.print("[red]✗[/]", end=" ")
        console.print(error, markup=False, soft_wrap=True)
        raise SystemExit(1) from error
    show(stack, outputs, time.monotonic() - began)


def forget_aws_settings() -> None:
    """Drop the profile, keys and endpoint that the developer has set for AWS."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]


def start_ministack() -> str:
    with step("MiniStack started"):
        return MiniStack(PORT, STATE).start(background=True).endpoint


def find_localstack() -> str:
    endpoint = f"http://localhost:{PORT}"
    with step("LocalStack found"):
        try:
            urllib.request.urlopen(f"{endpoint}/_localstack/health", timeout=5).close()
        except OSError as error:
            start = "docker compose -f infra/local/compose.yaml up -d --wait"
            raise MiniStackError(f"No LocalStack on port {PORT}. Start one: {start}") from error
    return endpoint


def seed(endpoint: str, api_url: str) -> None:
    """Seed the demo network once: the note of it is lost together with the data."""
    if not remembered(endpoint, "/hoshi/seeded"):
        with step("Demo network seeded") as say:
            demo.seed(endpoint, api_url, say)
            remember(endpoint, "/hoshi/seeded", "yes")


@contextmanager
def step(done: str) -> Iterator[Callable[[str], None]]:
    """Show the running step, then that it is done and how long it took."""
    began = time.monotonic()
    with console.status(f"{done} …") as status:
        yield lambda doing: status.update(f"{doing} …")
    console.print(f"[green]✓[/] {done} [dim]{time.monotonic() - began:.1f} s[/]")


def show(stack: str, outputs: dict[str, str], seconds: float) -> None:
    api = outputs["PublicUrl"]
    rows = [
        ("API", api),
        ("WebSocket", outputs["WebSocketUrl"] + "?token=…"),
        ("Documentation", f"{api}/docs"),
        ("Mails", "make inbox"),
        ("AWS endpoint", f"http://localhost:{PORT} (key test, secret test, us-east-1)"),
    ]
    if stack == "local":
        rows += [
            ("Log", str((STATE / "ministack.log").relative_to(ROOT))),
            ("End", "make stop (keeps the data) · make clean (forgets it)"),
        ]
    rows += [("Log-in", f"{log_in.username} / {log_in.password}") for log_in in demo.LOG_INS]
    table = Table.grid(padding=(0, 3))
    table.add_column(style="dim")
    table.add_column(style="bold", overflow="fold")
    for row in rows:
        table.add_row(*row)
    console.print(f"\nReady in {seconds:.0f} s\n", table, "", sep="\n")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "local")
