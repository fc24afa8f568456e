"""What the tests of `codefusion generate` share: few and short draws, and what JSON lists."""

from __future__ import annotations

from typing import Any

QUICK = ("--steps", 2, "--samples", 4, "-k", 2)


def candidates(done: Any) -> list[dict[str, Any]]:
    """Return the candidates of the first utterance."""
    return list(done.json["results"][0]["candidates"])
