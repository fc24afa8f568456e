"""`codefusion watch`: live on a real terminal, line by line elsewhere, and as a page."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pseudo_terminal import PseudoTerminal

from codefusion.pipeline import TokenPipeline

Run = Callable[..., Any]
QUICK = ("--steps", 3, "-k", 2)
DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="session", params=["autoregressive", "masked"])
def baseline(
    request: Any,
    make_baseline: Callable[..., Any],
    tokenizer: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[str, Path]:
    folder = tmp_path_factory.mktemp("checkpoint") / request.param
    TokenPipeline(make_baseline(request.param), None, tokenizer).save_pretrained(folder)
    return request.param, folder


def programs(done: Any) -> list[str]:
    return [line.split(maxsplit=3)[-1] for line in done.lines]


def test_without_a_terminal_each_draw_has_a_plain_line_at_each_step(
    codefusion: Run, checkpoint: Path
) -> None:
    done = codefusion("watch", "list", "all", "files", "-m", checkpoint, *QUICK, "--seed", 7)
    heads = [line.split(", sure")[0] for line in done.stderr.splitlines()]
    noise = [re.sub(r"noise \d+%", "noise", head) for head in heads[:6]]
    assert noise == [
        f"step {step} of 3, noise, seed {seed}" for step in (1, 2, 3) for seed in (7, 8)
    ]
    assert all(line.startswith("seed ") for line in heads[6:])
    assert len(heads) == 8
    assert "\x1b" not in done.stderr + done.stdout


def test_stdout_has_what_generate_says_of_the_same_draws(codefusion: Run, checkpoint: Path) -> None:
    arguments = ("list all files", "-m", checkpoint, "--steps", 3, "-k", 3)
    watched = codefusion("watch", *arguments)
    assert watched.stdout == codefusion("generate", *arguments, "--samples", 3).stdout
    assert watched.code == codefusion("generate", *arguments, "--samples", 3).code


def test_a_baseline_is_watched_too(
    codefusion: Run, baseline: tuple[str, Path], tmp_path: Path
) -> None:
    kind, folder = baseline
    page = tmp_path / "trace.html"
    done = codefusion("watch", "list all", "-m", folder, "-l", "bash", *QUICK, "--export", page)
    assert '"still open"' in page.read_text(encoding="utf-8")
    first = done.stderr.splitlines()[0]
    # How long it will be, what is written from the left does not know before.
    expected = "step 1, still open" if kind == "autoregressive" else "step 1 of 3, still open"
    assert first.startswith(expected)
    assert programs(done)


def test_a_revision_is_watched_too(codefusion: Run, checkpoint: Path) -> None:
    revising = ("--edit", "ls -lS notes.txt", "--keep", "notes.txt")
    done = codefusion("watch", "list all files", "-m", checkpoint, *QUICK, *revising)
    assert all("notes.txt" in line for line in done.stderr.splitlines()[:6])
    assert all("notes.txt" in code for code in programs(done))


def test_what_is_missing_is_said_in_one_line(codefusion: Run, checkpoint: Path) -> None:
    assert "nothing to watch" in codefusion("watch").refusal(2)
    assert "which language" in codefusion("watch", "list").refusal(2)
    assert "no model" in codefusion("watch", "list", "-m", "nowhere").refusal(1)


def test_an_export_is_one_page_with_every_step_that_loads_nothing(
    codefusion: Run, checkpoint: Path, tmp_path: Path
) -> None:
    page = tmp_path / "trace.html"
    done = codefusion("watch", "a <b> & c", "-m", checkpoint, *QUICK, "--export", page)
    assert done.stderr.endswith(f"wrote {page}\n")
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"""(src|href)=["']?(http|//)|@import|url\(""", text)
    assert "<h1>a &lt;b&gt; &amp; c</h1>" in text
    (data,) = re.findall(r'<script type="application/json" id="answer">(.*?)</script>', text)
    candidates = json.loads(data)["candidates"]
    assert [len(one["trace"]) for one in candidates] == [3] * len(candidates)
    assert all(one["trace"][-1]["code"] == one["code"] for one in candidates)


