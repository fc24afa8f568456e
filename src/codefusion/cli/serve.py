"""`codefusion serve`: the page and the API of some models, on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from codefusion.errors import UsageError

KEY_VARIABLE = "CODEFUSION_API_KEY"
PORT = 8707


def serve(
    models: Annotated[
        list[str] | None,
        typer.Argument(help="Folders, Hub ids or shipped names, or NAME=FOLDER; all shipped ones."),
    ] = None,
    host: Annotated[str, typer.Option(help="Address; others than loopback need a key.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = PORT,
    api_key: Annotated[
        str | None, typer.Option(help=f"What clients must send; or in {KEY_VARIABLE}.")
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(help="A name under which browsers reach this machine. Repeatable."),
    ] = None,
    batch: Annotated[
        int, typer.Option(min=1, max=256, help="Most samples drawn together; 1: no batching.")
    ] = 128,
    waiting: Annotated[
        int, typer.Option(min=1, help="Requests that may wait for a model; more get 429.")
    ] = 128,
    timeout: Annotated[
        float, typer.Option(min=0.1, help="Seconds for an answer; longer gets 504.")
    ] = 60.0,
) -> None:
    """Serve a page, an API with traces, and an OpenAI-compatible one; see docs/api.md."""
    try:
        import fastapi  # noqa: F401  # an extra that not everybody has
    except ImportError as error:
        raise UsageError("this needs a web server: pip install 'codefusion[serve]'") from error
    from codefusion.checkpoints import resolve_folder, shipped_names

    named = _named(models or shipped_names())
    folders = {name: resolve_folder(one) for name, one in named.items()}
    key = api_key if api_key is not None else os.environ.get(KEY_VARIABLE)
    from codefusion.quiet import quiet_libraries
    from codefusion.web.server import bind, is_loopback, make_server

    if key is not None and not key.strip():
        raise UsageError(f"the API key is empty: set one, or neither --api-key nor {KEY_VARIABLE}")
    if key is None and not is_loopback(host):
        raise UsageError(
            f"anybody could use {host}: give an --api-key, or set {KEY_VARIABLE} (others on this "
            "machine can read the former)"
        )
    taken = bind(host, port)  # before the libraries load, which takes seconds
    quiet_libraries()
    from codefusion.pipeline import load_pipeline
    from codefusion.web.limits import Limits
    from codefusion.web.metrics import Metrics
    from codefusion.web.served import ServedModel
    from codefusion.web.service import Service

    limits = Limits(rows=batch, waiting=waiting, answer=timeout)
    served = {name: ServedModel(name, load_pipeline(folder)) for name, folder in folders.items()}
    service = Service(served, limits, Metrics())
    address, number = taken.getsockname()[:2]
    shown = f"[{address}]" if ":" in address else address
    line = f"serving {', '.join(served)} on http://{shown}:{number} (stop with Ctrl-C)"
    server = make_server(
        service,
        key,
        allow_host or (),
        on_start=lambda: print(f"codefusion: {line}", file=sys.stderr, flush=True),
    )
    server.run([taken])
    if not server.force_exit:
        service.close()


def _named(models: list[str]) -> dict[str, str]:
    """Return what to load by the name under which it is served."""
    named: dict[str, str] = {}
    for one in models:
        name, equals, source = one.partition("=")
        if not equals:
            name, source = Path(one).name or one, one
        if not name or not source:
            raise UsageError(f"{one!r} is no model; give a name, a folder, or NAME=FOLDER")
        if name in named:
            raise UsageError(f"two models would be called {name!r}; name them NAME=FOLDER")
        named[name] = source
    return named
