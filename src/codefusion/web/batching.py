"""One thread owns a model; requests that wait are drawn together.

Not for what a batch is made of (`served`), nor for who waits for it (`service`).
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from codefusion.web.errors import ApiError
from codefusion.web.limits import Limits
from codefusion.web.metrics import Metrics


class Work(Protocol):
    """What can be drawn: so many rows, together with all work of the same `kind`."""

    @property
    def rows(self) -> int: ...  # noqa: D102

    @property
    def kind(self) -> Hashable: ...  # noqa: D102


W = TypeVar("W", bound=Work)
R = TypeVar("R")


class Answer(Future[R]):
    """An answer to come; cancelled, it is not wanted any more, even if it is under way."""

    wanted = True

    def cancel(self) -> bool:
        """Give it up; as for any future, False when it can't be undone."""
        self.wanted = False
        return super().cancel()


@dataclass(eq=False)
class Job(Generic[W, R]):
    """Work that waits for its turn; cancelling `future` before it takes it out of the queue."""

    work: W
    future: Answer[R] = field(default_factory=Answer)


class Batcher(Generic[W, R]):
    """Hands batches of work to `draw`, on a thread of its own, in the order of their arrival.

    `draw` returns an answer for each; what it raises is the answer of all. It may ask at any time
    whether one of them is wanted still.
    """

    def __init__(
        self,
        name: str,
        draw: Callable[[Sequence[W], Callable[[], bool]], Sequence[R]],
        limits: Limits,
        metrics: Metrics,
    ) -> None:
        self._name, self._draw, self._limits, self._metrics = name, draw, limits, metrics
        self._waiting: deque[Job[W, R]] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._pace = 0.0  # seconds a row has taken lately
        metrics.waiting.labels(name).set_function(lambda: len(self._waiting))
        self._thread = threading.Thread(target=self._work, name=f"model {name}", daemon=True)
        self._thread.start()

    def submit(self, work: W) -> Future[R]:
        """Queue some work; raises `ApiError` (429) where too much waits already."""
        job: Job[W, R] = Job(work)
        with self._changed:
            if refusal := self._refusal():
                raise refusal
            self._waiting.append(job)
            self._changed.notify()
        job.future.add_done_callback(lambda _: self._forget(job))
        return job.future

    def _refusal(self) -> ApiError | None:
        seconds = math.ceil(self._pace * sum(job.work.rows for job in self._waiting))
        # What might not be answered in time is not begun: it would only delay the others.
        if len(self._waiting) < self._limits.waiting and seconds <= self._limits.answer / 2:
            return None
        after = str(max(1, seconds))
        message = f"{len(self._waiting)} requests wait for {self._name!r} already"
        return ApiError(
            429, "queue_full", f"{message}; try again in {after} s", headers={"Retry-After": after}
        )

    def close(self) -> None:
        """Finish what waits, then end the thread."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()

    def _forget(self, job: Job[W, R]) -> None:
        with self._changed:
            if job in self._waiting:  # else it has been taken
                self._waiting.remove(job)

    def _work(self) -> None:
        while (batch := self._next()) is not None:
            # Those that were cancelled since are left out.
            batch = [job for job in batch if job.future.set_running_or_notify_cancel()]
            if batch:
                self._answer(batch)

    def _answer(self, batch: Sequence[Job[W, R]]) -> None:
        rows, start = sum(job.work.rows for job in batch), time.perf_counter()
        self._metrics.batch_rows.labels(self._name).observe(rows)
        self._metrics.batch_requests.labels(self._name).observe(len(batch))
        try:
            works = [job.work for job in batch]
            answers = self._draw(works, lambda: any(job.future.wanted for job in batch))
        except Exception as error:  # whatever it is, the clients learn of it, and the thread lives
            for job in batch:
                job.future.set_exception(error)
            return
        finally:
            taken = time.perf_counter() - start
            self._pace = 0.8 * self._pace + 0.2 * taken / rows
            self._metrics.model_seconds.labels(self._name).inc(taken)
        for job, answer in zip(batch, answers, strict=True):
            job.future.set_result(answer)

    def _next(self) -> list[Job[W, R]] | None:
        """Wait for work and return a batch of it; None when closed and empty."""
        with self._changed:
            while not self._waiting:
                if self._closing:
                    return None
                self._changed.wait()
            end = time.monotonic() + self._limits.window
            # The first waits a moment for company: a client that asks often does not ask alone.
            while not self._closing and not self._is_full():
                left = end - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    break
            return self._take()

    def _is_full(self) -> bool:
        return sum(job.work.rows for job in self._waiting) >= self._limits.rows

    def _take(self) -> list[Job[W, R]]:
        batch: list[Job[W, R]] = []
        rows = 0
        for job in list(self._waiting):
            if batch and job.work.kind != batch[0].work.kind:
                continue
            if batch and rows + job.work.rows > self._limits.rows:
                break  # not a smaller one behind it: it would overtake
            batch.append(job)
            rows += job.work.rows
            self._waiting.remove(job)
        return batch
