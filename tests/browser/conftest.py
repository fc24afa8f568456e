"""A real Chromium, and a real server with the shipped model; skipped where there is no Chromium."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch
import uvicorn

from codefusion.pipeline import CodeFusionPipeline, CodePipeline, load_pipeline
from codefusion.web.app import create_app
from codefusion.web.gate import Gate
from codefusion.web.limits import Limits
from codefusion.web.metrics import Metrics
from codefusion.web.served import ServedModel
from codefusion.web.service import Service

# No sandbox: tests may run as root. No feature that would ask for a network.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome")


# Not of the session: its event loop counts as running in this thread, where other tests run theirs.
@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip(f"needs a browser: no {' or '.join(NAMES)} on this machine")
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=found, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def pipeline() -> CodeFusionPipeline:
    """The shipped one: what is shown of an untrained model would be noise."""
    torch.set_num_threads(1)
    loaded = CodeFusionPipeline.from_pretrained("cf")
    loaded.set_progress_bar_config(disable=True)
    return loaded


@pytest.fixture(scope="session")
def searching_pipeline() -> CodePipeline:
    """The shipped one that writes commands from the left."""
    torch.set_num_threads(1)
    loaded = load_pipeline("bash")
    loaded.set_progress_bar_config(disable=True)
    return loaded


@contextmanager
def serving(name: str, pipeline: CodePipeline, key: str | None = None) -> Iterator[str]:
    service = Service({name: ServedModel(name, pipeline)}, Limits(), Metrics())
    config = uvicorn.Config(create_app(service, Gate(), key), lifespan="off", log_level="error")
    running = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    running.should_exit = True
    thread.join()
    service.close()


@pytest.fixture(scope="module")
def server(browser: Any, pipeline: CodeFusionPipeline) -> Iterator[str]:
    """Where the page is."""
    with serving("cf", pipeline) as address:
        yield address


@pytest.fixture(scope="module")
def bash_server(browser: Any, searching_pipeline: CodePipeline) -> Iterator[str]:
    """The page of the model that writes commands."""
    with serving("bash", searching_pipeline) as address:
        yield address


@pytest.fixture
def locked_server(pipeline: CodeFusionPipeline) -> Iterator[str]:
    """The same behind the key "sesame"."""
    with serving("cf", pipeline, "sesame") as address:
        yield address


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """Return a function that opens an address; an error in its scripts fails the test."""
    contexts = []
    errors: list[str] = []

    def heard(said: Any) -> None:
        # That is for the page to deal with: tests answer with 400, or cut the network.
        if said.type == "error" and "Failed to load resource" not in said.text:
            errors.append(said.text)

    def visit(address: str, **options: Any) -> Any:
        context = browser.new_context(**{"reduced_motion": "reduce", **options})
        contexts.append(context)
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", heard)
        page.goto(address)
        return page

    yield visit
    for one in contexts:
        one.close()
    assert errors == []
