"""What the server counts, as Prometheus reads it.

Not for deciding anything: no limit depends on it.
"""

from __future__ import annotations

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from codefusion.web.errors import CLIENT_GONE

_SECONDS = (0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60)
_ROWS = (1, 4, 8, 16, 32, 64, 128, 256)


class Metrics:
    """The counters of one server; two servers in a process share none."""

    def __init__(self) -> None:
        registry = CollectorRegistry()
        self.registry = registry
        route = ("route", "status")
        self.requests = Counter("codefusion_requests", "Answers.", route, registry=registry)
        self.seconds = Histogram(
            "codefusion_request_seconds",
            "From a request's head to the end of its answer.",
            ("route",),
            buckets=_SECONDS,
            registry=registry,
        )
        model = ("model",)
        self.waiting = Gauge(
            "codefusion_queue_depth", "Requests waiting for a model.", model, registry=registry
        )
        self.batch_rows = Histogram(
            "codefusion_batch_rows", "Samples in a batch.", model, buckets=_ROWS, registry=registry
        )
        self.batch_requests = Histogram(
            "codefusion_batch_requests",
            "Requests in a batch.",
            model,
            buckets=_ROWS,
            registry=registry,
        )
        self.model_seconds = Counter(
            "codefusion_model_seconds", "Time a model was at work.", model, registry=registry
        )

    def text(self) -> bytes:
        """Return all of it in Prometheus' text format."""
        return generate_latest(self.registry)


class CountRequests:
    """Counts what is answered, by route and status."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, and count it however it ends."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        start, status = time.perf_counter(), CLIENT_GONE

        async def counted(message: Message) -> None:
            nonlocal status
            await send(message)
            if message["type"] == "http.response.start":
                status = message["status"]

        try:
            await self.app(scope, receive, counted)
        except Exception:
            status = 500
            raise
        finally:
            # A path that is no route would make as many series as anyone likes.
            route = getattr(scope.get("route"), "path", "other")
            self.metrics.requests.labels(route, status).inc()
            self.metrics.seconds.labels(route).observe(time.perf_counter() - start)
