"""The pictures in docs/, made by the program itself: the terminal, an exported trace, the page.

Run: python benchmarks/pictures.py [FOLDER] with Chromium and playwright; docs/images by default.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from PIL import Image
from playwright.sync_api import sync_playwright
from rich.console import Console

SAY = "highlight cells that are empty or below 0"
WEB_FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
ORDERS = [
    ("Customer", "Status", "Amount"),
    ("Ames", "open", 1200),
    ("Brandt", "closed", 900),
    ("Cho", "open", 450),
    ("Diaz", "open", 3100),
    ("Eze", "closed", 1800),
    ("Fuji", "open", 75),
]


def terminal() -> str:
    """Return what `codefusion watch` shows at its second and after its last step, as an SVG."""
    from codefusion.quiet import quiet_libraries

    quiet_libraries()
    from codefusion.pipeline import load_pipeline
    from codefusion.watching import Watching

    console = Console(
        file=io.StringIO(), record=True, width=66, force_terminal=True, color_system="truecolor"
    )
    watching = Watching(SAY, 0)

    def on_step(rows: Any) -> None:
        watching.step(rows)
        if rows[0].step == 2:
            console.print(watching.picture(console.width))
            console.print()

    pipeline = load_pipeline("cf")
    pipeline.set_progress_bar_config(disable=True)
    pipeline(SAY, num_candidates=5, num_samples=5, num_inference_steps=8, on_step=on_step)
    console.print(watching.picture(console.width, ended=True))
    title = f'codefusion watch -l cf "{SAY}"'
    return WEB_FONT.sub("", console.export_svg(title=title, unique_id="watch"))


@contextmanager
def serving() -> Iterator[str]:
    """Run `codefusion serve` and yield where the page is."""
    command = [sys.executable, "-m", "codefusion", "serve", "cf", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        yield next(found[0] for line in server.stderr if (found := re.findall(r"http://\S+", line)))
        server.terminate()


def main() -> None:
    """Draw them all."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images")
    found = shutil.which("chromium") or shutil.which("google-chrome")
    flags = ["--no-sandbox", "--disable-gpu"]
    with (
        tempfile.TemporaryDirectory() as scratch,
        sync_playwright() as started,
        serving() as address,
    ):
        folder = Path(scratch)
        chromium = started.chromium.launch(executable_path=found, args=flags)

        def opened(where: str, width: int, height: int, scheme: str = "light") -> Any:
            page = chromium.new_page(
                viewport={"width": width, "height": height}, color_scheme=scheme
            )
            page.goto(where)
            return page

        def shoot(name: str, taken: bytes) -> None:
            # A third of the size, and nobody sees it.
            picture = Image.open(io.BytesIO(taken)).convert("RGB").quantize(96)
            picture.save(target / name, optimize=True)

        terminal_svg = terminal()
        (folder / "watch.svg").write_text(terminal_svg, encoding="utf-8")
        _, _, width, height = re.findall(r'viewBox="([^"]+)"', terminal_svg)[0].split()
        page = opened((folder / "watch.svg").as_uri(), round(float(width)), round(float(height)))
        shoot("watch.png", page.locator("svg").screenshot())

        trace = folder / "trace.html"
        command = [sys.executable, "-m", "codefusion", "watch", "-l", "cf", "--steps", "12", SAY]
        subprocess.run([*command, "--export", trace], check=True, capture_output=True)
        page = opened(trace.as_uri(), 1000, 700, "dark")
        page.get_by_label("Denoising step").fill("6")
        shoot("trace-page.png", page.screenshot(full_page=True))

        page = opened(address, 1000, 700)
        page.get_by_label("What should the program do?").fill(SAY)
        page.get_by_role("button", name="Generate").click()
        page.get_by_label("Denoising step").wait_for()
        page.get_by_label("Denoising step").fill("6")
        for at in (0, 1, 2):
            page.locator("#pins button").nth(at).click()
        page.evaluate("window.scrollTo(0, 0)")
        shoot("page-program.png", page.screenshot(full_page=True))

        book = Workbook()
        for row in ORDERS:
            book.active.append(row)
        book.save(folder / "orders.xlsx")
        page = opened(address, 1000, 600)
        page.get_by_role("tab", name="Workbook").click()
        page.get_by_label("Workbook (.xlsx").set_input_files(folder / "orders.xlsx")
        page.get_by_label("What should be highlighted?").fill("amounts above 1000")
        page.get_by_role("button", name="Preview").click()
        page.locator("#previewed").wait_for()
        shoot("page-workbook.png", page.screenshot(full_page=True))
        chromium.close()


if __name__ == "__main__":
    main()
