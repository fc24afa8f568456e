"""Draw what `codefusion ask` shows of three commands.

Run: python examples/ask_picture.py ask.svg
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from codefusion.shell.manual import Manuals
from codefusion.shell.suggestion import suggest
from codefusion.shell.view import listed

COMMANDS = (
    "find . -name '*.log' -mtime +7 -print",
    "find . -name '*.log' -mtime +7 -delete",
    "ls -t *.log | tail -n +8 | xargs rm",
)
WIDTH = 92


def main(file: Path) -> None:
    """Write the picture as an SVG that needs nothing from a network."""
    console = Console(
        file=io.StringIO(), record=True, width=WIDTH, force_terminal=True, _environ={}
    )
    without_pages = Manuals([])  # the same picture on every machine
    for number, command in enumerate(COMMANDS, start=1):
        for line in listed(suggest(command, without_pages), number, WIDTH, True):
            console.print(Text.from_ansi(line))
    title = 'codefusion ask "delete logs older than a week"'
    picture = console.export_svg(title=title, unique_id="ask")
    file.write_text(re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
