"""Programs denoising in a terminal: a row for each draw, redrawn at every step, or plain lines.

Not for drawing programs (`pipeline`), nor for pictures (`evaluation.figures`) or pages (`web`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console, Group
from rich.live import Live
from rich.style import Style
from rich.text import Text

from codefusion.shell.terminal import may_colour
from codefusion.shell.view import visible
from codefusion.traces import TraceStep, settling_steps

# From unsure to sure, like the pictures: readable on dark and on light, as each brings its ink.
_SHADES = ("#f7fbff", "#d6e6f4", "#abd0e6", "#6aaed6", "#2f7bb8", "#0d4f8b")
_DARK_FROM = 4
# Where each shade begins: the surest lie close, as trained models are mostly sure.
_LEVELS = (0.25, 0.5, 0.75, 0.9, 0.97)
# Said without colour, too.
_UNSURE = 0.5
_MARGIN = 12


@dataclass(frozen=True)
class Cell:
    """A token as it is shown, and below it the step at which it settled, if that is known."""

    text: str
    confidence: float
    note: str = ""

    @property
    def width(self) -> int:
        """Columns of the terminal."""
        return max(cell_len(self.text), cell_len(self.note))

    @property
    def style(self) -> Style:
        """The surer, the darker; underlined where it is more likely wrong than right."""
        level = bisect_right(_LEVELS, self.confidence)
        ink = "#ffffff" if level >= _DARK_FROM else "#101820"
        return Style(color=ink, bgcolor=_SHADES[level], underline=self.confidence < _UNSURE)


class Watching:
    """What is shown of one utterance's draws.

    `measure` names what falls from step to step, such as noise; `total` is the number of steps,
    None where it is not known beforehand.
    """

    def __init__(self, utterance: str, first_seed: int) -> None:
        self.utterance = utterance
        self.measure = "noise"
        self.total: int | None = None
        self._first_seed = first_seed
        self._rows: Sequence[TraceStep] = ()
        self._traces: list[list[TraceStep]] = []

    def step(self, rows: Sequence[TraceStep]) -> None:
        """Take the next step of every draw."""
        self._rows = rows
        self._traces = self._traces or [[] for _ in rows]
        for trace, one in zip(self._traces, rows, strict=True):
            trace.append(one)

    @property
    def heading(self) -> str:
        """Where the draws are."""
        if not self._rows:
            return "loading the model"
        one = self._rows[0]
        of = f" of {self.total}" if self.total else ""
        return f"step {one.step}{of}, {self.measure} {one.noise_level:.0%}"

    def seeds(self) -> Iterator[tuple[int, TraceStep]]:
        """Yield the draws as they are now, with their seeds."""
        return enumerate(self._rows, start=self._first_seed)

    def settled(self) -> list[tuple[int, ...]]:
        """Return the step from which each token of each draw stands."""
        return [settling_steps(trace) for trace in self._traces]

    def picture(self, width: int, ended: bool = False) -> Group:
        """Return all draws, `width` columns wide, with the settling steps if all have `ended`."""
        lines = [Text(visible(self.utterance), style="bold")]
        settled = self.settled() if ended else []
        for index, (seed, one) in enumerate(self.seeds()):
            notes = map(str, settled[index]) if ended else iter([""] * len(one.tokens))
            cells = [
                Cell(_shown(token), sure, note)
                for token, sure, note in zip(one.tokens, one.confidence, notes, strict=True)
            ]
            head = f"{seed:>5} {_sure(one):>4}  "
            for number, line in enumerate(_wrapped(cells, max(width - _MARGIN, 8))):
                lines.append(Text(head if number == 0 else " " * _MARGIN).append_text(line))
        if self._rows:
            lines.insert(1, Text(" seed sure  program", style="dim"))
        last = self.heading if not ended else "below each token: the step from which it stands"
        lines.append(Text(last, style="dim"))
        return Group(*lines)

    def plain(self) -> Iterator[str]:
        """Yield the draws as they are now, for a reader that is no terminal."""
        for seed, one in self.seeds():
            yield f"{self.heading}, seed {seed}, sure {_sure(one)}: {visible(one.code)}"


class Screen:
    """Shows a `Watching` on a stream: in place on a terminal, else line by line."""

    def __init__(self, watching: Watching, stream: TextIO, live: Live | None) -> None:
        self._watching, self._stream, self._live = watching, stream, live

    @property
    def live(self) -> bool:
        """Whether somebody watches."""
        return self._live is not None

    def show(self, ended: bool = False) -> None:
        """Draw what there is now; once more with the settling steps when all have `ended`."""
        if self._live is not None:
            width = self._live.console.width
            self._live.update(self._watching.picture(width, ended), refresh=True)
        elif ended:
            for (seed, _), settled in zip(
                self._watching.seeds(), self._watching.settled(), strict=True
            ):
                steps = " ".join(map(str, settled))
                self._stream.write(f"seed {seed}, tokens settled at step: {steps}\n")
        else:
            self._stream.writelines(line + "\n" for line in self._watching.plain())
            self._stream.flush()


@contextmanager
def screen(watching: Watching, stream: TextIO) -> Iterator[Screen]:
    """Open a screen on a stream; a terminal is left as it was found."""
    if not stream.isatty() or not moves(stream):
        yield Screen(watching, stream, None)
        return
    console = Console(file=stream, no_color=not may_colour(stream), highlight=False)
    # No thread redraws it: it changes with the steps only.
    with Live(console=console, auto_refresh=False) as live:
        opened = Screen(watching, stream, live)
        opened.show()
        yield opened


def moves(stream: TextIO) -> bool:
    """Whether the cursor can be moved on a terminal: what was drawn can be drawn over."""
    return not Console(file=stream).is_dumb_terminal


def _wrapped(cells: Sequence[Cell], width: int) -> Iterator[Text]:
    """Yield the cells line by line, each line followed by that of its notes if it has any."""
    noted = any(cell.note for cell in cells)
    line, notes, used = Text(), Text(), 0
    for cell in cells:
        size = cell.width if noted else cell_len(cell.text)
        if used and used + size > width:
            yield line
            if noted:
                yield notes
            line, notes, used = Text(), Text(), 0
        line.append(cell.text + " " * (size - cell_len(cell.text)), cell.style)
        notes.append(cell.note.ljust(size), "dim" if cell.note == "1" else "bold dark_orange")
        if noted:
            line.append(" ")
            notes.append(" ")
        used += size + noted
    yield line
    if noted:
        yield notes


def _sure(one: TraceStep) -> str:
    """Return the mean confidence in the tokens of a program, nothing for an empty one."""
    return f"{sum(one.confidence) / len(one.confidence):.0%}" if one.confidence else "-"


def _shown(token: str) -> str:
    """Make a token visible that is white space, or only a part of a character."""
    return visible(token) if token.strip() else visible(token).replace(" ", "␣") or "·"
