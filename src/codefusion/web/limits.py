"""How much one request, one client and the whole server may take.

Not for what a model can do: its configuration says that.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from codefusion.errors import UsageError

MAX_PROMPT = 4_000  # characters
MAX_CANDIDATES = 20
MAX_SAMPLES = 64
MAX_STEPS = 64
MAX_GUIDANCE = 10.0
MAX_TABLE = 100  # rows, and columns
MAX_PROMPTS = 16  # in one request of the OpenAI kind
MAX_TOKENS = 1_024
# Of what JavaScript holds exactly, with room for the samples' own seeds above it.
MAX_SEED = 2**53 - 1 - MAX_SAMPLES


@dataclass(frozen=True)
class Limits:
    """What the server allows; sizes in bytes, times in seconds.

    `waiting` requests may stand in a model's queue. A batch has `rows` samples at most (one
    request may be larger alone) and gathers for `window`. A request that is not answered within
    `answer` is given up; a body must have come within `body`; a client that reads nothing, or
    does not finish the head of a request, is cut off after `idle`. `connections` are open at most.

    Raises `UsageError` for one that is not above 0; `window` may be.
    """

    waiting: int = 128
    rows: int = 128
    window: float = 0.004
    answer: float = 60.0
    body: float = 10.0
    idle: float = 20.0
    connections: int = 512
    body_size: int = 256 * 1024
    book_size: int = 5 * 2**20
    unpacked_size: int = 50 * 2**20

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if value < 0 or (value == 0 and one.name != "window"):
                raise UsageError(f"the limit {one.name!r} must be above 0, got {value}")
