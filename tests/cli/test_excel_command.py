import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from codefusion.languages.cf import parse

Run = Callable[..., Any]
ROWS = [
    ["Name", "Amount", "Status"],
    ["a", 500, "open"],
    ["b", 1500, "open"],
    ["c", 2500, "paid"],
    ["d", None, "open"],
]
RULE = "AND(GreaterThan(c[1], 1000), TextEquals(c[2], open))"
SAID = "highlight rows where the amount is above 1000 and the status is open"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    made = openpyxl.Workbook()
    made.active.title = "Orders"
    for row in ROWS:
        made.active.append(row)
    made.create_sheet("Empty")
    made.save(tmp_path / "book.xlsx")
    return tmp_path / "book.xlsx"


def rules(path: Path) -> list[tuple[str, Any]]:
    sheet = openpyxl.load_workbook(path)["Orders"]
    return [(str(one.sqref), rule) for one in sheet.conditional_formatting for rule in one.rules]


def test_a_rule_is_written_to_a_new_workbook_whose_path_is_the_answer(
    codefusion: Run, book: Path
) -> None:
    before = book.read_bytes()
    done = codefusion("excel", book, "--rule", RULE, "--rows", "--style", "red,bold")
    target = book.with_name("book.codefusion.xlsx")
    assert (done.code, done.lines) == (0, [str(target)])
    ((cells, rule),) = rules(target)
    assert cells == "A2:C5"
    assert rule.formula == ['AND(IF(ISNUMBER($B2),$B2>1000),$C2="open")']
    assert rule.dxf.font.b
    assert book.read_bytes() == before
    assert "3 cells in 1 rows" in done.stderr
    assert "1500" in done.stderr


def test_a_dry_run_lists_the_rules_and_writes_nothing(codefusion: Run, book: Path) -> None:
    done = codefusion("excel", book, "--rule", "Blanks(c[1])", "--rule", RULE, "--dry-run")
    assert done.lines == ["1  1 cells  Blanks(c[1])", f"2  2 cells in 1 rows  {RULE}"]
    assert [path.name for path in book.parent.iterdir()] == ["book.xlsx"]


def test_json_is_one_versioned_object_with_all_that_the_preview_shows(
    codefusion: Run, book: Path
) -> None:
    done = codefusion(
        *("excel", book, "--rule", "GreaterThan(c[1], 1000)", "--rule", "DataBar(c[1])"),
        *("--rule", "Top(c[1], 1)", "--choose", 3, "--json"),
    )
    content = done.json
    assert content["version"] == 1
    assert (content["sheet"], content["range"]) == ("Orders", "A2:C5")
    assert content["columns"][1] == {"name": "Amount", "letters": "B", "type": "number"}
    assert content["whole_rows"] is False
    first, second, third = content["candidates"]
    assert first["cells"] == ["B3:B4"]
    assert (first["type"], first["formula"], first["coloured"]) == ("cellIs", "1000", 2)
    assert (second["shades"], second["coloured"]) == (True, 0)
    assert third["cells"] == ["B4"]
    assert content["disagreement"] == ["B3"]
    assert content["chosen"] == 3
    assert content["written"] == str(book.with_name("book.codefusion.xlsx"))
    ((_, rule),) = rules(Path(content["written"]))
    assert rule.formula == ["IF(ISNUMBER($B2),$B2>=LARGE($B$2:$B$5,MIN(1,COUNT($B$2:$B$5))))"]


def test_a_model_is_asked_with_the_sheets_header_and_its_best_rule_is_written(
    codefusion: Run, book: Path
) -> None:
    arguments = ("excel", book, SAID, "--steps", 4, "--samples", 4, "--json")
    done = codefusion(*arguments)
    content = done.json
    assert done.code == 0
    assert content["whole_rows"] is True
    for one in content["candidates"]:
        parse(one["rule"])
        assert 0.0 < one["score"] <= 1.0
        assert one["range"] == "A2:C5"
    ((cells, _),) = rules(Path(content["written"]))
    assert cells == "A2:C5"
    assert codefusion(*arguments, "--overwrite").json == content
    by_cell = codefusion(*arguments, "--cells", "--dry-run").json
    assert by_cell["whole_rows"] is False
    assert by_cell["written"] is None


