"""Servers with tiny untrained models: one for all tests, and others with limits of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
import torch
from servers import Running, running

from codefusion.pipeline import CodePipeline, TokenPipeline
from codefusion.web.limits import Limits


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def pipelines(
    make_pipeline: Callable[..., Any], make_baseline: Callable[..., Any], tokenizer: Any
) -> dict[str, CodePipeline]:
    """Two that denoise, of two languages, and one that writes from the left."""
    left = TokenPipeline(make_baseline("autoregressive"), None, tokenizer)
    return {"bash": make_pipeline(), "cf": make_pipeline(languages=["cf"]), "left": left}


LIMITS = Limits(window=0.02, idle=5.0)


@pytest.fixture(scope="session")
def server(pipelines: dict[str, CodePipeline]) -> Iterator[Running]:
    """Shared by many tests, which must leave it as it was."""
    with running(pipelines, LIMITS) as one:
        yield one


@pytest.fixture
def start(pipelines: dict[str, CodePipeline]) -> Iterator[Callable[..., Running]]:
    """Return a function that starts a server of bash alone, with other limits."""
    with ExitStack() as stack:

        def make(key: str | None = None, hosts: Sequence[str] = (), **limits: Any) -> Running:
            only = {"bash": pipelines["bash"]}
            return stack.enter_context(running(only, replace(LIMITS, **limits), key, hosts))

        yield make
