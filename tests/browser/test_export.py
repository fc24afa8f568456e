"""An exported trace, opened from disk with the network off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from codefusion.pipeline import Candidate, CodeFusionPipeline
from codefusion.traces import TraceStep
from codefusion.web.viewer import write_viewer

Open = Callable[..., Any]
HOSTILE = "</script><img src=x onerror=window.hit=1>"


@pytest.fixture(scope="module")
def candidates(pipeline: CodeFusionPipeline) -> list[Candidate]:
    found = pipeline(
        "Highlight cells greater than 12", num_samples=4, num_inference_steps=3, trace=True
    )
    return [one for one in found if not one.repeats]


@pytest.fixture
def opened(candidates: list[Candidate], open_page: Open, tmp_path: Path) -> Callable[..., Any]:
    def write_and_open(shown: list[Candidate] = candidates, say: str = "say") -> Any:
        path = tmp_path / "trace.html"
        write_viewer(path, "cf", say, shown)
        return open_page(path.as_uri(), offline=True)

    return write_and_open


def test_it_is_scrubbed_by_keyboard_without_a_network(
    opened: Callable[..., Any], candidates: list[Candidate]
) -> None:
    page = opened()
    slider = page.get_by_label("Denoising step")
    slider.focus()
    steps = len(candidates[0].trace)
    for key, step in (("Home", 0), ("ArrowRight", 1), ("End", steps - 1)):
        page.keyboard.press(key)
        code = page.locator("#viewer .program").first.inner_text().replace("␣", " ")
        assert code == candidates[0].trace[step].code
        says = page.get_by_role("status").inner_text()
        assert says.startswith(f"step {step + 1} of {steps}")
        assert says.endswith(candidates[0].trace[step].code)


def test_what_a_revision_kept_is_marked(
    opened: Callable[..., Any], candidates: list[Candidate]
) -> None:
    whole = len(candidates[0].code)
    page = opened([replace(candidates[0], pinned=((1, whole - 1),)), candidates[0]])
    first, second = (page.locator("#viewer .card").nth(place) for place in (0, 1))
    tokens = candidates[0].trace[-1].tokens
    assert len(tokens[-1]) == 1
    # A token is kept if any of its characters is; the last one's are not.
    assert tuple(first.locator(".token.kept").all_inner_texts()) == tokens[:-1]
    assert second.locator(".token.kept").count() == 0


def test_playing_goes_from_the_first_step_to_the_last(
    opened: Callable[..., Any], candidates: list[Candidate]
) -> None:
    page, steps = opened(), len(candidates[0].trace)
    page.get_by_role("button", name="Play").click()
    page.locator(".where", has_text=f"step 2 of {steps}").wait_for()
    page.locator(".where", has_text=f"step {steps} of {steps}").wait_for()
    page.get_by_role("button", name="Play").wait_for()  # it was "Pause" meanwhile


def test_what_a_model_writes_is_text_and_nothing_else(
    opened: Callable[..., Any], candidates: list[Candidate]
) -> None:
    step = TraceStep(1, 1.0, (HOSTILE,), (0.5,), HOSTILE, (1.0,), (0.0, 1.0))
    page = opened([replace(candidates[0], code=HOSTILE, trace=(step,))], HOSTILE)
    assert page.locator("#viewer .program").inner_text() == HOSTILE
    assert page.locator("h1").inner_text() == HOSTILE
    assert page.locator("img").count() == 0
    assert page.evaluate("window.hit") is None


def test_programs_of_different_lengths_in_steps_are_shown_together(
    opened: Callable[..., Any], candidates: list[Candidate]
) -> None:
    """As a model that writes from the left draws them."""
    short = replace(candidates[0], code=candidates[0].trace[0].code, trace=candidates[0].trace[:1])
    page = opened([candidates[0], short])
    page.get_by_role("button", name="Candidate 2").click()
    assert (
        page.locator("#viewer .card.chosen .program").inner_text().replace("␣", " ") == short.code
    )
    assert page.locator("tr.now").count() == 1