def test_generate_writes_such_a_page_too(codefusion: Run, checkpoint: Path, tmp_path: Path) -> None:
    page = tmp_path / "trace.html"
    done = codefusion("generate", "list", "-m", checkpoint, *QUICK, "--trace-html", page, "--json")
    assert done.stderr == f"wrote {page}\n"
    first = done.json["results"][0]["candidates"][0]
    assert json.dumps(first["code"], ensure_ascii=False).replace("<", "\\u003c") in page.read_text()


def test_an_export_that_cannot_be_written_is_one_line(
    codefusion: Run, checkpoint: Path, tmp_path: Path
) -> None:
    nowhere = tmp_path / "no" / "trace.html"
    done = codefusion("watch", "list", "-m", checkpoint, *QUICK, "--export", nowhere)
    assert done.code == 1
    assert f"cannot write {str(nowhere)!r}" in done.stderr.splitlines()[-1]


def test_the_page_about_it_names_real_options_and_has_light_pictures(codefusion: Run) -> None:
    text = (DOCS / "watch.md").read_text(encoding="utf-8")
    (options,) = re.findall(r"\| option \|.*?\n\n", text, re.DOTALL)
    known = codefusion("watch", "--help").stdout
    assert all(one in known for one in re.findall(r"`(--?[\w-]+)", options))
    pictures = re.findall(r"!\[.*?\]\((.*?)\)", text)
    assert len(pictures) == 4
    assert all((DOCS / one).stat().st_size < 150_000 for one in pictures)


# -- On a terminal -----------------------------------------------------------------------------


@pytest.fixture
def watch(checkpoint: Path, tmp_path: Path) -> Iterator[Callable[..., PseudoTerminal]]:
    opened = []

    def start(*arguments: str, **environment: str) -> PseudoTerminal:
        known = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "HF_HUB_OFFLINE": "1"}
        inherited = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
        command = [sys.executable, "-m", "codefusion", "watch", "list all files"]
        opened.append(
            PseudoTerminal(
                [*command, "-m", str(checkpoint), "--steps", "3", "-k", "2", *arguments],
                {**inherited, **known, "OMP_NUM_THREADS": "1", **environment},
                tmp_path,
            )
        )
        return opened[-1]

    yield start
    for one in opened:
        one.close()


BACKGROUND = re.compile(r"\x1b\[[\d;]*48;2;[\d;]*m")


def test_on_a_terminal_the_draws_change_in_place_and_end_with_where_they_settled(
    watch: Callable[..., PseudoTerminal],
) -> None:
    terminal = watch("--delay", "0.05")
    for step in (1, 2, 3):
        shown = terminal.expect(f"step {step} of 3")
        assert BACKGROUND.search(shown)
        if step > 1:
            assert "\x1b[1A" in shown  # up, to draw over what was there
    terminal.expect("the step from which it stands")
    assert terminal.finish() in (0, 3)
    assert terminal.shown.rindex("\x1b[?25h") > terminal.shown.rindex("\x1b[?25l")
    assert terminal.left_as_found()


@pytest.mark.parametrize(
    "when", ["loading the model", pytest.param("step 1 of 3", marks=pytest.mark.slow)]
)
def test_ctrl_c_ends_it_with_130_and_the_terminal_as_it_was(
    watch: Callable[..., PseudoTerminal], when: str
) -> None:
    terminal = watch("--delay", "60", NO_COLOR="1")
    shown = terminal.expect(when)
    assert not BACKGROUND.search(shown)
    terminal.send("\x03")
    assert terminal.finish() == 130
    assert terminal.shown.rindex("\x1b[?25h") > terminal.shown.rindex("\x1b[?25l")
    assert terminal.left_as_found()
    assert "Traceback" not in terminal.shown
