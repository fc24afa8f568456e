"""The page of `codefusion serve` as a person uses it, in a real browser on a real server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from codefusion.web.viewer import PAGE

Open = Callable[..., Any]
SAY = "Highlight cells greater than 100 and less than 500"
CONTRAST = (Path(__file__).parent / "contrast.js").read_text()


def generate(page: Any, sentence: str = SAY) -> None:
    page.get_by_label("What should the program do?").fill(sentence)
    page.get_by_label("Steps", exact=True).fill("4")
    page.get_by_label("Draws that vote").fill("4")
    page.get_by_role("button", name="Generate").click()
    page.get_by_label("Denoising step").wait_for()


def answer_of(page: Any, act: Callable[[], None]) -> Any:
    """Do what asks the server, and return its answer, which depends on the question alone."""
    with page.expect_request("**/api/generate") as sent:
        act()
    question = {**sent.value.post_data_json, "stream": False}
    return page.request.post(sent.value.url, data=question).json()


def shown_code(page: Any, candidate: int = 0) -> str:
    return str(page.locator("#viewer .program").nth(candidate).inner_text()).replace("␣", " ")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("books") / "orders.xlsx"
    workbook = Workbook()
    workbook.active.title = "Orders"
    rows = [("Item", "Amount"), ("pears", 1200), ("plums", 75), ("figs", 3100), ("kiwis", 900)]
    for row in rows:
        workbook.active.append(row)
    workbook.save(path)
    return path


def test_a_sentence_becomes_programs_whose_denoising_can_be_scrubbed(
    server: str, open_page: Open
) -> None:
    page = open_page(server)
    answer = answer_of(page, lambda: generate(page))
    first = answer["candidates"][0]
    assert shown_code(page) == first["code"]
    slider = page.get_by_label("Denoising step")
    for at in (3, 0, 1):
        slider.fill(str(at + 1))
        step = first["trace"][at]
        where = page.locator(".where").inner_text()
        assert f"step {at + 1} of {len(first['trace'])}" in where
        assert shown_code(page) == step["code"]
        title = page.locator("#viewer .token").first.get_attribute("title")
        assert title.startswith(f"{round(step['confidence'][0] * 100)} % sure")
        assert f"{step['entropy'][0]:.2f} bits" in title
        (now,) = page.locator("tr.now").all()
        assert (
            now.locator("td").all_inner_texts()
            == page.locator(".card.chosen .token").all_inner_texts()
        )
        drawn = page.get_by_label(f"Edit distance to the final program: {step['distance']:.2f}")
        assert drawn.count() == 1
        x, y = step["point"]
        # Zero may be drawn with or without its sign.
        where = page.locator("svg[aria-label^='Path']").get_attribute("aria-label")
        assert where.replace("-0.00", "0.00").endswith(
            f"at {x:.2f}, {y:.2f}".replace("-0.00", "0.00")
        )


def test_pinned_tokens_stand_in_every_revised_program(server: str, open_page: Open) -> None:
    page = open_page(server)
    answer = answer_of(page, lambda: generate(page))
    tokens = answer["candidates"][0]["trace"][-1]["tokens"]
    pins = page.locator("#pins button")
    assert pins.count() == len(tokens)
    pins.nth(0).click()
    pins.nth(1).click()
    page.get_by_label("How much of the rest may change").fill("100")

    def revise() -> None:
        page.get_by_role("button", name="Revise").click()
        page.locator("#status", has_text="Kept:").wait_for()

    revised = answer_of(page, revise)
    kept = "".join(tokens[:2])
    assert revised["candidates"]
    assert all(kept in one["code"] for one in revised["candidates"])
    assert "".join(page.locator(".card.chosen .token.kept").all_inner_texts()) == kept
    pressed = page.locator("#pins button[aria-pressed=true]").all_inner_texts()
    assert "".join(pressed) == kept  # to go on from there
    assert shown_code(page) == revised["candidates"][0]["code"]


def test_a_token_that_stands_twice_is_pinned_with_a_neighbour(server: str, open_page: Open) -> None:
    page = open_page(server)
    answer = answer_of(page, lambda: generate(page))
    tokens = answer["candidates"][0]["trace"][-1]["tokens"]
    last = len(tokens) - 1 - tokens[::-1].index("(")
    assert tokens.index("(") < last
    page.locator("#pins button").nth(last).click()
    asked = []
    page.on("request", lambda request: asked.append(request.post_data_json))
    page.get_by_role("button", name="Revise").click()
    page.locator("#status", has_text="Kept:").wait_for()
    assert asked[0]["keep"] == [tokens[last - 1] + "("]


def test_a_workbook_is_shown_as_it_will_be_coloured_and_comes_back_with_the_rule(
    server: str, open_page: Open, book: Path, tmp_path: Path
) -> None:
    page = open_page(server)
    page.get_by_role("tab", name="Workbook").click()
    page.get_by_label("Workbook (.xlsx").set_input_files(book)
    page.get_by_label("What should be highlighted?").fill("Amount greater than 1000")
    with page.expect_response("**/api/workbook/preview") as sent:
        page.get_by_role("button", name="Preview").click()
    page.locator("#previewed").wait_for()
    previewed = sent.value.json()
    for number, rule in enumerate(previewed["candidates"]):
        page.locator("#rules input").nth(number).check()
        coloured = page.locator("td.coloured").evaluate_all(
            "cells => cells.map(cell => cell.dataset.cell)"
        )
        sheet = load_workbook(book).active
        expected = {
            cell.coordinate
            for area in rule["cells"]
            for line in (sheet[area] if ":" in area else ((sheet[area],),))
            for cell in line
        }
        assert set(coloured) == expected
    page.locator("#rules input").first.check()
    page.locator("#style").select_option("green")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "orders.codefusion.xlsx"
    download.value.save_as(tmp_path / "new.xlsx")
    (written,) = load_workbook(tmp_path / "new.xlsx").active.conditional_formatting
    assert str(written.sqref) == previewed["candidates"][0]["range"]
    assert "unchanged" in page.locator("#book-status").inner_text()


def test_all_can_be_done_from_the_keyboard(server: str, open_page: Open) -> None:
    page = open_page(server)
    keys = page.keyboard

    def to(role: str, name: str) -> None:
        """Press Tab until the control is reached, as it must be within a round."""
        control = page.get_by_role(role, name=name).first
        for _ in range(60):
            if control.evaluate("one => one === document.activeElement"):
                return
            keys.press("Tab")
        pytest.fail(f"the keyboard does not reach {name!r}")

    to("tab", "Program")
    keys.press("ArrowRight")
    assert page.get_by_label("Workbook (.xlsx").is_visible()
    keys.press("ArrowLeft")
    to("textbox", "What should the program do?")
    keys.insert_text(SAY)
    for name in ("Draws that vote", "Steps"):
        to("spinbutton", name)
        keys.press("Control+A")
        keys.insert_text("4")
    keys.press("Enter")
    page.get_by_label("Denoising step").wait_for()
    to("slider", "Denoising step")
    keys.press("Home")
    assert "step 1 of" in page.locator(".where").inner_text()
    keys.press("ArrowRight")
    assert "step 2 of" in page.get_by_label("Denoising step").get_attribute("aria-valuetext")
    to("button", "keep (")
    keys.press("Space")
    to("button", "Revise")
    keys.press("Enter")
    page.locator("#status", has_text="Kept:").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_and_every_control_has_a_name(
    server: str, open_page: Open, scheme: str
) -> None:
    """WCAG 2.2 AA: 1.4.3 contrast (4.5 to 1), 4.1.2 names."""
    page = open_page(server, color_scheme=scheme)
    generate(page)
    for at in ("1", "4"):
        page.get_by_label("Denoising step").fill(at)
        assert page.evaluate(CONTRAST) == []
    nameless = page.locator("button, input, select, textarea").evaluate_all(
        "all => all.filter(one => !(one.ariaLabel || one.labels?.length || one.textContent.trim()))"
        ".map(one => one.outerHTML)"
    )
    assert nameless == []


def test_a_narrow_screen_is_not_scrolled_sideways(server: str, open_page: Open) -> None:
    width = 320
    page = open_page(server, viewport={"width": width, "height": 700})
    generate(page)
    wide = "document.documentElement.scrollWidth"
    assert page.evaluate(wide) <= width
    page.get_by_role("tab", name="Workbook").click()
    assert page.evaluate(wide) <= width


def test_the_page_is_small_asks_nobody_but_its_server_and_says_so_when_that_is_gone(
    server: str, open_page: Open
) -> None:
    assert sum(one.stat().st_size for one in PAGE.iterdir()) < 200_000
    page = open_page("about:blank")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(server)
    generate(page)
    assert asked
    assert all(one.startswith((server, "data:")) for one in asked)
    page.route("**/*", lambda route: route.abort())
    page.get_by_role("button", name="Generate").click()
    page.get_by_role("alert").filter(has_text="The server does not answer").wait_for()


def test_who_asks_before_the_models_are_known_is_answered_when_they_are(
    server: str, open_page: Open
) -> None:
    page = open_page("about:blank")
    held: list[Any] = []
    page.route("**/api/models", lambda route: held.append(route))
    with page.expect_request("**/api/models"):
        page.goto(server)
    page.get_by_label("What should the program do?").fill(SAY)
    page.get_by_role("button", name="Generate").click()
    held.pop().continue_()
    page.get_by_label("Denoising step").wait_for()


def test_models_that_could_not_be_read_are_asked_for_again(server: str, open_page: Open) -> None:
    page = open_page("about:blank")
    page.route("**/api/models", lambda route: route.abort(), times=1)
    page.goto(server)
    page.get_by_role("alert").filter(has_text="The server does not answer").wait_for()
    generate(page)


def test_what_the_server_refuses_is_said_on_the_page(server: str, open_page: Open) -> None:
    page = open_page(server)
    page.get_by_label("What should the program do?").fill("word " * 200)
    page.get_by_role("button", name="Generate").click()
    page.get_by_role("alert").filter(has_text="too long").wait_for()
    assert page.get_by_role("button", name="Generate").is_enabled()


def test_a_server_with_a_key_is_asked_with_it(locked_server: str, open_page: Open) -> None:
    page = open_page(locked_server)
    page.get_by_role("alert").filter(has_text="API key").wait_for()
    page.get_by_label("API key").fill("sesame")
    page.get_by_role("button", name="Use it").click()
    page.get_by_label("API key").wait_for(state="hidden")
    generate(page)
    assert (
        page.evaluate("localStorage.length + sessionStorage.length + document.cookie.length") == 0
    )
