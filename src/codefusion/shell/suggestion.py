"""A command to offer to a user, with all that is known of it.

Not for drawing commands from a model, nor for showing them (`view`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from codefusion.languages import get_language
from codefusion.shell.danger import Danger, Level, find_dangers
from codefusion.shell.explain import (
    Explanation,
    Missing,
    explain,
    missing_flags,
    missing_programs,
)
from codefusion.shell.manual import Manuals

BASH = "bash"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A command; `score`, in (0, 1], is its `Candidate`'s, None if no model was asked.

    Of a language other than bash only whether it is valid is known.
    """

    code: str
    language: str
    valid: bool
    score: float | None = None
    dangers: tuple[Danger, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    missing: tuple[Missing, ...] = ()

    @property
    def word(self) -> str | None:
        """The word that is to be typed before the command runs, None if it may just run."""
        kinds = [note.kind for note in self.dangers if note.level is Level.DANGER]
        return kinds[0] if kinds else None

    def as_json(self) -> dict[str, Any]:
        """Return what `codefusion ask --json` prints of it."""
        return {
            "code": self.code,
            "score": None if self.score is None else round(self.score, 4),
            "valid": self.valid,
            "dangers": [
                {**asdict(note), "level": note.level.name.lower()} for note in self.dangers
            ],
            "explanations": [asdict(one) for one in self.explanations],
            "missing": [asdict(one) for one in self.missing],
        }


def suggest(
    code: str, manuals: Manuals, language: str = BASH, score: float | None = None
) -> Suggestion:
    """Return a command with its validity, dangers and explanation; nothing is run."""
    valid = get_language(language).is_valid(code)
    if language != BASH:
        return Suggestion(code, language, valid, score)
    return Suggestion(
        code,
        language,
        valid,
        score,
        tuple(find_dangers(code)),
        tuple(explain(code, manuals)),
        (*missing_flags(code, manuals), *missing_programs(code)),
    )
