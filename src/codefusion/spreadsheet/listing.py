"""Candidate rules as JSON, for other programs; the command and the API give the same.

Not for showing them to a person (`drawing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from codefusion.spreadsheet.preview import disagreement
from codefusion.spreadsheet.suggestions import Refusal, Suggestion
from codefusion.spreadsheet.workbook import Region


def rules_as_json(
    region: Region,
    whole_rows: bool,
    suggestions: Sequence[Suggestion],
    refusals: Sequence[Refusal],
) -> dict[str, Any]:
    """Return the rules of a region, those refused, and where candidates disagree; areas as A1."""
    apart = disagreement([one.coloured for one in suggestions if not one.shades])
    return {
        "sheet": region.sheet.name,
        "range": str(region.area),
        "columns": [vars(column) for column in region.columns],
        "whole_rows": whole_rows,
        "notes": list(region.notes),
        "candidates": [
            {
                "rule": one.code,
                "score": None if one.score is None else round(one.score, 4),
                "range": one.formatting.range,
                "type": one.formatting.format.type,
                "formula": one.formatting.formula,
                "shades": one.shades,
                "coloured": len(one.coloured),
                "cells": [str(area) for area in one.coloured.areas(region.area)],
            }
            for one in suggestions
        ],
        "refused": [{"rule": one.code, "reason": one.reason} for one in refusals],
        "disagreement": [str(area) for area in apart.areas(region.area)],
    }
