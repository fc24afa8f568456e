"""What may go wrong when a command is run, found on its syntax tree.

Not a sandbox and not a proof: a command without a note may still do harm, above all by the scripts
and programs that it calls, whose texts are not read.
"""

from __future__ import annotations

from collections.abc import Iterator

from codefusion.shell.calls import Reading
from codefusion.shell.notes import Danger, Level
from codefusion.shell.reader import read_calls
from codefusion.shell.rules import call_dangers, code_dangers, redirect_dangers

__all__ = ["Danger", "Level", "find_dangers"]


def find_dangers(command: str) -> list[Danger]:
    """Return what may go wrong, in order of the text, one note of each kind for each place.

    For any text: what cannot be read is itself a danger. Nothing is run, and no file looked at.
    """
    found: dict[tuple[str, int, int], Danger] = {}
    for note in _notes(command, read_calls(command)):
        key = (note.kind, *note.span)
        if key not in found or note.level > found[key].level:
            found[key] = note
    return sorted(found.values(), key=lambda note: (note.span, -note.level))


def _notes(command: str, reading: Reading) -> Iterator[Danger]:
    for start, end in reading.broken[:1]:
        yield Danger(
            "unreadable",
            Level.DANGER,
            (start, end),
            "Its syntax is broken or unusual from here on, so what it does cannot be told.",
        )
    for span in reading.too_deep[:1]:
        why = "Nested too deeply, or to be read in too many ways, to be checked."
        yield Danger("unreadable", Level.DANGER, span, why)
    for place, letter in enumerate(command):
        if not letter.isprintable() and letter not in "\n\t":
            sentence = f"Holds an invisible character (U+{ord(letter):04X}); others may be hidden."
            yield Danger("hidden", Level.DANGER, (place, place + 1), sentence)
            break
    for call in reading.calls:
        yield from call_dangers(call)
    for redirect in reading.redirects:
        yield from redirect_dangers(redirect)
    yield from code_dangers(reading)