def test_where_no_rule_can_be_written_the_reasons_are_shown_and_the_code_is_three(
    codefusion: Run, book: Path, hopeless: Path
) -> None:
    done = codefusion("excel", book, SAID, "-m", hopeless, "--steps", 2, "--samples", 2, "--json")
    assert done.code == 3
    assert done.json["candidates"] == []
    assert done.json["refused"]
    assert (done.json["chosen"], done.json["written"]) == (None, None)
    plain = codefusion("excel", book, SAID, "-m", hopeless, "--steps", 2, "--samples", 2)
    assert (plain.code, plain.stdout) == (3, "")
    assert not book.with_name("book.codefusion.xlsx").exists()


def test_a_picture_of_the_preview_is_drawn(codefusion: Run, book: Path) -> None:
    file = book.with_name("preview.svg")
    done = codefusion("excel", book, "--rule", RULE, "--dry-run", "--picture", file)
    assert file.read_text(encoding="utf-8").startswith("<svg")
    assert f"wrote {file}\n" in done.stderr


def test_notes_and_earlier_rules_are_told_on_stderr(codefusion: Run, book: Path) -> None:
    codefusion("excel", book, "--rule", RULE)
    first = book.with_name("book.codefusion.xlsx")
    done = codefusion("excel", first, "--rule", "Blanks(c[1])", "--out", book.with_name("2.xlsx"))
    assert "1 earlier rules" in done.stderr
    assert len(rules(book.with_name("2.xlsx"))) == 2


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        ([], 2, "say what to highlight"),
        (["x", "--rule", RULE], 2, "not both"),
        (["--rule", "Blank(c[1]"], 2, "can't write 'Blank(c[1]': at character 10"),
        (["--rule", "Blanks(c[9])"], 2, "c[0] to c[2]"),
        (["--rule", RULE, "--sheet", "Order"], 2, "did you mean 'orders'?"),
        (["--rule", RULE, "--sheet", "Empty"], 2, "is empty"),
        (["--rule", RULE, "--range", "nowhere"], 2, "no range"),
        (["--rule", RULE, "--range", "H1:I9"], 2, "no filled cell"),
        (["--rule", RULE, "--style", "gren"], 2, "did you mean 'green'?"),
        (["--rule", RULE, "--choose", "2"], 2, "--choose 2"),
        (["--rule", RULE, "--out", "book.xlsm"], 2, "must end in .xlsx"),
        (["--rule", RULE, "--out", "book.xlsx"], 2, "never changed"),
        (["--rule", RULE, "--out", "there.xlsx"], 2, "--overwrite"),
        (["--rule", RULE, "--out", "no/such/folder.xlsx"], 1, "cannot write"),
        (["word " * 300], 2, "too long"),
        ([SAID, "-m", "nowhere"], 1, "nowhere"),
    ],
)
def test_a_mistake_is_one_line(
    codefusion: Run,
    book: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: int,
    word: str,
) -> None:
    monkeypatch.chdir(book.parent)
    Path("there.xlsx").write_text("mine")
    done = codefusion("excel", "book.xlsx", *arguments, "--json")
    assert word in done.refusal(code)


@pytest.mark.parametrize("content", [None, b"", b"no workbook", b"PK\x03\x04"])
def test_a_file_that_is_no_workbook_is_one_line(
    codefusion: Run, tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "book.xlsx").write_bytes(content)
    done = codefusion("excel", tmp_path / "book.xlsx", "--rule", RULE)
    assert "book.xlsx" in done.refusal(1)


def at_a_terminal(book: Path, answers: bytes) -> tuple[int, str]:
    """Run the command as at a terminal, type answers, and return the exit code and the file."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "codefusion", "excel", str(book)]
    command += ["--rule", "Blanks(c[1])", "--rule", "GreaterThan(c[1], 1000)"]
    os.write(master, answers)
    done = subprocess.run(
        command, stdin=slave, stdout=subprocess.PIPE, stderr=slave, timeout=300, check=False
    )
    os.close(slave)
    os.close(master)
    return done.returncode, done.stdout.decode()


def test_at_a_terminal_the_rule_is_asked_for_until_the_answer_is_one(book: Path) -> None:
    code, written = at_a_terminal(book, b"x\n7\n2\n")
    assert code == 0
    ((_, rule),) = rules(Path(written.strip()))
    assert rule.type == "cellIs"


def test_at_a_terminal_an_interrupt_writes_nothing(book: Path) -> None:
    # Ctrl-D, the end of the input.
    assert at_a_terminal(book, b"\x04") == (130, "")
    assert not book.with_name("book.codefusion.xlsx").exists()


def test_as_a_process_the_answer_alone_is_on_stdout_without_escapes(book: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "codefusion", "excel", str(book), "--rule", RULE, "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["version"] == 1
