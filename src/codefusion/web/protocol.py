"""HTTP/1.1 that cuts off clients who neither read nor finish what they began to ask.

Not for slow models: those have time limits of their own (`service`).
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol


def patient_for(seconds: float) -> type[asyncio.Protocol]:
    """Return a protocol for uvicorn that waits so long, and no longer."""

    class PatientProtocol(H11Protocol):
        """Aborts when a client reads nothing, or when a request's head does not come."""

        _reading: asyncio.TimerHandle | None = None
        _writing: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            # Whatever the kernel does not take at once counts as unread.
            transport.set_write_buffer_limits(0)
            self._await_head()

        def connection_lost(self, exc: Exception | None) -> None:
            for timer in (self._reading, self._writing):
                if timer is not None:
                    timer.cancel()
            super().connection_lost(exc)

        def on_response_complete(self) -> None:
            super().on_response_complete()
            self._await_head()

        def pause_writing(self) -> None:
            super().pause_writing()
            self._writing = self.loop.call_later(seconds, self.transport.abort)

        def resume_writing(self) -> None:
            if self._writing is not None:
                self._writing.cancel()
            super().resume_writing()

        def _await_head(self) -> None:
            if self._reading is not None:
                self._reading.cancel()
            self._reading = self.loop.call_later(seconds, self._abort_unless_asked)

        def _abort_unless_asked(self) -> None:
            if self.cycle is None or self.cycle.response_complete:
                self.transport.abort()

    return PatientProtocol
