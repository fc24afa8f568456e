"""Shares as people read them. Not for JSON, which has the number."""

from __future__ import annotations


def percent(share: float) -> str:
    """Return a share of 1 in percent, four characters wide: nothing but nothing is ` 0%`."""
    return " <1%" if 0.0 < share < 0.005 else f"{share:4.0%}"
