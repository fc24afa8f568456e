"""The command line's entry: its commands, and how errors leave it.

Nothing heavy is imported here: `--help` must answer at once.
"""

from __future__ import annotations

import typer

from codefusion import __version__
from codefusion.cli import (
    ask,
    benchmark,
    calibrate,
    data,
    evaluate,
    excel,
    export,
    generate,
    info,
    jury,
    serve,
    shell_init,
    train,
    warm,
    watch,
)
from codefusion.errors import told_in_one_line

app = typer.Typer(
    name="codefusion",
    help="Code generation by diffusion: a sentence in, several ranked programs out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    # Plain help: drawing it with rich takes longer than all the rest of the start.
    rich_markup_mode=None,
)
app.command("generate")(generate.generate)
app.command("watch")(watch.watch)
app.command("ask")(ask.ask)
app.add_typer(warm.app, name="warm")
app.command("shell-init")(shell_init.shell_init)
app.command("excel")(excel.excel)
app.command("serve")(serve.serve)
app.command("train")(train.train)
app.command("evaluate")(evaluate.evaluate)
app.command("jury")(jury.jury)
app.command("calibrate")(calibrate.calibrate)
app.command("benchmark")(benchmark.benchmark)
app.add_typer(data.app, name="data")
app.command("info")(info.info)
app.command("export")(export.export)


def _version(show: bool) -> None:
    if show:
        typer.echo(f"codefusion {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", help="Print the version.", callback=_version, is_eager=True
    ),
) -> None:
    pass


def main() -> None:
    """Run the command line; a user's mistake ends in one line on stderr."""
    told_in_one_line(app)
