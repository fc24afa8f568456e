"""The named styles that a rule may give to cells.

Not for the shades of colour scales, which are values (`formatting`).
"""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle

from codefusion.errors import unknown_name


@dataclass(frozen=True)
class Style:
    """Colours as six hexadecimal digits each, None for those of the cell, and whether bold."""

    fill: str | None = None
    text: str | None = None
    bold: bool = False

    def differential(self) -> DifferentialStyle:
        """Return it as a workbook stores it."""
        return DifferentialStyle(
            font=Font(bold=self.bold or None, color=self.text and f"FF{self.text}"),
            fill=PatternFill(bgColor=f"FF{self.fill}") if self.fill else None,
        )


# Dark letters on a light ground, which print and are told apart in shades of grey.
STYLES = {
    "red": Style("FFC7CE", "9C0006"),
    "yellow": Style("FFEB9C", "7F6000"),
    "green": Style("C6EFCE", "006100"),
    "blue": Style("BDD7EE", "1F4E78"),
    "orange": Style("F8CBAD", "833C0B"),
    "grey": Style("D9D9D9", "404040"),
    "bold": Style(bold=True),
}


def parse_style(text: str) -> Style:
    """Return the style of a name, or of several joined by commas; raises `UsageError`."""
    fill, letters, bold = None, None, False
    for name in text.split(","):
        if name.strip().lower() not in STYLES:
            raise unknown_name("style", name.strip(), STYLES)
        style = STYLES[name.strip().lower()]
        fill, letters = style.fill or fill, style.text or letters
        bold = bold or style.bold
    return Style(fill, letters, bold)
