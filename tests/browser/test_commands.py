"""The page on the model that writes commands: it searches, and says what may go wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codefusion.pipeline import CodePipeline
from codefusion.shell.danger import find_dangers

Open = Callable[..., Any]
DELETE = "delete all files in /tmp"
CONTRAST = (Path(__file__).parent / "contrast.js").read_text()


@pytest.fixture
def asked(bash_server: str, open_page: Open) -> Callable[..., Any]:
    """Return a function that opens the page and asks how to delete files."""

    def ask(watch: bool = False, **options: Any) -> Any:
        page = open_page(bash_server, **options)
        page.get_by_label("What should the program do?").fill(DELETE)
        page.get_by_label("Show how it is written").set_checked(watch)
        page.get_by_role("button", name="Generate").click()
        page.locator("#viewer .card").first.wait_for()
        return page

    return ask


def test_the_page_shows_what_the_pipeline_finds_and_what_may_go_wrong(
    asked: Callable[..., Any], searching_pipeline: CodePipeline
) -> None:
    page = asked()
    found = searching_pipeline(DELETE, num_candidates=4)
    assert page.locator("#viewer .program").all_inner_texts() == [one.code for one in found]
    of_each = [find_dangers(one.code) for one in found]
    assert any(of_each)
    for card, notes in zip(page.locator("#viewer .card").all(), of_each, strict=True):
        told = [f"{note.level.name.capitalize()}: {note.sentence}" for note in notes]
        assert card.locator(".dangers li").all_inner_texts() == told
        # Who hears the page hears them with the candidate's button.
        button = card.get_by_role("button")
        described = button.evaluate(
            "one => document.getElementById(one.getAttribute('aria-describedby'))?.innerText ?? ''"
        )
        assert described.split("\n") == (told or [""])
    noted = sum(map(bool, of_each))
    status = page.locator("#status").inner_text()
    assert f"there are notes at {noted} of them" in status
    assert "of what was found" in status


def test_notes_stay_at_a_candidate_that_is_chosen_by_keyboard(asked: Callable[..., Any]) -> None:
    page = asked()
    before = page.locator("#viewer .dangers").all_inner_texts()
    page.locator("#viewer .choose").nth(1).focus()
    page.keyboard.press("Enter")
    assert page.locator("#viewer .choose").nth(1).get_attribute("aria-pressed") == "true"
    assert page.locator("#viewer .dangers").all_inner_texts() == before


def test_a_model_that_searches_can_be_watched_as_it_draws(asked: Callable[..., Any]) -> None:
    page = asked()
    assert page.get_by_label("Draws that vote").is_disabled()
    assert page.get_by_label("Denoising step").count() == 0
    page = asked(watch=True)
    assert page.get_by_label("Draws that vote").is_enabled()
    page.get_by_label("Denoising step").wait_for()
    assert "of the draws agree" in page.locator("#status").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_note_can_be_read_on_a_narrow_screen_too(
    asked: Callable[..., Any], scheme: str
) -> None:
    page = asked(color_scheme=scheme, viewport={"width": 320, "height": 700})
    assert page.locator("#viewer .dangers").count() > 0
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
