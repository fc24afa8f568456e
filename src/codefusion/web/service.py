"""The models that are served: found by name, asked with a time limit, given up with the client.

Not for HTTP beyond noticing that a client has gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Mapping, Sequence
from typing import Any, TypeVar

from starlette.requests import Request

from codefusion.errors import unknown_name
from codefusion.pipeline import Candidate
from codefusion.traces import TraceStep
from codefusion.web.batching import Batcher
from codefusion.web.errors import ApiError, ClientGoneError
from codefusion.web.limits import Limits
from codefusion.web.metrics import Metrics
from codefusion.web.served import Prepared, Question, ServedModel

T = TypeVar("T")
# Steps that a client may be behind; it then misses the oldest.
BACKLOG = 8


class Service:
    """Models by name, each with its queue and its thread."""

    def __init__(self, models: Mapping[str, ServedModel], limits: Limits, metrics: Metrics) -> None:
        self.models, self.limits, self.metrics = dict(models), limits, metrics
        self._batchers: dict[str, Batcher[Prepared, list[Candidate]]] = {
            name: Batcher(name, model.draw, limits, metrics) for name, model in models.items()
        }

    def find(
        self, name: str | None, language: str | None = None, to_revise: bool = False
    ) -> ServedModel:
        """Return the model of that name, else the first that writes the language, else the only.

        With `to_revise` the first that can revise, where any of those that fit can.
        Raises `ApiError`: 404 for a name that is not served, 400 where nothing says which.
        """
        if name is not None:
            if name not in self.models:
                message = str(unknown_name("model", name, self.models))
                raise ApiError(404, "model_not_found", message, "model")
            return self.models[name]
        fitting = [one for one in self.models.values() if language in (None, *one.languages)]
        if language is None and len(fitting) > 1:
            message = f"say which model: {', '.join(self.models)}"
            raise ApiError(400, "invalid_value", message, "model")
        if not fitting:
            known = sorted({each for one in self.models.values() for each in one.languages})
            message = str(unknown_name("language", language or "", known))
            raise ApiError(400, "invalid_value", message, "language")
        able = [one for one in fitting if one.revises] if to_revise else []
        return (able or fitting)[0]

    async def prepare(self, model: ServedModel, question: Question) -> Prepared:
        """Read a question; raises `UsageError`. A long one takes a while, and holds up nobody."""
        return await asyncio.to_thread(model.prepare, question)

    def ask(
        self, model: ServedModel, works: Sequence[Prepared]
    ) -> asyncio.Task[list[list[Candidate]]]:
        """Queue the questions of one request and return what will answer them: all or none.

        Raises `ApiError` (429) at once; the task raises one (504) later. Cancelling it gives up
        what still waits.
        """
        futures: list[asyncio.Future[list[Candidate]]] = []

        def give_up(_: object = None) -> None:
            for one in futures:
                one.cancel()

        try:
            for work in works:
                futures.append(asyncio.wrap_future(self._batchers[model.name].submit(work)))
        except ApiError:
            give_up()
            raise
        task = asyncio.create_task(self._in_time(futures))
        task.add_done_callback(give_up)
        return task

    async def _in_time(self, futures: Sequence[asyncio.Future[T]]) -> list[T]:
        try:
            async with asyncio.timeout(self.limits.answer):
                return list(await asyncio.gather(*futures))
        except TimeoutError:
            raise self.late() from None

    def late(self) -> ApiError:
        """Return the error for what took too long."""
        message = f"no answer within {self.limits.answer:g} s; ask for fewer samples or steps"
        return ApiError(504, "timeout", message)

    def close(self) -> None:
        """Finish what waits, and end the threads."""
        for one in self._batchers.values():
            one.close()


class Steps:
    """Denoising steps on their way from a model's thread to a client that may be slow."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Sequence[TraceStep]] = asyncio.Queue(BACKLOG)

    def put(self, rows: Sequence[TraceStep]) -> None:
        """Pass a step on; never waits, and may be called on any thread."""
        self._loop.call_soon_threadsafe(self._put, rows)

    def _put(self, rows: Sequence[TraceStep]) -> None:
        if self._queue.full():
            self._queue.get_nowait()
        self._queue.put_nowait(rows)

    async def until(self, done: asyncio.Future[T]) -> AsyncGenerator[Sequence[TraceStep], None]:
        """Yield the steps until `done` is; those still on their way then come first."""
        getter = asyncio.ensure_future(self._queue.get())
        try:
            while True:
                either: set[asyncio.Future[Any]] = {getter, done}
                await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
                if not getter.done():
                    return
                rows = getter.result()
                getter = asyncio.ensure_future(self._queue.get())
                yield rows
        finally:
            getter.cancel()


async def while_connected(request: Request, awaited: Awaitable[T]) -> T:
    """Await an answer for a client; raises `ClientGoneError` when it has gone before."""
    answer = asyncio.ensure_future(awaited)
    gone = asyncio.ensure_future(_gone(request))
    try:
        either: set[asyncio.Future[Any]] = {answer, gone}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            return answer.result()
        raise ClientGoneError
    finally:
        gone.cancel()
        answer.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
