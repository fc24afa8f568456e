"""Tables as Markdown and as LaTeX. Not for what stands in them: see `report`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# What LaTeX reads as a command, and how it is written to be read as itself.
_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "−": "$-$",
    "Δ": r"$\Delta$",
    "·": r"$\cdot$",
    "±": r"$\pm$",
    "×": r"$\times$",
    "≥": r"$\ge$",
}


@dataclass(frozen=True)
class Table:
    """A caption, a header and rows of text, each as long as the header; the first column names."""

    title: str
    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        for row in self.rows:
            assert len(row) == len(self.header), (self.title, row)


def markdown(table: Table) -> str:
    """Return the table as GitHub shows it, under a heading."""

    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    ruler = "|---" + "|---:" * (len(table.header) - 1) + "|"
    rows = [line(table.header), ruler, *map(line, table.rows)]
    return f"## {table.title}\n\n{table.caption}\n\n" + "\n".join(rows) + "\n"


def latex(table: Table) -> str:
    """Return the table for a paper, with the rules of booktabs."""

    def line(cells: Sequence[str]) -> str:
        return " & ".join(map(escaped, cells)) + r" \\"

    columns = "l" + "r" * (len(table.header) - 1)
    return "\n".join(
        [
            r"\begin{table}",
            rf"\caption{{{escaped(table.title)}. {escaped(table.caption)}}}",
            rf"\begin{{tabular}}{{{columns}}}",
            r"\toprule",
            line(table.header),
            r"\midrule",
            *map(line, table.rows),
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
            "",
        ]
    )


def escaped(text: str) -> str:
    """Return text that LaTeX prints as it stands."""
    return "".join(_LATEX.get(one, one) for one in text)
