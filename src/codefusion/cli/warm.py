"""`codefusion warm`: start, end or look at the process that keeps a model loaded for `ask`.

Nothing but arguments and printing: what it does is said in `codefusion.warm`.
"""

from __future__ import annotations

from typing import Annotated

import typer

from codefusion.errors import UsageError

app = typer.Typer(help="Keep a model loaded, so that `ask` answers at once.", no_args_is_help=True)
NOT_RUNNING = 1


@app.command()
def start(
    model: Annotated[
        str, typer.Option("--model", "-m", help="Folder, Hub id or shipped name to load first.")
    ] = "bash",
    idle: Annotated[
        float, typer.Option(min=0.0, help="Minutes without a question after which it leaves.")
    ] = 10.0,
) -> None:
    """Start it in the background; return when it can answer."""
    from codefusion.checkpoints import resolve_folder
    from codefusion.warm import client

    folder = resolve_folder(model).resolve()
    running = client.status()
    if running is not None and running.get("current"):
        typer.echo(f"already running, process {running['pid']}")
        return
    client.stop()  # it is of another build, or stuck
    client.wait_until_ready(client.start(folder, 60.0 * idle))
    status()


@app.command()
def stop() -> None:
    """End it, also if it is stuck."""
    from codefusion.warm import client

    typer.echo("stopped" if client.stop() else "not running")


@app.command()
def status() -> None:
    """Say whether it runs, and what it has done; the exit code is 1 if it does not run."""
    from codefusion.warm import client

    found = client.status()
    if found is None:
        typer.echo("not running")
        raise typer.Exit(NOT_RUNNING)
    if "version" not in found:
        raise UsageError(f"process {found['pid']} does not answer; end it: codefusion warm stop")
    if not found["current"]:
        typer.echo("of another build of codefusion; the next question ends it")
    doing = "ready" if found["ready"] else "at work"
    typer.echo(
        f"{doing}, process {found['pid']}: {found['answered']} questions answered, leaves in "
        f"{found['leaves_in'] / 60:.0f} min, {found['peak_megabytes']} MB at most"
    )
